// Which proxy? As requests itself decides, for every combination of these settings and hosts; and for conda, which puts the
// proxy_servers of its .condarc into a requests session.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { proxySettings } from '../../src/clients/proxy-settings.ts';
import { readTarget } from '../../src/intake/url.ts';
import { DEFAULTS } from '../../src/model/options.ts';
import { chooseRoute } from '../../src/net/proxy-choice.ts';
import { openWorld } from '../../src/open-world.ts';
import { cleanEnv } from '../tools/environment.ts';
import { requestsPython } from '../tools/pythons.ts';

const HOSTS = [
  'example.com',
  'www.example.com',
  'ample.com',
  'localhost',
  '127.0.0.1',
  '10.1.2.3',
  '192.168.7.9',
  '::1',
];
const PORTS = [443, 8443];
const SETTINGS: readonly Record<string, string>[] = [
  {},
  { HTTPS_PROXY: 'http://upper:3128' },
  { https_proxy: 'http://lower:3128' },
  { HTTPS_PROXY: 'http://upper:3128', https_proxy: 'http://lower:3128' },
  { HTTPS_PROXY: 'http://upper:3128', https_proxy: '' },
  { ALL_PROXY: 'http://all:3128' },
  { all_proxy: 'http://all:3128', HTTPS_PROXY: 'http://upper:3128' },
  { HTTP_PROXY: 'http://only-http:3128' },
  { HTTPS_PROXY: 'proxy.corp:8080' },
];
const EXCEPTIONS: readonly Record<string, string>[] = [
  {},
  { NO_PROXY: '' },
  { NO_PROXY: '*' },
  { no_proxy: '*' },
  { NO_PROXY: 'example.com' },
  { NO_PROXY: '.example.com' },
  { NO_PROXY: 'ample.com' },
  { NO_PROXY: 'example.com:8443' },
  { NO_PROXY: 'localhost,127.0.0.1' },
  { NO_PROXY: '10.0.0.0/8, 192.168.7.0/24' },
  { NO_PROXY: '10.1.2.3:443' },
  { NO_PROXY: '10.1.2.3/32' },
  { NO_PROXY: 'EXAMPLE.COM' },
  { NO_PROXY: 'other.test', no_proxy: 'example.com' },
  { NO_PROXY: '*.example.com' },
  { NO_PROXY: '::1' },
];

const cases = SETTINGS.flatMap(setting =>
  EXCEPTIONS.flatMap(exception =>
    HOSTS.flatMap(host => PORTS.map(port => ({ env: { ...setting, ...exception }, host, port }))),
  ),
);

const ASK = `
import json, os, sys
from requests.utils import get_environ_proxies, select_proxy, prepend_scheme_if_needed
answers = []
base = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')}
for case in json.load(sys.stdin):
    os.environ.clear(); os.environ.update(base); os.environ.update(case['env'])
    host = '[%s]' % case['host'] if ':' in case['host'] else case['host']
    url = 'https://%s:%d/' % (host, case['port'])
    proxy = select_proxy(url, get_environ_proxies(url))
    answers.append(prepend_scheme_if_needed(proxy, 'http') if proxy else None)
print(json.dumps(answers))
`;

const requestsSettings = (env: Record<string, string>) =>
  ({ option: undefined, env, rules: 'requests', own: null, exceptions: null }) as const;

test.skipIf(requestsPython === null)(`${cases.length} combinations, as requests decides`, () => {
  const said = execFileSync(requestsPython?.path ?? '', ['-c', ASK], {
    env: cleanEnv(),
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  const theirs = JSON.parse(said) as (string | null)[];
  const differ = cases.flatMap(({ env, host, port }, i) => {
    const ours = chooseRoute({ host, port, starttls: null }, requestsSettings(env)).proxy?.shown ?? null;
    return ours === theirs[i] ? [] : [`${JSON.stringify(env)} ${host}:${port}: ours ${ours}, requests ${theirs[i]}`];
  });
  expect(differ).toEqual([]);
});

/** What stands in .condarc, and what conda makes of it (context.proxy_servers). */
const CONDA: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['channels: [defaults]\n', {}],
  [
    'proxy_servers:\n  http: http://own-http:1\n  https: http://own:2\n\nssl_verify: true\n',
    { http: 'http://own-http:1', https: 'http://own:2' },
  ],
  ['proxy_servers:\n    \'https\': "http://user:pa@own:2"  # the office\n', { https: 'http://user:pa@own:2' }],
  ['proxy_servers: {http: http://a:1, https: http://own:2}\n', { http: 'http://a:1', https: 'http://own:2' }],
  ['proxy_servers:\n  https://www.example.com: http://one:1\n', { 'https://www.example.com': 'http://one:1' }],
  ['proxy_servers:\n  all: http://rest:1\n  https: null\n', { all: 'http://rest:1' }],
  ['# proxy_servers:\n#   https: http://own:2\n', {}],
  ['proxy_servers:\r\n  https: http://own:2\r\n', { https: 'http://own:2' }],
];

const ASK_CONDA = `
import json, os, sys
import requests
from requests.utils import select_proxy, prepend_scheme_if_needed
answers = []
base = {k: v for k, v in os.environ.items() if not k.lower().endswith('_proxy')}
for case in json.load(sys.stdin):
    os.environ.clear(); os.environ.update(base); os.environ.update(case['env'])
    url = 'https://%s/' % case['host']
    session = requests.Session()
    session.proxies.update(case['own'])
    proxy = select_proxy(url, session.merge_environment_settings(url, {}, None, None, None)['proxies'])
    answers.append(prepend_scheme_if_needed(proxy, 'http').replace('user:pa@', '') if proxy else None)
print(json.dumps(answers))
`;

test.skipIf(requestsPython === null)('conda’s own proxies beside the environment’s', async () => {
  const table = CONDA.flatMap(([text, own]) =>
    SETTINGS.flatMap(setting =>
      [{}, { NO_PROXY: 'example.com' }].flatMap(exception =>
        ['www.example.com', '10.1.2.3'].map(host => ({ text, own, host, env: { ...setting, ...exception } })),
      ),
    ),
  );
  const said = execFileSync(requestsPython?.path ?? '', ['-c', ASK_CONDA], {
    env: cleanEnv(),
    input: JSON.stringify(table),
    encoding: 'utf8',
  });
  const theirs = JSON.parse(said) as (string | null)[];
  const HOME = mkdtempSync(join(tmpdir(), 'conda-'));
  const differ: string[] = [];
  for (const [i, { text, env, host }] of table.entries()) {
    writeFileSync(join(HOME, '.condarc'), text);
    const read = readTarget(`https://${host}/`);
    if (!read.ok) throw new Error(read.why);
    const world = openWorld({ ...DEFAULTS, proxyOf: 'conda' }, { env: { ...env, HOME } });
    const ours = chooseRoute(read.target, await proxySettings(world, read.target)).proxy?.shown ?? null;
    if (ours !== theirs[i])
      differ.push(`${JSON.stringify(text)} ${JSON.stringify(env)} ${host}: ours ${ours}, theirs ${theirs[i]}`);
  }
  rmSync(HOME, { recursive: true });
  expect(differ).toEqual([]);
});
