// The report as CONTRACT.md prints it. Keys and their order are a contract; facts stand under the stage that saw them.
import type { FactKey, Observation, Seen } from '../model/facts.ts';
import type { Report } from '../model/report.ts';
import type { StageId } from '../model/stage.ts';
import { jsonStringify } from './safe-text.ts';

/** Pretty-printed, with a line break at the end. */
export const jsonReport = (report: Report): string => `${jsonStringify(contractForm(report), 2)}\n`;

/** The plain object behind `--json`. */
export function contractForm(report: Report): unknown {
  const { facts, stages, prediction, ...rest } = report;
  return {
    schema: rest.schema,
    tool: rest.tool,
    startedAt: rest.startedAt,
    durationMs: rest.durationMs,
    target: rest.target,
    stages: stages.map(stage => ({ ...stage, facts: factsOf(facts, stage.id) })),
    chain: rest.chain,
    prediction,
    diagnosis: rest.diagnosis,
  };
}

function factsOf(facts: Seen, stage: StageId): Record<string, unknown> {
  const own = (Object.values(facts) as Observation[]).filter(
    ({ fact }) => fact.startsWith(`${stage}.`) && !ELSEWHERE.has(fact),
  );
  return Object.fromEntries(own.map(seen => [seen.fact, seen.known ? seen.value : { unknown: seen.why }]));
}

/** Whole certificates: `chain.sent` carries them already. */
const ELSEWHERE: ReadonlySet<FactKey> = new Set<FactKey>([
  'handshake.certificates',
  'chain.certificates',
  'chain.found',
  'handshake.staple',
]);
