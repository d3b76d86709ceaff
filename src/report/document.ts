// What a report says, as parts in reading order: the answer, why we think so, who is affected, who can mend it and how
// (UX.md). Text, Markdown, HTML and the wizard only draw these parts; every text in them is safe for a terminal.
import type { Finding, FoundFix, FoundStep } from '../model/diagnosis.ts';
import type { FactKey } from '../model/facts.ts';
import type { Lang, Platform, Role } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import { chainTree, type TreeLine } from './chain-tree.ts';
import { block, line, type SafeText } from './safe-text.ts';
import { words } from './words.ts';

export type Part =
  | {
      readonly kind: 'headline';
      readonly status: 'healthy' | 'problem' | 'inconclusive';
      readonly text: string;
      readonly aside: string;
    }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'item'; readonly text: string; readonly mark: 'plain' | 'ok' | 'fail' | 'warn' }
  | { readonly kind: 'command'; readonly text: SafeText }
  | { readonly kind: 'tree'; readonly lines: readonly TreeLine[] }
  | { readonly kind: 'route'; readonly places: readonly string[]; readonly broken: number | null };

export interface DocumentOptions {
  readonly lang: Lang;
  readonly unicode: boolean;
  readonly verbose: boolean;
  /** Steps for this system first, and no others unless verbose. */
  readonly platform: Platform;
}

/** The whole report. */
export function documentOf(report: Report, options: DocumentOptions): Part[] {
  const said = words(options.lang);
  const { primary } = report.diagnosis;
  return [
    ...answer(report, options),
    route(report, options.lang),
    ...(primary ? because(primary, options) : []),
    ...chain(report, options),
    ...clientSays(report, options),
    ...(primary ? whatToDo(primary.fixes, options) : []),
    ...(primary ? whatNotToDo(primary, options) : []),
    ...others(report, options),
    ...unchecked(report, options),
    ...(options.verbose && primary
      ? [
          heading(said.explain),
          ...block(primary.explain).split('\n\n').map(paragraph),
          heading(said.sources),
          ...primary.sources.map(text => item(text)),
        ]
      : []),
  ];
}

/** Title, status and one-line summary: what must stand in the upper third of a screen. */
function answer(report: Report, { lang }: DocumentOptions): Part[] {
  const said = words(lang);
  const { status, primary, wouldDecide } = report.diagnosis;
  const where = line(`${report.target.host}:${report.target.port}`);
  if (primary)
    return [
      {
        kind: 'headline',
        status,
        text: line(primary.title),
        aside: `${where}, ${said.confidence[primary.confidence]}`,
      },
      paragraph(primary.summary),
    ];
  if (status === 'healthy')
    return [{ kind: 'headline', status, text: said.healthy, aside: where }, paragraph(said.healthyText)];
  return [
    { kind: 'headline', status, text: said.inconclusive, aside: where },
    paragraph(said.inconclusiveText),
    ...wouldDecide.map(fact => item(`${fact}: ${whyUnknown(report, fact)}`)),
  ];
}

function because(primary: Finding, { lang }: DocumentOptions): Part[] {
  return [
    heading(words(lang).howWeKnow),
    ...primary.evidence.map(each => item(each.text)),
    ...primary.wouldDecide.map(fact => item(`? ${fact}`, 'warn')),
  ];
}

/** `this machine ── proxy ── server`, with the place where it breaks. */
function route(report: Report, lang: Lang): Part {
  const said = words(lang);
  const proxy = report.target.via;
  const places = [
    said.machine,
    ...(proxy === null ? [] : [`${said.proxy} ${line(proxy)}`]),
    `${said.server} ${line(report.target.host)}`,
  ];
  const failed = (stage: string) => report.stages.some(each => each.id === stage && each.status === 'fail');
  const last = places.length - 2;
  const broken =
    failed('proxy') || failed('dns')
      ? 0
      : failed('connect') || failed('handshake') || report.diagnosis.status === 'problem'
        ? last
        : null;
  return { kind: 'route', places, broken };
}

function chain(report: Report, { lang, unicode }: DocumentOptions): Part[] {
  const lines = chainTree(report, { unicode, lang });
  return lines.length > 0 ? [heading(words(lang).chain), { kind: 'tree', lines }] : [];
}

function clientSays({ prediction: { python, clients } }: Report, { lang }: DocumentOptions): Part[] {
  const said = words(lang);
  const asked = clients
    .filter(client => client.confirmed !== null)
    .map(({ path, confirmed }) =>
      item(`${line(path)}: ${confirmed ? said.confirmed : said.contradicted}`, confirmed ? 'ok' : 'fail'),
    );
  if (python.ok !== false || python.text === null)
    return asked.length > 0 ? [heading(`${said.clientSays} (${line(python.profile)})`), ...asked] : [];
  return [
    heading(`${said.clientSays} (${line(python.profile)})`),
    item(python.text, 'fail'),
    ...python.then.map(next => item(`${said.then}: ${next.verifyMessage}`)),
    ...asked,
  ];
}

const ROLES: readonly Role[] = ['client', 'server', 'network'];

function whatToDo(fixes: readonly FoundFix[], options: DocumentOptions): Part[] {
  const said = words(options.lang);
  return ROLES.flatMap(role => {
    const own = fixes.filter(fix => fix.role === role);
    return own.length === 0
      ? []
      : [heading(`${said.whatToDo}: ${said.roles[role]}`), ...own.flatMap(fix => fixParts(fix, options))];
  });
}

/** One fix: its title, then the steps that concern this system, commands on lines of their own. */
export function fixParts(fix: FoundFix, { lang, platform, verbose }: DocumentOptions): Part[] {
  const said = words(lang);
  const here = fix.steps.filter(step => verbose || step.platform === 'any' || step.platform === platform);
  const steps = here.length > 0 ? here : fix.steps;
  const care = said.safety[fix.safety];
  return [
    item(`${fix.title}${care ? ` (${care})` : ''}`, 'ok'),
    ...steps.flatMap(step => stepParts(step, said.verifyWith)),
  ];
}

function stepParts(step: FoundStep, verifyWith: string): Part[] {
  const tool = step.tool ? `${step.tool}: ` : '';
  return [
    paragraph(`  ${tool}${step.text}`),
    ...(step.command ? [command(step.command)] : []),
    ...(step.verify ? [paragraph(`  ${verifyWith}:`), command(step.verify)] : []),
  ];
}

function whatNotToDo(primary: Finding, { lang }: DocumentOptions): Part[] {
  const said = words(lang);
  return primary.avoid.length === 0
    ? []
    : [heading(said.avoid), ...primary.avoid.map(each => item(`${each.advice}: ${each.because}`, 'warn'))];
}

function others(report: Report, { lang }: DocumentOptions): Part[] {
  const found = report.diagnosis.others;
  if (found.length === 0) return [];
  const marks = { error: 'fail', warning: 'warn', note: 'plain' } as const;
  return [
    heading(words(lang).others),
    ...found.map(each => item(`${each.title}. ${each.summary}`, marks[each.severity])),
  ];
}

function unchecked(report: Report, { lang }: DocumentOptions): Part[] {
  const blind = report.stages.filter(stage => stage.status === 'unknown');
  return blind.length === 0
    ? []
    : [heading(words(lang).unchecked), ...blind.map(stage => item(`${stage.id}: ${stage.summary}`, 'warn'))];
}

function whyUnknown(report: Report, fact: FactKey): string {
  const seen = report.facts[fact];
  return seen && !seen.known ? seen.why : 'not observed';
}

const heading = (text: string): Part => ({ kind: 'heading', text: line(text) });
const paragraph = (text: string): Part => ({
  kind: 'paragraph',
  text: `${/^ */.exec(text)?.[0] ?? ''}${line(text.trim(), 4000)}`,
});
const item = (text: string, mark: 'plain' | 'ok' | 'fail' | 'warn' = 'plain'): Part => ({
  kind: 'item',
  text: line(text, 4000),
  mark,
});
/** Not cut and not wrapped: a command is copied whole. */
const command = (text: string): Part => ({ kind: 'command', text: block(text.trimEnd()) });
