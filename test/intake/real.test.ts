// What real programs print when they meet the lab's servers, read back: the wordings in knowledge/errors are theirs, not
// our memory of them. A program that is not here is skipped by name; Debian's own must be there in CI.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileKnowledge } from '../../src/build/compile-knowledge.ts';
import { explainText, pasteReader } from '../../src/intake/explain.ts';
import { compileScenarios } from '../../src/lab/compile.ts';
import { type Running, startScenario } from '../../src/lab/scenario.ts';
import { cleanEnv } from '../tools/environment.ts';

const root = new URL('../..', import.meta.url).pathname;
const reader = pasteReader(compileKnowledge(root));
const scratch = mkdtempSync(join(tmpdir(), 'tlsdoctor-real-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const scenarios = compileScenarios(`${root}src/lab/scenarios`);

/** How a program is run on a target, with the lab's root when the scenario trusts one. */
interface Program {
  readonly name: string;
  /** The id `explain` must give it. */
  readonly tool: string;
  readonly path: string;
  readonly needed?: boolean;
  argv(url: URL, roots: string): readonly string[];
  readonly env?: (roots: string) => Record<string, string>;
}

const URLOPEN =
  'import sys,ssl\ntry: from urllib.request import urlopen\nexcept ImportError: from urllib2 import urlopen\nurlopen(sys.argv[1], timeout=8, context=ssl.create_default_context(cafile=sys.argv[2]))';
const python = (name: string, path: string, needed = false): Program => ({
  name,
  tool: 'urllib',
  path,
  needed,
  argv: (url, roots) => ['-c', URLOPEN, url.href, roots],
});
const pyenv = `${homedir()}/.pyenv/versions`;
const PROGRAMS: readonly Program[] = [
  python('python3 urllib', '/usr/bin/python3', true),
  ...(existsSync(pyenv) ? readdirSync(pyenv) : []).map(version =>
    python(`python ${version} urllib`, `${pyenv}/${version}/bin/python`),
  ),
  {
    name: 'requests',
    tool: 'requests',
    path: existsSync('/usr/lib/python3/dist-packages/requests') ? '/usr/bin/python3' : '/nonexistent',
    argv: (url, roots) => [
      '-c',
      'import sys,requests\nrequests.get(sys.argv[1], verify=sys.argv[2], timeout=8)',
      url.href,
      roots,
    ],
  },
  {
    name: 'curl',
    tool: 'curl',
    path: '/usr/bin/curl',
    needed: true,
    argv: (url, roots) => ['-sS', '-m', '8', '--cacert', roots, url.href],
  },
  {
    name: 'openssl s_client',
    tool: 'openssl',
    path: '/usr/bin/openssl',
    needed: true,
    argv: ({ host, hostname }, roots) => [
      's_client',
      '-connect',
      host,
      '-CAfile',
      roots,
      '-verify_return_error',
      '-verify_ip',
      hostname,
      '-brief',
    ],
  },
  {
    name: 'node',
    tool: 'node',
    path: process.execPath,
    argv: url => ['-e', `require('https').get(${JSON.stringify(url.href)}, { timeout: 8000 })`],
    env: roots => ({ NODE_EXTRA_CA_CERTS: roots }),
  },
  {
    name: 'pip',
    tool: 'pip',
    path: existsSync(`${pyenv}/3.12.1/bin/pip`) ? `${pyenv}/3.12.1/bin/python` : '/nonexistent',
    argv: (url, roots) => [
      ...['-m', 'pip', '--isolated', 'download', '--no-cache-dir', '--no-deps', '--retries', '1', '--timeout', '8'],
      ...['-d', scratch, '--cert', roots, '-i', `${url.href}simple`, 'attrs'],
    ],
  },
  {
    name: 'npm',
    tool: 'npm',
    path: '/usr/bin/npm',
    argv: (url, roots) => [
      'view',
      'ini',
      '--fetch-retries=0',
      `--cache=${scratch}`,
      `--registry=${url.href}`,
      `--cafile=${roots}`,
    ],
    env: () => ({ NPM_CONFIG_USERCONFIG: '/dev/null', NPM_CONFIG_GLOBALCONFIG: '/nonexistent/npmrc' }),
  },
  {
    name: 'git',
    tool: 'git',
    path: '/usr/bin/git',
    argv: (url, roots) => ['-c', `http.sslCAInfo=${roots}`, 'ls-remote', url.href],
  },
  {
    name: 'wget',
    tool: 'wget',
    path: '/usr/bin/wget',
    argv: (url, roots) => ['-O', '-', '-T', '8', '-t', '1', `--ca-certificate=${roots}`, url.href],
  },
];

/** By scenario: what each program's text must be read as. */
const ROWS: readonly (readonly [scenario: string, errors: readonly string[]])[] = [
  ['expired-leaf', ['certificate-expired']],
  ['not-yet-valid', ['certificate-not-yet-valid']],
  ['self-signed-leaf', ['self-signed-leaf', 'unable-to-get-local-issuer']],
  ['missing-intermediate', ['unable-to-get-local-issuer']],
  ['private-ca-untrusted', ['unable-to-get-local-issuer', 'self-signed-in-chain']],
  ['ip-address-mismatch', ['ip-address-mismatch', 'hostname-mismatch']],
  ['not-tls', ['wrong-version-number']],
  ['connection-refused', ['connection-refused']],
  ['tls-version-unsupported', ['unsupported-protocol', 'handshake-failure']],
];
/** git with GnuTLS, wget, and Pythons before 3.7 may give no reason. */
const REASONLESS = /^(?:git|wget|python (?:2\.|3\.6))/;

describe.each(ROWS)('%s', (id, errors) => {
  let running: Running;
  beforeAll(async () => {
    const scenario = scenarios.find(each => each.id === id);
    if (!scenario) throw new Error(`no scenario ${id}`);
    running = await startScenario(scenario);
  });
  afterAll(() => running?.close());

  test.each(PROGRAMS.map(program => [program.name, program] as const))('%s', async (name, program) => {
    if (!existsSync(program.path)) {
      if (program.needed && process.env.CI) throw new Error(`${program.path} is missing`);
      process.stderr.write(`skipped: ${name} is not here\n`);
      return;
    }
    const url = new URL(running.target);
    const said = await run(program, url, running.trustFile ?? '/etc/ssl/certs/ca-certificates.crt');
    const { primary } = explainText(said, reader);
    // The lab has an old server only for a program that still speaks TLS 1.0 to it, which then gets its answer.
    if (id === 'tls-version-unsupported' && primary === null) return;
    expect([...errors, ...(REASONLESS.test(name) ? ['certificate-verify-failed'] : [])], said).toContain(
      primary?.error,
    );
    expect(primary?.tool, said).toBe(program.tool);
    expect([null, url.hostname], said).toContain(primary?.host);
  });
});

function run({ path, argv, env }: Program, url: URL, roots: string): Promise<string> {
  return new Promise(resolve => {
    const child = execFile(
      path,
      [...argv(url, roots)],
      { env: cleanEnv({ GIT_TERMINAL_PROMPT: '0', ...env?.(roots) }), timeout: 20_000, cwd: '/' },
      (_error, stdout, stderr) => resolve(`${stdout}${stderr}`),
    );
    child.stdin?.end();
  });
}
