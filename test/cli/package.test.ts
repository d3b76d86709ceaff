// What a user gets: `npm pack`, installed into an empty folder without the network, and run there.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { cleanEnv } from '../tools/environment.ts';

const root = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-pack-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the packed tarball installs offline and works, as a program and as a package', () => {
  const env = cleanEnv();
  const npm = (args: readonly string[], cwd: string) =>
    execFileSync('npm', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  npm(['pack', '--ignore-scripts', '--pack-destination', folder], root);
  const tarball = readdirSync(folder).find(name => name.endsWith('.tgz')) ?? '';
  npm(['init', '-y'], folder);
  npm(['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`], folder);
  expect(readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'))).toEqual(['tlsdoctor']);

  const program = join(folder, 'node_modules/.bin/tlsdoctor');
  expect(execFileSync(program, ['--version'], { env, encoding: 'utf8' })).toMatch(/^\d+\.\d+\.\d+\n$/);
  const text = execFileSync('sh', ['-c', `${program} practice self-signed-leaf || true`], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(text).toMatch(/FAIL/);

  const use =
    "import { diagnose, verifyChain } from 'tlsdoctor'; for await (const e of diagnose('https://127.0.0.1:9', { proxy: null })) if (e.type === 'report') console.log(e.report.diagnosis.primary.cause, typeof verifyChain);";
  expect(
    execFileSync(process.execPath, ['--input-type=module', '-e', use], { cwd: folder, env, encoding: 'utf8' }),
  ).toBe('connection-refused function\n');
});
