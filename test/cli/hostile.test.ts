// Whatever a peer does: a diagnosis within --timeout, and nothing of its bytes raw on a terminal, in any format.
import { afterEach, describe, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { type Listening, type PlainManner, plainServer, tlsServer } from '../../src/lab/servers.ts';
import { run } from '../tools/program.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()));
});

const keep = (server: Listening): Listening => {
  open.push(server);
  return server;
};

/** C0 but line breaks, C1, bidi and zero-width controls. */
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
const OFFLINE = ['--proxy', 'none', '--canary', 'none', '--profile', 'python3.12', '--default-ca-file', '/dev/null'];

describe('peers that do not go along', () => {
  const rows: readonly (readonly [PlainManner, string])[] = [
    ['garbage', 'not-tls'],
    ['http', 'not-tls'],
    ['ssh', 'not-tls'],
    ['smtp', 'not-tls'],
    ['silence', 'handshake-timeout'],
    ['half-hello', 'handshake-timeout'],
    ['drip', 'handshake-timeout'],
    ['close', 'unexpected-eof'],
    ['reset', 'connection-reset'],
  ];
  test.each(rows)('%s is diagnosed as %s', async (manner, cause) => {
    const { port } = keep(await plainServer(manner));
    const { code, stdout, stderr } = await run([
      'check',
      `https://127.0.0.1:${port}`,
      ...OFFLINE,
      '--timeout',
      '4',
      '--json',
    ]);
    expect(stderr).toBe('');
    const report = JSON.parse(stdout) as { diagnosis: { primary: { cause: string } | null }; durationMs: number };
    expect(report.diagnosis.primary?.cause).toBe(cause);
    expect(report.durationMs).toBeLessThanOrEqual(4200);
    expect(code).toBe(1);
  });
});

const HOSTILE =
  'evil\u001b]52;c;Z290Y2hh\u0007\u001b[2J\u009b31m\u202etxt.exe\u2066\r\nX-Injected: 1\u0000\u200b<script>alert(1)</script>`$(id)`|*_[x](y)';

describe('escape sequences in every name of a certificate', () => {
  test.each(['text', 'json', 'jsonl', 'markdown', 'html', 'prometheus'])('never leave through %s', async format => {
    const made = makePki(
      { leaf: { cn: HOSTILE, organisation: HOSTILE, names: ['evil\u001b[31m.test', 'a\nb.test'] } },
      new Date(),
    );
    const leaf = made.get('leaf');
    const { port } = keep(await tlsServer({ certificates: [leaf?.pem ?? ''], key: leaf?.keyPem ?? '' }));
    const { stdout, stderr, code } = await run([
      'check',
      `https://127.0.0.1:${port}`,
      ...OFFLINE,
      '--format',
      format,
      ...(format === 'text' ? ['-v'] : []),
    ]);
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(stdout).not.toMatch(RAW);
    if (format !== 'prometheus') expect(stdout).toMatch(/evil/);
    if (format === 'html') expect(stdout).not.toContain('<script>');
    if (format.startsWith('json')) expect(JSON.stringify(JSON.parse(stdout))).toContain('\\u001b]52;c;');
  });
});

test('a proxy password is printed nowhere', async () => {
  const { port } = keep(await plainServer('close'));
  for (const format of ['text', 'json', 'markdown', 'html', 'prometheus']) {
    const { stdout, stderr } = await run([
      'check',
      'https://user:hunter2@127.0.0.1:9/?q=1',
      '--proxy',
      `http://me:s3cret%21@127.0.0.1:${port}`,
      '--format',
      format,
      '--profile',
      'python3.12',
      '--default-ca-file',
      '/dev/null',
    ]);
    expect(stdout + stderr).not.toMatch(/s3cret|hunter2|bWU6czNjcmV0/);
    expect(stdout).not.toBe('');
  }
});
