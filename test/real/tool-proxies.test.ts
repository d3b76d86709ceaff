// Which proxy do pip, git, npm and curl themselves go to, given their own settings and the environment's? Each runs
// against listeners on loopback that note who called; --proxy-of must name the same one.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { proxySettings } from '../../src/clients/proxy-settings.ts';
import { readTarget } from '../../src/intake/url.ts';
import { DEFAULTS } from '../../src/model/options.ts';
import type { ProxyTool } from '../../src/model/proxy.ts';
import { chooseRoute } from '../../src/net/proxy-choice.ts';
import { openWorld } from '../../src/open-world.ts';
import { cleanEnv } from '../tools/environment.ts';
import { run } from '../tools/program.ts';
import { PYTHONS } from '../tools/pythons.ts';

/** `OWN`, `ENV` and `ALL` in what follows stand for three proxies. */
interface Case {
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Tool {
  readonly name: string;
  readonly of: ProxyTool;
  readonly argv: (url: string) => readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const HOSTS = ['svc.example.test', '127.0.0.1'];

/** Every setting of the first with every one of the second. */
const product = (first: readonly Case[], second: readonly Case[]): Case[] =>
  first.flatMap(a => second.map(b => ({ files: { ...a.files, ...b.files }, env: { ...a.env, ...b.env } })));

const VARIABLES: readonly Case[] = [
  {},
  { env: { HTTPS_PROXY: 'http://ENV' } },
  { env: { https_proxy: 'ENV' } },
  { env: { ALL_PROXY: 'http://ALL' } },
  { env: { HTTPS_PROXY: 'http://ENV', https_proxy: '' } },
  { env: { HTTP_PROXY: 'http://ALL', all_proxy: 'http://ENV' } },
];
const EXCEPTIONS: readonly Case[] = [
  {},
  ...[
    'example.test',
    '.example.test',
    'ample.test',
    'SVC.example.test',
    '127.0.0.1',
    '127.0.0.0/8',
    '*',
    'a,*',
    'x svc.example.test',
  ].map(NO_PROXY => ({ env: { NO_PROXY } })),
  { env: { NO_PROXY: '*', no_proxy: 'other.test' } },
];

const curl: Tool = {
  name: 'curl',
  of: 'curl',
  argv: url => ['curl', '-s', '--max-time', '10', url],
  cases: product(
    [
      {},
      { files: { '.curlrc': 'silent\nproxy = "http://OWN"\n' } },
      { files: { '.curlrc': '-x OWN\n' } },
      { files: { '.curlrc': '# proxy = nobody\nproxy=http://OWN\nnoproxy = "example.test"\n' } },
    ],
    product(VARIABLES.slice(0, 6), EXCEPTIONS),
  ),
};

const git: Tool = {
  name: 'git',
  of: 'git',
  argv: url => ['git', 'ls-remote', `${url}repository`],
  env: { GIT_TERMINAL_PROMPT: '0' },
  cases: product(
    [
      {},
      { files: { '.gitconfig': '[http]\n\tproxy = http://OWN\n' } },
      { files: { '.gitconfig': '[http]\n\tproxy = OWN\n' } },
      { files: { '.gitconfig': '[http]\n\tproxy =\n' } },
      { files: { '.gitconfig': '[http]\n\tproxy = http://OWN\n[http "https://svc.example.test"]\n\tproxy = \n' } },
      { files: { '.gitconfig': '[http "https://*.example.test"]\n\tproxy = http://OWN\n' } },
    ],
    product([VARIABLES[0] ?? {}, VARIABLES[1] ?? {}], [EXCEPTIONS[0] ?? {}, EXCEPTIONS[1] ?? {}, EXCEPTIONS[6] ?? {}]),
  ),
};

const npm: Tool = {
  name: 'npm',
  of: 'npm',
  argv: url => ['npm', 'ping', '--registry', url, '--fetch-retries=0', '--no-update-notifier'],
  cases: [
    ...product([{}, { files: { '.npmrc': 'https-proxy=http://OWN\n' } }], VARIABLES.slice(0, 5)),
    { files: { '.npmrc': 'proxy = "http://OWN"\n' }, env: { HTTPS_PROXY: 'http://ENV' } },
    { files: { '.npmrc': 'https-proxy=null\nproxy=http://OWN\n' } },
    { files: { '.npmrc': `https-proxy=http://$\{WHERE}\n` }, env: { WHERE: 'OWN' } },
    { files: { '.npmrc': 'https-proxy=http://ALL\n' }, env: { npm_config_https_proxy: 'http://OWN' } },
    { files: { '.npmrc': 'https-proxy=http://OWN\n' }, env: { NO_PROXY: 'example.test' } },
    { files: { '.npmrc': 'https-proxy=http://OWN\nnoproxy=other.test\n' }, env: { NO_PROXY: 'example.test' } },
    { files: { '.npmrc': 'noproxy=other.test,.example.test\n' }, env: { HTTPS_PROXY: 'http://ENV' } },
    { env: { HTTPS_PROXY: 'http://ENV', NO_PROXY: 'ample.test' } },
    { env: { HTTPS_PROXY: 'http://ENV', NO_PROXY: '*' } },
    { env: { HTTPS_PROXY: 'http://ENV', NO_PROXY: '127.0.0.1' } },
  ],
};

const pipCases: readonly Case[] = [
  ...product(
    [{}, { files: { '.config/pip/pip.conf': '[global]\ntimeout = 3\nproxy = http://OWN\n' } }],
    product(VARIABLES.slice(1, 4), [{}, { env: { NO_PROXY: 'example.test' } }]),
  ),
  {
    files: { '.config/pip/pip.conf': '[global]\nproxy = http://ALL\n[download]\nquiet = 1\n' },
    env: { PIP_PROXY: 'http://OWN' },
  },
  { files: { '.pip/pip.conf': '[global]\nproxy: http://OWN\n', '.config/pip/pip.conf': '[global]\nproxy =\n' } },
  {
    files: { '.pip/pip.conf': '[global]\nproxy: http://ALL\n', '.config/pip/pip.conf': '[global]\nproxy=http://OWN\n' },
  },
  { files: { 'own.conf': '[global]\nproxy = http://OWN\n' }, env: { PIP_CONFIG_FILE: 'HOME/own.conf' } },
  { files: { '.pip/pip.conf': '[global]\nproxy: http://OWN\n' }, env: { PIP_CONFIG_FILE: '/dev/null' } },
];
/** An old pip and a new one, where there are both: they differ. */
const pips = pipPaths().map(
  ({ path, version }): Tool => ({
    name: `pip ${version}`,
    of: 'pip',
    // `pip` on PATH is that one, for both.
    env: { PATH: `${dirname(path)}:${process.env.PATH}` },
    argv: url => [
      'pip',
      'download',
      '--no-deps',
      '--retries',
      '0',
      '--disable-pip-version-check',
      '-i',
      `${url}simple`,
      'demo',
    ],
    cases: pipCases,
  }),
);

const tools = [curl, git, npm, ...pips];
test('the real programs are here', () => {
  const missing = [
    ...['curl', 'git', 'npm'].filter(name => spawnSync(name, ['--version']).status !== 0),
    ...(pips.length ? [] : ['pip']),
  ];
  if (process.env.CI === 'true') expect(missing).toEqual([]);
  else if (missing.length > 0)
    process.stderr.write(`skipped: ${missing.join(', ')} not here: apt-get install curl git npm python3-pip\n`);
});

describe.each(tools)('$name', tool => {
  test.skipIf(spawnSync(tool.name.split(' ')[0] ?? '', ['--version']).status !== 0)(
    `${tool.cases.length} settings, ${HOSTS.length} hosts`,
    { timeout: 240_000 },
    async () => {
      const differ: string[] = [];
      const all = tool.cases.flatMap(settings => HOSTS.map(host => ({ settings, host })));
      const lane = async () => {
        for (let next = all.shift(); next; next = all.shift()) {
          const { theirs, ours } = await both(tool, next.settings, next.host);
          if (theirs !== ours)
            differ.push(`${JSON.stringify(next.settings)} ${next.host}: ours ${ours}, theirs ${theirs}`);
        }
      };
      await Promise.all([lane(), lane(), lane()]);
      expect(differ).toEqual([]);
    },
  );
});

test('the whole program: the proxy of git’s settings, named, and its password nowhere', async () => {
  const home = mkdtempSync(join(tmpdir(), 'proxies-'));
  const proxy = await listen(() => {});
  writeFileSync(join(home, '.gitconfig'), `[http]\n\tproxy = http://me:Tr0ub4dor@127.0.0.1:${proxy.port}\n`);
  const said = await run(['check', 'https://svc.example.test/', '--proxy-of', 'git', '--json'], {
    env: { HOME: home, HTTPS_PROXY: 'http://127.0.0.1:9' },
  });
  proxy.server.close();
  rmSync(home, { recursive: true });
  const report = JSON.parse(said.stdout);
  expect(report.diagnosis.primary.cause).toBe('proxy-tunnel-refused');
  expect(report.target.via).toBe(`http://127.0.0.1:${proxy.port}`);
  expect(report.stages.find((stage: { id: string }) => stage.id === 'proxy').facts['proxy.from']).toBe(
    'http.proxy of git',
  );
  expect(said.stdout + said.stderr).not.toContain('Tr0ub4dor');
});

async function both(tool: Tool, settings: Case, host: string) {
  const home = mkdtempSync(join(tmpdir(), 'proxies-'));
  const called = new Set<string>();
  const listeners = await Promise.all(
    ['OWN', 'ENV', 'ALL'].map(name => listen(() => called.add(name)).then(on => ({ name, ...on }))),
  );
  const direct = await listen(() => {});
  try {
    const real = (text: string) =>
      listeners.reduce(
        (said, { name, port }) => said.replaceAll(name, `127.0.0.1:${port}`),
        text.replaceAll('HOME', home),
      );
    for (const [name, text] of Object.entries(settings.files ?? {})) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), real(text));
    }
    const env = {
      ...cleanEnv(),
      HOME: home,
      ...tool.env,
      ...Object.fromEntries(Object.entries(settings.env ?? {}).map(([name, value]) => [name, real(value)])),
    };
    const url = `https://${host}:${direct.port}/`;
    await ended(tool.argv(url), env, home);
    const read = readTarget(url);
    if (!read.ok) throw new Error(read.why);
    const world = openWorld({ ...DEFAULTS, proxyOf: tool.of }, { env });
    const { proxy } = chooseRoute(read.target, await proxySettings(world, read.target));
    const ours = listeners.find(({ port }) => port === proxy?.port)?.name ?? proxy?.shown ?? 'direct';
    return { theirs: [...called].join('+') || 'direct', ours };
  } finally {
    for (const { server } of [...listeners, direct]) server.close();
    rmSync(home, { recursive: true, force: true });
  }
}

function listen(onCall: () => void): Promise<{ server: Server; port: number }> {
  const server = createServer(socket => {
    onCall();
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
  });
  return new Promise(resolve =>
    server.listen(0, '127.0.0.1', () => resolve({ server, port: (server.address() as { port: number }).port })),
  );
}

function ended([command = '', ...words]: readonly string[], env: Record<string, string>, cwd: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { env, cwd, stdio: 'ignore', timeout: 60_000, killSignal: 'SIGKILL' });
    child.on('error', reject);
    child.on('close', () => resolve());
  });
}

function pipPaths(): readonly { readonly path: string; readonly version: string }[] {
  const found = PYTHONS.flatMap(({ path }) => {
    const pip = join(dirname(path), 'pip');
    const said = spawnSync(pip, ['--version'], { env: cleanEnv(), encoding: 'utf8' });
    const version = /^pip (\d+\.\d+)/.exec(said.stdout ?? '')?.[1];
    return version ? [{ path: pip, version }] : [];
  });
  const inOrder = found.sort((a, b) => Number(a.version) - Number(b.version));
  return inOrder.filter((_, i) => i === 0 || i === inOrder.length - 1);
}
