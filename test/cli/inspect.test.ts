// `inspect` through its front door: each wrapping that openssl makes, what cannot be read with its place, and the
// offline verdict beside what `openssl verify` says.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { cleanEnv } from '../tools/environment.ts';
import { run } from '../tools/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pki = makePki(
  {
    root: { ca: true },
    issuing: { by: 'root', ca: true },
    leaf: { by: 'issuing', names: ['www.lab.test'] },
    old: { by: 'issuing', names: ['www.lab.test'], from: -60, to: -2 },
  },
  new Date(),
);
const at = (name: string) => join(folder, name);
const pem = (name: string) => pki.get(name)?.pem ?? '';
for (const [name, made] of pki) writeFileSync(at(`${name}.pem`), made.pem);
writeFileSync(at('leaf.key'), pki.get('leaf')?.keyPem ?? '');
writeFileSync(at('leaf.der'), pki.get('leaf')?.der ?? '');
writeFileSync(at('chain.pem'), pem('leaf') + pem('issuing'));
writeFileSync(at('old-chain.pem'), pem('old') + pem('issuing'));
writeFileSync(
  at('junk.pem'),
  `Bag Attributes\n  friendlyName: x\n${pem('leaf')}\r\n-- and then --\n${pem('issuing')}tail`,
);
writeFileSync(at('cut.der'), Buffer.from(pki.get('leaf')?.der ?? '').subarray(0, 200));
writeFileSync(at('bad-line.pem'), pem('leaf').replace(/\n([A-Za-z0-9+/]{10})/, '\n$1*!'));
writeFileSync(at('text.txt'), 'no certificate here\n');
writeFileSync(at('empty.pem'), '');
const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, env: cleanEnv(), stdio: 'pipe' });
for (const form of ['pem', 'der'])
  openssl('crl2pkcs7', '-nocrl', '-certfile', 'chain.pem', '-outform', form, '-out', `chain-${form}.p7b`);
for (const [name, password] of [
  ['locked', 's3cret'],
  ['open', ''],
])
  openssl(
    ...['pkcs12', '-export', '-in', 'leaf.pem', '-inkey', 'leaf.key', '-certfile', 'issuing.pem'],
    ...['-passout', `pass:${password}`, '-out', `${name}.p12`],
  );

const SECRET = { P12_PASSWORD: 's3cret', WRONG: 'nope' };
const subjects = async (...argv: string[]) => {
  const { stdout, stderr, code } = await run(['inspect', ...argv, '--json'], { env: SECRET });
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return (JSON.parse(stdout) as { certificates: { subject: string; pem: string }[] }).certificates;
};

test.each([
  ['PEM', ['leaf.pem'], 1],
  ['DER', ['leaf.der'], 1],
  ['several in one file', ['chain.pem'], 2],
  ['PEM with other text around', ['junk.pem'], 2],
  ['PKCS#7, PEM', ['chain-pem.p7b'], 2],
  ['PKCS#7, DER', ['chain-der.p7b'], 2],
  ['PKCS#12', ['locked.p12', '--password', 'P12_PASSWORD'], 2],
  ['PKCS#12 with an empty password', ['open.p12'], 2],
])('%s', async (_what, [name = '', ...more], count) => {
  const found = await subjects(at(name), ...more);
  expect(found).toHaveLength(count);
  expect(found[0]?.pem.replace(/\s/g, '')).toBe(pem('leaf').replace(/\s/g, ''));
});

test.each([
  ['a DER file cut off', ['cut.der'], /holds no certificate that can be read: .* \(at offset \d+\)$/],
  ['no certificate in it', ['text.txt'], /there is no certificate in this file \(at offset 0\)$/],
  ['an empty file', ['empty.pem'], /\(at offset 0\)$/],
  ['letters that are no base64', ['bad-line.pem'], /\(at offset \d+\)$/],
  ['no password', ['locked.p12'], /needs a password/],
  ['a wrong password', ['locked.p12', '--password', 'WRONG'], /the password in 'WRONG' does not open/],
  ['a variable that is not set', ['locked.p12', '--password', 'NOT_SET'], /variable 'NOT_SET' is not set$/],
  ['no such file', ['missing.pem'], /no such file$/],
])('%s: one line, exit 2', async (_what, [name = '', ...more], line) => {
  const { stdout, stderr, code } = await run(['inspect', at(name), ...more], { env: SECRET });
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr.trimEnd()).toMatch(line);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).not.toContain(SECRET.P12_PASSWORD);
});

test.each([
  ['accepted', 'chain.pem', ['--host', 'www.lab.test'], 0],
  ['expired', 'old-chain.pem', ['--host', 'www.lab.test'], 10],
  ['another name', 'chain.pem', ['--host', 'other.lab.test'], 62],
  ['no intermediate', 'leaf.pem', [], 20],
  ['in 2049', 'chain.pem', ['--at', '2049-01-01T00:00:00Z'], 10],
])('judged offline: %s', async (_what, file, more, expected) => {
  const ran = await run(['inspect', at(file), '--ca-file', at('root.pem'), '--profile', 'openssl', '--json', ...more]);
  const { prediction } = JSON.parse(ran.stdout) as { prediction: { python: { verifyCode: number; ok: boolean } } };
  expect(prediction.python).toMatchObject({ verifyCode: expected, ok: expected === 0 });
  expect(ran.code).toBe(expected === 0 ? 0 : 1);
  const time = more[0] === '--at' ? ['-attime', String(Date.parse(more[1] ?? '') / 1000)] : [];
  const host = more[0] === '--host' ? ['-verify_hostname', more[1] ?? ''] : [];
  const asked = ['verify', '-CAfile', 'root.pem', '-untrusted', 'issuing.pem', ...time, ...host];
  const theirs = (() => {
    try {
      openssl(
        ...(file === 'leaf.pem' ? ['verify', '-CAfile', 'root.pem'] : asked),
        file === 'old-chain.pem' ? 'old.pem' : 'leaf.pem',
      );
      return 0;
    } catch (error) {
      return Number(/error (\d+) at/.exec(String((error as { stderr: Buffer }).stderr))?.[1]);
    }
  })();
  expect(theirs).toBe(expected);
});

test('the default profile is the machine’s own Python', async () => {
  const { stdout } = await run(['inspect', at('chain.pem'), '--ca-file', at('root.pem'), '--json']);
  const { prediction } = JSON.parse(stdout) as { prediction: { python: { profile: string } } };
  const version = execFileSync('python3', ['--version'], { env: cleanEnv(), encoding: 'utf8' });
  expect(prediction.python.profile).toBe(`requests@python${/3\.\d+/.exec(version)?.[0]}`);
});

test('what it prints is the certificate, and nothing that came with it', async () => {
  const { stdout } = await run(['inspect', at('locked.p12'), '--password', 'P12_PASSWORD'], { env: SECRET });
  expect(stdout).not.toMatch(/PRIVATE KEY/);
});
