// `npm test`: everything CI runs, in the order in which a fault is cheapest to find, with one count at the end.
// Whole suite on this Node; the parts that meet TLS, sockets, processes and terminals again on each other Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { nodeBinary } from './nodes.ts';

const NODES = [20, 22, 24];
const AGAIN = ['test/unit/wire', 'test/unit/net', 'test/unit/pki', 'test/scenarios', 'test/cli'];
const root = new URL('../../', import.meta.url).pathname;
const strict = process.env.CI === 'true';
const counts = { passed: 0, failed: 0, skipped: 0 };

function step(name: string, argv: readonly string[], env: Record<string, string> = {}): boolean {
  process.stdout.write(`\n── ${name}\n`);
  const [command = '', ...args] = argv;
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  if (status !== 0) process.stdout.write(`── ${name}: failed\n`);
  return status === 0;
}

/** One vitest run, its counts added up. A runner that died without a report counts as one failure. */
function suite(name: string, node: string, filters: readonly string[], again = false): void {
  const report = `${root}.cache/vitest-${name.replace(/\W+/g, '-')}.json`;
  rmSync(report, { force: true });
  const ok = step(
    name,
    [
      node,
      'node_modules/vitest/vitest.mjs',
      'run',
      '--config',
      'test/vitest.config.ts',
      '--reporter=dot',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
    { TLSDOCTOR_AGAIN: String(again) },
  );
  if (!existsSync(report)) {
    counts.failed += 1;
    return;
  }
  const said = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
  counts.passed += said.numPassedTests ?? 0;
  counts.failed += said.numFailedTests ?? 0;
  counts.skipped += said.numPendingTests ?? 0;
  if (!ok && !said.numFailedTests) counts.failed += 1;
}

for (const [name, argv] of [
  ['types', ['npx', 'tsc', '-p', '.']],
  ['lint', ['npm', 'run', '--silent', 'lint']],
  ['dead code', ['npx', 'knip']],
] as const) {
  if (!step(name, argv)) counts.failed += 1;
}
suite(`tests on Node ${process.version}`, process.execPath, []);
for (const major of NODES) {
  if (process.version.startsWith(`v${major}.`)) continue;
  const node = nodeBinary(major);
  if (node) suite(`tests on Node ${major}`, node, AGAIN, true);
  else {
    process.stdout.write(
      `\n── tests on Node ${major}: skipped, the npm registry did not give it (npm i node@${major})\n`,
    );
    if (strict) counts.failed += 1;
    else counts.skipped += 1;
  }
}
process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
process.exitCode = counts.failed > 0 ? 1 : 0;
