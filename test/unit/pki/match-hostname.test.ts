// match_hostname() as Python 3.6 and urllib3 1.26 have it: ours beside theirs, on certificates with odd names.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { afterwardsMismatch } from '../../../src/pki/match-hostname.ts';
import { Dice, X } from '../../parity/chains.ts';
import { sequence, text } from '../../parity/der-builder.ts';
import { authority, dns, ecKey, server } from './maker.ts';

const root = authority('root');
const key = ecKey('leaf');
const dice = new Dice(1);
const NAMES = [
  'example.com',
  '*.example.com',
  'w*.example.com',
  '*w.example.com',
  'WWW.example.com',
  'xn--*.test',
  '*',
  '*.*.example.com',
  '**.example.com',
  'a*b*.example.com',
  'www.*.com',
  '1.2.3.4',
  "o'x.test",
  'example.com.',
];
const HOSTS = [
  'example.com',
  'www.example.com',
  'WWW.EXAMPLE.COM',
  'ww.example.com',
  'xn--a.test',
  'localhost',
  '1.2.3.4',
  '2001:db8::1',
  'a.b.example.com',
  'example.com.',
  'axb.example.com',
];
const IPS = [
  text(0x87, '\x01\x02\x03\x04'),
  text(0x87, '\x01\x02\x03\x05'),
  text(0x87, ' \x01\r\xb8\0\0\0\0\0\0\0\0\0\0\0\x01'),
];

const cases = Array.from({ length: 200 }, () => {
  const names = Array.from({ length: dice.below(4) }, () =>
    dice.chance(0.3) ? dice.pick(IPS) : dns(dice.pick(NAMES)),
  );
  const san = names.length > 0 ? { [X.san]: { critical: false, value: sequence(...names) } } : {};
  return { host: dice.pick(HOSTS), made: server([], root, { key, commonName: dice.pick(NAMES), extensions: san }) };
});

// The certificate as getpeercert() would show it comes from ssl's own test hook.
const SCRIPT = `
import json, os, ssl, sys, tempfile
try:
    from urllib3.util.ssl_match_hostname import match_hostname
except ImportError:
    match_hostname = ssl.match_hostname
for line in sys.stdin:
    pem, host = json.loads(line)
    with tempfile.NamedTemporaryFile('w', delete=False) as file:
        file.write(pem)
    cert = ssl._ssl._test_decode_cert(file.name)
    os.unlink(file.name)
    try:
        match_hostname(cert, host)
        print(json.dumps(None))
    except ValueError as error:
        print(json.dumps(str(error)))
`;

const pyenv = join(homedir(), '.pyenv/versions');
const python36 = existsSync(pyenv)
  ? readdirSync(pyenv)
      .filter(version => version.startsWith('3.6'))
      .map(version => join(pyenv, version, 'bin/python3'))
  : [];
/** Debian's urllib3, while it is 1.26. */
const debian =
  spawnSync('/usr/bin/python3', [
    '-I',
    '-c',
    'import urllib3.util.ssl_match_hostname as m; m.match_hostname; import urllib3; assert urllib3.__version__.startswith("1.")',
  ]).status === 0
    ? ['/usr/bin/python3']
    : [];

describe.each([...debian, ...python36])('%s', python => {
  test('says the same, in the same words', () => {
    const input = cases.map(({ host, made }) => JSON.stringify([made.certificate.pem(), host])).join('\n');
    const { stdout, stderr } = spawnSync(python, ['-I', '-c', SCRIPT], {
      input,
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(stderr).toBe('');
    const theirs = stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as string | null);
    expect(theirs.filter(answer => answer === null).length).toBeGreaterThan(10);
    const ours = cases.map(({ host, made }) => afterwardsMismatch(made.certificate, host)?.message ?? null);
    expect(ours).toEqual(theirs);
  });
});

test.each([
  ['a name', ['api.test'], 'api.test', null],
  ['another', ['api.test'], 'other.test', "hostname 'other.test' doesn't match 'api.test'"],
  ['one of two', ['a.test', 'b.test'], 'c.test', "hostname 'c.test' doesn't match either of 'a.test', 'b.test'"],
  ['too many wildcards', ['**.test'], 'a.test', "too many wildcards in certificate DNS name: '**.test'"],
])('%s', (_, names, host, expected) => {
  expect(afterwardsMismatch(server(names, root, { key }).certificate, host)?.message ?? null).toBe(expected);
});
