// Which causes hold, on what evidence, and which one stops the person now. Pure: the same facts and knowledge always
// give the same diagnosis. No cause is named here: knowledge/causes/ holds all there is to say about one.
import type { Diagnosis, Finding, FoundFix } from '../model/diagnosis.ts';
import { type FactKey, learnt, type Seen } from '../model/facts.ts';
import type { Cause, Condition, Confidence, Fix, Lang, Severity } from '../model/knowledge.ts';
import { STAGE_IDS, type StageId } from '../model/stage.ts';
import { type About, fillCommand, fillText, type Values } from './fill.ts';
import { explainCondition, judge, type Why } from './judge.ts';

export interface Knowledge {
  readonly causes: readonly Cause[];
}

/**
 * Facts in, diagnosis out.
 * @param about what the run is about, for {host}, {port}, {url} and {endpoint}; null leaves words to replace
 */
export function conclude(knowledge: Knowledge, seen: Seen, lang: Lang, about: About | null = null): Diagnosis {
  const verdicts = knowledge.causes.map(cause => holds(cause, seen));
  const holding = verdicts.flatMap(verdict =>
    verdict.confidence === null ? [] : [{ ...verdict, confidence: verdict.confidence }],
  );
  const symptoms = symptomsAmong(holding);
  const ranked = holding.toSorted(
    (a, b) =>
      Number(symptoms.has(a.cause.id)) - Number(symptoms.has(b.cause.id)) ||
      surfaces(a.cause, seen) - surfaces(b.cause, seen) ||
      weaker(a.confidence, b.confidence) ||
      STAGE_IDS.indexOf(a.cause.stage) - STAGE_IDS.indexOf(b.cause.stage),
  );

  const first = ranked.find(held => held.severity === 'error' && !symptoms.has(held.cause.id));
  const healthy = first === undefined && succeeds(seen);
  const word = (held: Held) => finding(held, { seen, about }, lang);
  return {
    status: first ? 'problem' : healthy ? 'healthy' : 'inconclusive',
    primary: first ? word(first) : null,
    // What the primary explains is its symptom, not a second problem: it would be gone with it.
    others: ranked.filter(held => held !== first && !isSymptomOf(first, held, symptoms)).map(word),
    wouldDecide: first || healthy ? [] : openQuestions(verdicts, seen),
  };
}

/** Why a cause did or did not hold: its conditions as trees, strongest confidence first. */
export function why(cause: Cause, seen: Seen): readonly { readonly confidence: Confidence; readonly why: Why }[] {
  return LEVELS.flatMap(confidence => {
    const condition = cause.when[confidence];
    return condition ? [{ confidence, why: explainCondition(condition, seen) }] : [];
  });
}

interface Verdict {
  readonly cause: Cause;
  /** null = does not hold, as far as is known. */
  readonly confidence: Confidence | null;
  readonly severity: Severity;
  readonly because: readonly FactKey[];
  /** Unknown facts between this and a stronger confidence. */
  readonly open: readonly FactKey[];
}

type Held = Verdict & { readonly confidence: Confidence };

/** The strongest confidence whose condition is true; one that is unknown leaves its facts open. */
function holds(cause: Cause, seen: Seen): Verdict {
  const severity = mildOf(cause, seen)?.severity ?? cause.severity;
  const open: FactKey[] = [];
  for (const confidence of LEVELS) {
    const condition = cause.when[confidence];
    if (!condition) continue;
    const { truth, because, unknown } = judge(condition, seen);
    if (truth === true) return { cause, confidence, severity, because, open: [...new Set(open)] };
    open.push(...unknown);
  }
  return { cause, confidence: null, severity, because: [], open: [...new Set(open)] };
}

/** The milder wording, when it is known that nothing fails for it. */
const mildOf = ({ mild }: Cause, seen: Seen) => (mild && judge(mild.when, seen).truth === true ? mild : null);

/** A symptom steps back only for a cause at least as sure and as grave as itself: “possible” never hides “certain”. */
function symptomsAmong(holding: readonly Held[]): ReadonlySet<string> {
  const byId = new Map(holding.map(held => [held.cause.id, held]));
  return new Set(
    holding.flatMap(held =>
      held.cause.explains.filter(id => {
        const symptom = byId.get(id);
        return (
          symptom && weaker(held.confidence, symptom.confidence) <= 0 && lighter(held.severity, symptom.severity) <= 0
        );
      }),
    ),
  );
}

function isSymptomOf(first: Held | undefined, held: Held, symptoms: ReadonlySet<string>): boolean {
  return symptoms.has(held.cause.id) && (first?.cause.explains.includes(held.cause.id) ?? false);
}

/**
 * When would the client meet it? Until the handshake: at its stage. In verification: where one of its codes stands in
 * the computed sequence. After it: what the server says then. Never: revocation, which Python does not look at.
 */
function surfaces(cause: Cause, seen: Seen): number {
  const stage = STAGE_IDS.indexOf(cause.stage);
  const at = learnt(seen, 'trust.codes')?.findIndex(code => cause.codes.includes(code)) ?? -1;
  if (at !== -1) return IN_VERIFICATION + at;
  const late = cause.stage === 'handshake' && failedAfterVerification(seen);
  if (stage <= STAGE_IDS.indexOf('handshake')) return late ? AFTER_VERIFICATION : stage;
  if (NEVER_LOOKED_AT.has(cause.stage)) return NEVER;
  return (cause.codes.length > 0 ? UNPLACED_IN_VERIFICATION : AFTER_VERIFICATION) + stage;
}

/** A handshake that broke off behind the Certificate message: the chain had been judged by then. */
function failedAfterVerification(seen: Seen): boolean {
  const outcome = learnt(seen, 'handshake.outcome');
  return outcome !== undefined && outcome !== 'completed' && learnt(seen, 'handshake.verifiedFirst') === true;
}

const IN_VERIFICATION = 1000;
const UNPLACED_IN_VERIFICATION = 1500;
const AFTER_VERIFICATION = 2000;
const NEVER = 3000;
const NEVER_LOOKED_AT: ReadonlySet<StageId> = new Set(['revocation']);

/** Fine is what was seen to be fine: a finished handshake and an empty list of verify errors. */
function succeeds(seen: Seen): boolean {
  return learnt(seen, 'handshake.outcome') === 'completed' && learnt(seen, 'trust.codes')?.length === 0;
}

/** What would settle an inconclusive run: first what “healthy” lacks, then what most causes wait for. */
function openQuestions(verdicts: readonly Verdict[], seen: Seen): FactKey[] {
  const waiting = new Map<FactKey, number>();
  for (const { cause, open } of verdicts) {
    if (cause.severity !== 'error') continue;
    for (const fact of open) waiting.set(fact, (waiting.get(fact) ?? 0) + 1);
  }
  const needed = (['handshake.outcome', 'trust.codes'] as const).filter(fact => !seen[fact]?.known);
  const others = [...waiting].toSorted((a, b) => b[1] - a[1]).map(([fact]) => fact);
  return [...new Set([...needed, ...others])];
}

function finding({ cause, confidence, severity, because, open }: Held, values: Values, lang: Lang): Finding {
  const text = (sentence: { readonly [L in Lang]: string }) => fillText(sentence[lang], values, lang);
  const worded = mildOf(cause, values.seen) ?? cause;
  return {
    cause: cause.id,
    severity,
    confidence,
    title: text(worded.title),
    summary: text(worded.summary),
    explain: text(cause.explain),
    evidence: because.flatMap(fact => {
      const sentence = cause.evidence[fact];
      return sentence ? [{ fact, text: text(sentence) }] : [];
    }),
    wouldDecide: open,
    fixes: cause.fixes.filter(fix => applies(fix.when, values.seen)).map(fix => filledFix(fix, values, lang)),
    avoid: cause.avoid.map(({ advice, because: reason }) => ({ advice: text(advice), because: text(reason) })),
    sources: cause.sources,
  };
}

/** A fix with a condition is kept unless it is known not to fit. */
const applies = (condition: Condition | null, seen: Seen) =>
  condition === null || judge(condition, seen).truth !== false;

/** A fix with what is known put into its sentences and commands. */
export function filledFix(fix: Fix, values: Values, lang: Lang): FoundFix {
  return {
    id: fix.id,
    title: fillText(fix.title[lang], values, lang),
    role: fix.role,
    safety: fix.safety,
    steps: fix.steps.map(step => ({
      text: fillText(step.text[lang], values, lang),
      platform: step.platform,
      tool: step.tool,
      command: step.command === null ? null : fillCommand(step.command, step.platform, values),
      verify: step.verify === null ? null : fillCommand(step.verify, step.platform, values),
      apply: step.apply,
    })),
  };
}

const LEVELS: readonly Confidence[] = ['certain', 'likely', 'possible'];
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];
/** Negative: `a` is surer than `b`. */
const weaker = (a: Confidence, b: Confidence) => LEVELS.indexOf(a) - LEVELS.indexOf(b);
/** Negative: `a` is graver than `b`. */
const lighter = (a: Severity, b: Severity) => SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
