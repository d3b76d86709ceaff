// Nobody pays for what he does not use: which chunks of the bundle a command loads, as Node's own loader reports it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROGRAM, run } from '../tools/program.ts';

const chunks = JSON.parse(readFileSync(new URL('../../dist/chunks.json', import.meta.url), 'utf8')) as Record<
  string,
  string[]
>;
const TRACER = `data:text/javascript,${encodeURIComponent(`
  import { register } from 'node:module';
  register('data:text/javascript,' + encodeURIComponent(\`
    import { writeSync } from 'node:fs';
    export async function load(url, context, next) { writeSync(2, 'LOADED ' + url + String.fromCharCode(10)); return next(url, context); }
  \`));
`)}`;

async function packagesLoadedBy(argv: readonly string[]) {
  const { stderr } = await run(argv, { node: ['--import', TRACER] });
  const files = [...stderr.matchAll(/^LOADED (\S+)$/gm)].map(match => match[1] ?? '');
  return { files, packages: new Set(files.flatMap(file => chunks[file.split('/').at(-1) ?? ''] ?? [])) };
}

test('--version loads nothing of the bundle', async () => {
  const { files } = await packagesLoadedBy(['--version']);
  expect(files.some(file => file.endsWith(PROGRAM) || file.includes('/bin/'))).toBe(true);
  expect(files.filter(file => file.includes('/dist/'))).toEqual([]);
});

test.each([
  ['check --json', ['check', 'https://127.0.0.1:9', '--json', '--proxy', 'none']],
  ['check', ['check', 'https://127.0.0.1:9', '--proxy', 'none']],
  ['a usage error', ['check', '--nonsense']],
])('%s loads neither Ink nor React, nor ky', async (_what, argv) => {
  const { files, packages } = await packagesLoadedBy(argv);
  expect(files.filter(file => file.includes('/dist/')).length).toBeGreaterThan(0);
  for (const heavy of ['ink', 'react', 'react-reconciler', 'yoga-layout', 'ky', 'tldts', 'yaml'])
    expect(packages).not.toContain(heavy);
});
