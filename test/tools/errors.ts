// `npm run errors`: reads the labelled texts beside the project and prints how often error, host, tool and cause come
// out right. Test data: it is read from there, and nothing of it stands here. `-v` lists what came out wrong.
import { existsSync, readFileSync } from 'node:fs';
import { compileKnowledge } from '../../src/build/compile-knowledge.ts';
import { explainText, type PasteReader, pasteReader } from '../../src/intake/explain.ts';

const root = new URL('../..', import.meta.url).pathname;
export const LABELLED = `${root}../shared/errors/dev.jsonl`;

interface Row {
  readonly id: string;
  readonly text: string;
  readonly tool: string;
  readonly contract_tool?: string | null;
  readonly tool_also?: readonly string[];
  readonly host: string | null;
  readonly contract_error?: string | null;
  readonly errors_also?: readonly string[];
  readonly cause: string | null;
}

export interface Score {
  readonly of: number;
  readonly right: number;
  readonly wrong: readonly string[];
}

/** Alternatives count as right; rows without a label for something do not count for it. */
export function scoreErrors(
  path: string,
): Readonly<Record<'error' | 'host' | 'tool' | 'cause' | 'invented host', Score>> {
  const rows = readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line.trim() !== '')
    .map(line => JSON.parse(line) as Row);
  const knowledge = compileKnowledge(root);
  const reader: PasteReader = pasteReader(knowledge);
  const causes = new Set(knowledge.causes.map(cause => cause.id));
  const read = rows.map(row => ({ row, primary: explainText(row.text, reader).primary }));
  const score = (
    counted: typeof read,
    expected: (row: Row) => readonly unknown[],
    got: (each: (typeof read)[number]) => unknown,
  ): Score => {
    const wrong = counted.filter(each => !expected(each.row).includes(got(each)));
    return {
      of: counted.length,
      right: counted.length - wrong.length,
      wrong: wrong.map(each => `${each.row.id}: ${String(got(each))}, expected ${expected(each.row).join(' or ')}`),
    };
  };
  return {
    error: score(
      read.filter(({ row }) => row.contract_error),
      row => [row.contract_error, ...(row.errors_also ?? [])],
      each => each.primary?.error,
    ),
    host: score(
      read.filter(({ row }) => row.host !== null),
      row => [row.host?.toLowerCase()],
      each => each.primary?.host?.toLowerCase(),
    ),
    'invented host': score(
      read.filter(({ row }) => row.host === null),
      () => [null],
      each => each.primary?.host ?? null,
    ),
    tool: score(
      read,
      row => [row.tool, row.contract_tool, ...(row.tool_also ?? [])],
      each => each.primary?.tool ?? 'other',
    ),
    cause: score(
      read.filter(({ row }) => row.cause !== null && causes.has(row.cause)),
      () => [true],
      ({ row, primary }) =>
        primary?.causes.slice(0, 3).some(each => each.cause === row.cause) ||
        `${row.cause} not in ${primary?.error}: ${primary?.causes
          .slice(0, 3)
          .map(each => each.cause)
          .join(' ')}`,
    ),
  };
}

if (process.argv[1]?.endsWith('errors.ts')) {
  if (!existsSync(LABELLED)) process.stdout.write('the labelled texts are not here\n');
  else
    for (const [name, { of, right, wrong }] of Object.entries(scoreErrors(LABELLED))) {
      process.stdout.write(`${name.padEnd(14)} ${right} of ${of} (${((100 * right) / of).toFixed(1)} %)\n`);
      if (process.argv.includes('-v')) for (const line of wrong) process.stdout.write(`  ${line}\n`);
    }
}
