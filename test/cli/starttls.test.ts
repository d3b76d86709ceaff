// Each protocol that begins in plain text: with TLS on offer, without, and with a server that breaks off.
import { createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { type Listening, plainDialectServer, tlsServer } from '../../src/lab/servers.ts';
import { run } from '../tools/program.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()));
});
const keep = (server: Listening) => {
  open.push(server);
  return server.port;
};

const PROTOCOLS = ['smtp', 'imap', 'pop3', 'ftp', 'ldap', 'xmpp', 'postgres', 'mysql'] as const;
const made = makePki({ leaf: { names: ['127.0.0.1'], key: 'ecdsa' } }, new Date());
const leaf = made.get('leaf');

async function check(target: string, more: readonly string[] = []) {
  const { stdout, stderr, code } = await run([
    ...[
      'check',
      target,
      '--json',
      '--timeout',
      '4',
      '--profile',
      'python3.12',
      '--default-ca-file',
      '/dev/null',
      ...more,
    ],
  ]);
  expect(stderr).toBe('');
  return {
    code,
    report: JSON.parse(stdout) as {
      target: { starttls: string };
      chain: { sent: unknown[] };
      diagnosis: { primary: { cause: string } | null };
    },
  };
}

test.each(PROTOCOLS)('%s: the certificate behind the upgrade', async starttls => {
  const port = keep(await tlsServer({ certificates: [leaf?.pem ?? ''], key: leaf?.keyPem ?? '', starttls }));
  const { report } = await check(`${starttls}://127.0.0.1:${port}`);
  expect(report.target.starttls).toBe(starttls);
  expect(report.chain.sent).toHaveLength(1);
  expect(report.diagnosis.primary?.cause).toBe('self-signed-leaf');
});

test.each(PROTOCOLS)('%s: not on offer', async dialect => {
  const port = keep(await plainDialectServer(dialect));
  const { report, code } = await check(`${dialect}://127.0.0.1:${port}`);
  expect(report.diagnosis.primary?.cause).toBe('starttls-not-offered');
  expect(code).toBe(1);
});

test.each<[string, string, (socket: Socket) => void]>([
  ['hangs up', 'unexpected-eof', socket => void socket.end()],
  ['resets', 'connection-reset', socket => void socket.resetAndDestroy()],
  ['is busy', 'unexpected-eof', socket => void socket.end('421 too many connections\r\n')],
  ['says nothing', 'handshake-timeout', socket => void socket.resume()],
])('a mail server that %s: %s', async (_what, cause, serve) => {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const close = () =>
    new Promise<void>(resolve => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  open.push({ port, close });
  const { report } = await check(`smtp://127.0.0.1:${port}`);
  expect(report.diagnosis.primary?.cause).toBe(cause);
});

test('--starttls on a port of one’s own', async () => {
  const port = keep(await tlsServer({ certificates: [leaf?.pem ?? ''], key: leaf?.keyPem ?? '', starttls: 'imap' }));
  const { report } = await check(`127.0.0.1:${port}`, ['--starttls', 'imap']);
  expect(report.diagnosis.primary?.cause).toBe('self-signed-leaf');
});
