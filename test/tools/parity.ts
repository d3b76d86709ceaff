// npm run parity: how often we answer as OpenSSL did, per mode, namespace and code, and which differences are new.
// Exits 1 when a target is missed, a difference has no reason in exceptions.yaml, or a listed one is gone.
import { type Comparison, compare, type Difference, MODES, readCases, readExceptions } from '../parity/limbo.ts';

const corpus = readCases();
if (!corpus) {
  process.stderr.write('../shared/limbo is not here: nothing to compare with\n');
  process.exit(2);
}
const result = compare(corpus.cases, corpus.answers);
process.stdout.write(`${summary(result).join('\n')}\n`);
const { fresh, gone, missed } = judgement(result);
for (const difference of fresh.slice(0, 40)) process.stdout.write(`new: ${sentence(difference)}\n`);
if (fresh.length > 40) process.stdout.write(`… and ${fresh.length - 40} more\n`);
for (const exception of gone) process.stdout.write(`agrees now, remove from exceptions.yaml: ${exception}\n`);
for (const target of missed) process.stdout.write(`missed: ${target}\n`);
process.exitCode = fresh.length + gone.length + missed.length > 0 ? 1 : 0;

function judgement({ differences, recorded }: Comparison) {
  const known = new Set(readExceptions().map(({ id, mode, what }) => `${id} ${mode} ${what}`));
  const keys = new Set(differences.map(({ id, mode, what }) => `${id} ${mode} ${what}`));
  const missed: string[] = [];
  for (const mode of MODES) {
    const total = recorded.filter(one => one.mode === mode).length;
    const of = (...what: Difference['what'][]) =>
      differences.filter(one => one.mode === mode && what.includes(one.what)).length;
    if (of('verdict') > total * 0.001) missed.push(`${mode}: verdict below 99.9 %`);
    if (of('verdict', 'code') > total * 0.005) missed.push(`${mode}: code below 99.5 %`);
  }
  for (const [space, { total, wrong }] of byNamespace({ differences, recorded }))
    if (wrong > total * 0.02) missed.push(`${space}: code below 98 %`);
  return {
    fresh: differences.filter(({ id, mode, what }) => !known.has(`${id} ${mode} ${what}`)),
    gone: [...known].filter(key => !keys.has(key)),
    missed,
  };
}

function summary(result: Comparison): string[] {
  const { differences, recorded, cases, milliseconds } = result;
  const lines = [
    `${cases} cases, ${recorded.length} verdicts in ${(milliseconds / 1000).toFixed(1)} s (parsing included)`,
    '',
  ];
  lines.push('mode           verdict     code        depth+words path        further errors');
  for (const mode of MODES) {
    const total = recorded.filter(one => one.mode === mode).length;
    const share = (...what: Difference['what'][]) =>
      percent(total, differences.filter(one => one.mode === mode && what.includes(one.what)).length).padEnd(12);
    lines.push(
      mode.padEnd(15) +
        share('verdict') +
        share('verdict', 'code') +
        share('depth', 'message') +
        share('chain') +
        share('then'),
    );
  }
  lines.push('', 'namespace (verdicts, code agrees)');
  for (const [space, { total, wrong }] of byNamespace(result))
    lines.push(`  ${space.padEnd(14)} ${String(total).padStart(6)}  ${percent(total, wrong)}`);
  lines.push('', 'code OpenSSL gave (verdicts, we say the same)');
  const wrongCases = new Set(
    differences.filter(({ what }) => what === 'verdict' || what === 'code').map(({ id, mode }) => `${id} ${mode}`),
  );
  const codes = new Map<number, { total: number; wrong: number }>();
  for (const { id, mode, code } of recorded) {
    const row = codes.get(code) ?? { total: 0, wrong: 0 };
    row.total++;
    if (wrongCases.has(`${id} ${mode}`)) row.wrong++;
    codes.set(code, row);
  }
  for (const [code, { total, wrong }] of [...codes].sort(([a], [b]) => a - b))
    lines.push(`  ${String(code).padStart(3)} ${String(total).padStart(6)}  ${percent(total, wrong)}`);
  return [...lines, ''];
}

function byNamespace({ differences, recorded }: Pick<Comparison, 'differences' | 'recorded'>) {
  const spaces = new Map<string, { total: number; wrong: number }>();
  const row = (id: string) => {
    const space = id.split('::')[0] ?? id;
    const found = spaces.get(space) ?? { total: 0, wrong: 0 };
    spaces.set(space, found);
    return found;
  };
  for (const { id } of recorded) row(id).total++;
  for (const { id, what } of differences) if (what === 'verdict' || what === 'code') row(id).wrong++;
  return [...spaces].sort(([a], [b]) => (a < b ? -1 : 1));
}

function percent(total: number, wrong: number): string {
  return total === 0 ? '–' : `${((100 * (total - wrong)) / total).toFixed(2)} %`;
}

function sentence({ id, mode, what, expected, actual }: Difference): string {
  return `${id} ${mode} ${what}: OpenSSL ${expected}, we ${actual}`;
}
