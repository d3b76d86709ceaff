// Pastes as people make them: coloured, prefixed, wrapped, nested, several in one; and texts made to hurt.
import { describe, expect, test } from 'vitest';
import { compileKnowledge } from '../../../src/build/compile-knowledge.ts';
import { explainLog, explainText, pasteReader } from '../../../src/intake/explain.ts';
import { likelyCauses } from '../../../src/intake/likely.ts';
import { versionsIn } from '../../../src/intake/versions.ts';

const knowledge = compileKnowledge(new URL('../../..', import.meta.url).pathname);
const reader = pasteReader(knowledge);
const read = (text: string) => explainText(text, reader);
const LOCAL =
  '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)';
const requestsError = (host: string, reason = LOCAL) =>
  `requests.exceptions.SSLError: HTTPSConnectionPool(host='${host}', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '${reason}')))`;

describe('how people paste', () => {
  test.each([
    [
      'with colours',
      `\u001b[31m${requestsError('a.shop.example').replace('local', '\u001b[1mlocal\u001b[0m')}\u001b[0m`,
    ],
    ['with Windows line ends', `Traceback (most recent call last):\r\n${requestsError('a.shop.example')}\r\n`],
    [
      'as a quotation',
      requestsError('a.shop.example')
        .replace(/(.{70})/g, '$1\n')
        .split('\n')
        .map(row => `> ${row}`)
        .join('\n'),
    ],
    ['wrapped in the middle of words', requestsError('a.shop.example').replace(/(.{80})/g, '$1\n')],
    ['with a CI log’s timestamps', `2026-01-02T03:04:05.1234567Z ${requestsError('a.shop.example')}`],
    ['with a container’s name', `web_1  | ${requestsError('a.shop.example')}`],
    ['from a build step', `#12 3.456 ${requestsError('a.shop.example')}`],
    ['within another message', JSON.stringify({ msg: requestsError('a.shop.example') })],
    ['as a web page’s source', requestsError('a.shop.example').replaceAll("'", '&#39;')],
    ['cut off', requestsError('a.shop.example').slice(0, -40)],
    [
      'nested',
      `ssl.SSLCertVerificationError: ${LOCAL}\n\nDuring handling of the above exception, another exception occurred:\n\nTraceback (most recent call last):\n${requestsError('a.shop.example')}`,
    ],
  ])('%s', (_what, text) => {
    expect(read(text).primary).toMatchObject({
      error: 'unable-to-get-local-issuer',
      host: 'a.shop.example',
      port: 443,
    });
  });

  test('an address of IPv6', () => {
    expect(read(`dial tcp [2001:db8::7]:6443: connect: connection refused`).primary).toMatchObject({
      host: '2001:db8::7',
      port: 6443,
    });
  });

  test('a name in another script goes by its A-label', () => {
    expect(read(requestsError('bücher.example')).primary?.host).toBe('xn--bcher-kva.example');
  });

  test('the one that failed, not the first one mentioned', () => {
    const text = `Looking in indexes: https://first.example/simple\nDownloading from https://second.example/a.whl\n${requestsError('third.example')}`;
    expect(read(text).primary?.host).toBe('third.example');
  });

  test('not the page the program recommends', () => {
    expect(
      read(
        'curl: (60) SSL certificate problem: certificate has expired\nMore details here: https://curl.se/docs/sslcerts.html',
      ).primary?.host,
    ).toBeNull();
  });

  test('several errors', () => {
    const { all } = read(
      `${requestsError('a.shop.example')}\n${'-'.repeat(60)}\ncurl: (6) Could not resolve host: b.shop.example`,
    );
    expect(all.map(clue => clue.error).sort()).toEqual(['dns-failure', 'unable-to-get-local-issuer']);
  });

  test('one error of several hosts: the first stands for it, the others are listed', () => {
    const { all } = read(
      [requestsError('a.shop.example'), requestsError('b.shop.example'), requestsError('c.shop.example')].join('\n'),
    );
    expect(all.map(clue => clue.host)).toEqual(['a.shop.example', 'b.shop.example', 'c.shop.example']);
  });

  test('a certain reason before the remark that something failed', () => {
    expect(read(requestsError('a.shop.example')).all.map(clue => clue.error)).toEqual(['unable-to-get-local-issuer']);
  });

  test('the proxy, without its password', () => {
    const { primary } = read(
      `HTTPS_PROXY=http://joe:pw@proxy.example:3128 pip install x\n${requestsError('pypi.org')}`,
    );
    expect(primary?.proxy).toBe('http://proxy.example:3128');
  });

  test('a secret in the line is masked', () => {
    const { primary } = read(requestsError('a.shop.example').replace('url: /', 'url: /?token=abcdef123456'));
    expect(primary?.line).not.toContain('abcdef123456');
  });

  test.each([
    ['nothing', ''],
    ['a recipe', 'Mix the flour with two eggs, then wait.'],
    ['another failure', 'TypeError: unsupported operand type(s) for +: int and str'],
    ['a file that is not there', "FileNotFoundError: [Errno 2] No such file or directory: 'data.csv'"],
    ['a syntax error', 'SyntaxError: unexpected EOF while parsing'],
    ['a build', 'Could not resolve all files for configuration'],
    ['a signature', 'Signature could not be verified; the file was not verified'],
    ['a request', 'HTTP request failed with status 500'],
    ['a manual', 'TLS certificates are issued by a certificate authority and have to be renewed.'],
  ])('%s is not recognised', (_what, text) => {
    expect(read(text)).toMatchObject({ primary: null, all: [] });
  });
});

describe('versions', () => {
  test.each([
    ['File "/usr/lib/python3.13/ssl.py", line 1', { python: '3.13' }],
    ['C:\\Python310\\lib\\ssl.py', { python: '3.10' }],
    ['urllib3 v2 only supports OpenSSL 1.1.1+, compiled with LibreSSL 2.8.3', { libressl: '2.8.3' }],
    ['error:0A000086:SSL routines::certificate verify failed', { openssl: '3' }],
    ['pip 24.2 from /usr/lib/python3/dist-packages/pip (python 3.11)', { python: '3.11', pip: '24.2' }],
    ['curl 8.5.0 (x86_64-pc-linux-gnu) OpenSSL/3.0.13', { curl: '8.5.0', openssl: '3.0.13' }],
    ['Node.js v22.1.0', { node: '22.1.0' }],
    ['no version at all', {}],
  ])('%s', (text, expected) => {
    expect(versionsIn(text)).toEqual(expected);
  });
});

describe('likely causes', () => {
  const entry = knowledge.errors.find(each => each.id === 'unable-to-get-local-issuer');
  const first = (host: string | null, tool: string, text = '') =>
    entry ? likelyCauses(entry, { text, tool, host, proxy: null, versions: {} })[0]?.cause : null;

  test.each([
    ['a public name, asked by pip', 'pypi.org', 'pip', '', 'tls-interception'],
    ['a name of the house', 'git.corp.internal', 'git', '', 'private-ca-untrusted'],
    ['an address', '10.1.2.3', 'requests', '', 'private-ca-untrusted'],
    ['a product that is named', 'pypi.org', 'pip', 'issuer: CN=Zscaler Root CA', 'tls-interception'],
    ['a debugging proxy that is named', 'api.shop.example', 'node', 'Fiddler is running', 'dev-proxy'],
    ['node’s own wording', 'www.python.org', 'node', 'unable to verify the first certificate', 'missing-intermediate'],
  ])('%s', (_what, host, tool, text, expected) => {
    expect(first(host, tool, text)).toBe(expected);
  });

  test('each cause once', () => {
    for (const each of knowledge.errors) {
      const found = likelyCauses(each, { text: '', tool: 'other', host: null, proxy: null, versions: {} });
      expect(new Set(found.map(({ cause }) => cause)).size).toBe(found.length);
    }
  });
});

describe('logs', () => {
  const noise = (lines: number) =>
    Array.from({ length: lines }, (_, i) => `${i} downloading part ${i * 7919} of something, still fine`).join('\n');
  const logged = (text: string, size: number) => {
    const log = explainLog(reader);
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += size) log.push(bytes.subarray(at, at + size));
    return log.end();
  };

  test.each([[1], [7], [4096], [1 << 20]])('in pieces of %i bytes', size => {
    const text = `${noise(300)}\n${requestsError('a.shop.example')}\n${noise(300)}`;
    expect(logged(text, size).primary).toMatchObject({ error: 'unable-to-get-local-issuer', host: 'a.shop.example' });
  });

  test('the real failure among warnings and retries', () => {
    const warning =
      "urllib3/connectionpool.py:1: InsecureRequestWarning: Unverified HTTPS request is being made to host 'cache.example'.";
    const retry =
      "WARNING: Retrying after connection broken by 'ReadTimeoutError(\"HTTPSConnectionPool(host='slow.example', port=443): Read timed out.\")'";
    const text = [
      noise(2000),
      warning,
      noise(2000),
      retry,
      noise(2000),
      requestsError('a.shop.example'),
      '##[error]Process completed with exit code 1.',
      noise(2000),
      warning,
    ].join('\n');
    expect(logged(text, 65_536).primary).toMatchObject({ error: 'unable-to-get-local-issuer', host: 'a.shop.example' });
  });

  test('of equal failures, the last', () => {
    const text = [requestsError('first.example'), noise(2000), requestsError('second.example'), noise(2000)].join('\n');
    expect(logged(text, 65_536).primary?.host).toBe('second.example');
  });

  test('a log of nothing but failures keeps few of them', () => {
    const text = Array.from({ length: 4000 }, (_, i) => `${requestsError(`h${i}.example`)}\n${'x'.repeat(200)}`).join(
      '\n',
    );
    expect(logged(text, 65_536).all.length).toBeLessThanOrEqual(20);
  });
});

describe('texts made to hurt', () => {
  const MEBI = 1 << 20;
  test.each([
    ['ten MiB of one letter', () => 'a'.repeat(10 * MEBI)],
    ['ten MiB of a wording’s beginning', () => 'certificate verify '.repeat((10 * MEBI) / 19)],
    ['blanks', () => ' '.repeat(10 * MEBI)],
    ['open brackets', () => '('.repeat(5 * MEBI)],
    ['escape characters', () => '\u001b['.repeat(5 * MEBI)],
    ['URLs without end', () => `certificate verify failed ${'https://'.repeat(MEBI)}`],
    ['a host of dots', () => `certificate verify failed hostname '${'a.'.repeat(MEBI)}' doesn't match`],
    ['at signs', () => `certificate verify failed https://${'a@'.repeat(MEBI)}`],
    ['quotation marks', () => `unable to get local issuer certificate ${'\\"\''.repeat(MEBI)}`],
    ['options', () => `certificate verify failed curl ${'-x '.repeat(MEBI)}`],
    ['passwords', () => `certificate verify failed ${'password='.repeat(MEBI)}`],
    ['underscores', () => `certificate verify failed ${'1_'.repeat(MEBI)}`],
    ['keys that never end', () => `certificate verify failed ${'-----BEGIN PRIVATE KEY-----'.repeat(20_000)}`],
    ['failures without end', () => `${LOCAL} `.repeat(50_000)],
    ['mismatches without end', () => `hostname 'a.b' doesn't match 'c.d' `.repeat(30_000)],
    ['links', () => `certificate verify failed ${'[a]('.repeat(MEBI)}`],
    ['pipes', () => `certificate verify failed\n${'| '.repeat(MEBI)}`],
  ])('%s: an answer, and no time without end', (_what, make) => {
    const { all } = read(make());
    expect(all.length).toBeLessThanOrEqual(20);
  });

  test('bytes of any kind', () => {
    let seed = 1;
    const bytes = Uint8Array.from({ length: MEBI }, () => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
      return seed >> 16;
    });
    const log = explainLog(reader);
    log.push(bytes);
    expect(log.end().all.length).toBeLessThanOrEqual(20);
  });
});
