// Which proxy? As requests itself decides, for every combination of these settings and hosts.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { chooseRoute } from '../../src/net/proxy-choice.ts';
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

test.skipIf(requestsPython === null)(`${cases.length} combinations, as requests decides`, () => {
  const said = execFileSync(requestsPython?.path ?? '', ['-c', ASK], {
    env: cleanEnv(),
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  const theirs = JSON.parse(said) as (string | null)[];
  const differ = cases.flatMap(({ env, host, port }, i) => {
    const ours = chooseRoute({ host, port, starttls: null }, undefined, env).proxy?.shown ?? null;
    return ours === theirs[i] ? [] : [`${JSON.stringify(env)} ${host}:${port}: ours ${ours}, requests ${theirs[i]}`];
  });
  expect(differ).toEqual([]);
});
