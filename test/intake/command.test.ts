// `tlsdoctor explain` as a shell runs it: stdin, file, argument, ids and codes; exit codes; nothing secret, nothing raw.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { run } from '../tools/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const ERROR =
  "requests.exceptions.SSLError: HTTPSConnectionPool(host='api.shop.example', port=8443): Max retries exceeded with url: /?token=s3cr3tV4lue (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: certificate has expired (_ssl.c:1006)')))";
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('a text', () => {
  test.each([
    ['from stdin', ['explain', '--json'], ERROR],
    ['from stdin by its name', ['explain', '-', '--json'], ERROR],
    ['from a file', ['explain', file('error.txt', ERROR), '--json'], ''],
    [
      'from PowerShell’s redirection',
      ['explain', file('utf16.txt', Buffer.from(`\ufeff${ERROR}`, 'utf16le')), '--json'],
      '',
    ],
    ['as an argument', ['explain', ERROR, '--json'], ''],
    ['in place of a target', [ERROR, '--json'], ''],
    ['piped into the program itself', ['--json'], ERROR],
  ])('%s', async (_what, argv, input) => {
    const { code, stdout, stderr } = await run(argv, { input });
    expect(stderr).toBe('');
    const said = JSON.parse(stdout);
    expect(said).toMatchObject({
      schema: 'tlsdoctor.explanation/1',
      primary: { error: 'certificate-expired', tool: 'requests', host: 'api.shop.example', port: 8443 },
    });
    expect(said.all[0]).toEqual(said.primary);
    expect(said.primary.causes[0]).toMatchObject({ cause: 'expired-leaf', likelihood: 'likely' });
    expect(stdout).not.toContain('s3cr3tV4lue');
    expect(code).toBe(0);
  });

  test('for people: the error, the causes, what would decide it', async () => {
    const { code, stdout } = await run(['explain'], { input: ERROR });
    expect(stdout).toMatch(/FAIL {2}A certificate in the chain has expired/);
    expect(stdout).toContain('tlsdoctor check https://api.shop.example:8443');
    expect(stdout).toContain('tlsdoctor explain expired-leaf');
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
    expect(code).toBe(0);
  });

  test('in Chinese', async () => {
    expect((await run(['explain', '--lang', 'zh'], { input: ERROR })).stdout).toMatch(/证书链中有证书已过期/);
  });

  test('unsafe advice is named with the safe way', async () => {
    const { stdout } = await run(['explain'], { input: `${ERROR}\nuse requests.get(url, verify=False)` });
    expect(stdout).toMatch(/Unsafe advice in the text\n {2}! verify=False: /);
    expect(stdout).toMatch(/Instead: Give it the root it needs/);
  });

  test('nothing that a terminal would obey', async () => {
    const hostile = `${ERROR.replace('api.shop', 'a\u001b]0;x\u0007pi\u202e.shop')}\u001b[2J`;
    for (const argv of [['explain'], ['explain', '--json']])
      expect((await run(argv, { input: hostile })).stdout).not.toMatch(/[\u001b\u0007\u202e\u009b]/);
  });

  test.each([
    ['unknown', 'the cat sat on the mat'],
    ['empty', ''],
  ])('%s: says so, exit 3', async (_what, input) => {
    const { code, stdout } = await run(['explain'], { input });
    expect(stdout).toMatch(/No known error in this text/);
    expect(code).toBe(3);
  });

  test('unknown, as JSON', async () => {
    const { code, stdout } = await run(['explain', '--json'], { input: 'the cat sat on the mat' });
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'tlsdoctor.explanation/1', primary: null, all: [] });
    expect(code).toBe(3);
  });
});

describe('a page', () => {
  test.each([
    ['a verify code', '20', /X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY[\s\S]*unable-to-get-local-issuer/],
    [
      'a verify code’s name',
      'X509_V_ERR_CERT_HAS_EXPIRED',
      /verify code 10[\s\S]*GNUTLS_CERT_EXPIRED[\s\S]*certificate-expired/,
    ],
    ['another library’s name', 'GNUTLS_CERT_EXPIRED', /verify code 10/],
    ['a code with no page of its own', '60', /SUITE_B_LOS_NOT_ALLOWED[\s\S]*all there is to say/],
    ['an error', 'unexpected-eof', /closed in the middle of the handshake[\s\S]*How it is worded/],
    [
      'a cause',
      'missing-intermediate',
      /does not send an intermediate[\s\S]*What to do[\s\S]*What not to do[\s\S]*Sources/,
    ],
    ['an id that is both', 'hostname-mismatch', /\[hostname-mismatch\][\s\S]*\[hostname-mismatch\]/],
  ])('%s', async (_what, id, says) => {
    const { code, stdout, stderr } = await run(['explain', id]);
    expect(stderr).toBe('');
    expect(stdout).toMatch(says);
    expect(stdout).not.toMatch(/\{[a-z]+\.[a-zA-Z]+[|}]/);
    expect(code).toBe(0);
  });

  test.each([
    ['a file that is not there', ['explain', './nothing.log'], /cannot read .*no such file/],
    ['an id with a typing error', ['explain', 'missing-intermediat'], /did you mean 'missing-intermediate'/],
    ['a folder', ['explain', folder], /no such file|is no error id/],
  ])('%s: one line, exit 2', async (_what, argv, says) => {
    const { code, stdout, stderr } = await run(argv);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
