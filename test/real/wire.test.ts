// The wire against real servers: what we read from one handshake is what OpenSSL's s_server and nginx were told to send,
// byte for byte: order, duplicates, strangers, staples, acceptable CAs, ALPN, versions, each AEAD, alerts, tunnels.
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { closedPort, proxyServer } from '../../src/lab/servers.ts';
import { DEFAULTS } from '../../src/model/options.ts';
import { openTunnel } from '../../src/net/proxy.ts';
import { readProxy } from '../../src/net/proxy-choice.ts';
import { handshake, type Offer } from '../../src/net/tls.ts';
import { openWorld } from '../../src/open-world.ts';
import { readFlight } from '../../src/wire/flight.ts';
import { cleanEnv } from '../tools/environment.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-wire-'));
const children: ChildProcess[] = [];
afterAll(() => {
  // TERM, so that nginx takes its workers along.
  for (const child of children) child.kill('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

const pki = makePki(
  {
    root: { ca: true, key: 'rsa' },
    issuing: { by: 'root', ca: true, key: 'rsa' },
    leaf: { by: 'issuing', names: ['localhost'], key: 'rsa' },
    elliptic: { by: 'issuing', names: ['localhost'], key: 'ecdsa' },
    stranger: { ca: true, key: 'ecdsa' },
  },
  new Date(),
);
const der = (name: string) => Buffer.from(pki.get(name)?.der ?? []);
const file = (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
for (const [name, made] of pki) {
  file(`${name}.pem`, made.pem);
  file(`${name}.key`, made.keyPem);
}
const chainFile = (names: readonly string[]) =>
  file(`${names.join('-') || 'none'}.chain`, names.map(name => pki.get(name)?.pem).join(''));

const OFFER: Offer = {
  serverName: 'localhost',
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: 'ALL@SECLEVEL=0',
  alpn: ['http/1.1'],
};

async function serve(args: readonly string[], leaf = 'leaf'): Promise<number> {
  const port = await closedPort();
  const child = spawn(
    'openssl',
    [
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-cert',
      join(folder, `${leaf}.pem`),
      '-key',
      join(folder, `${leaf}.key`),
      '-quiet',
      ...args,
    ],
    { env: cleanEnv(), stdio: ['pipe', 'ignore', 'pipe'] },
  );
  children.push(child);
  await listening(port);
  return port;
}

/** A probe connection, until one is accepted: s_server then goes on to the next. */
async function listening(port: number): Promise<void> {
  for (const end = Date.now() + 15_000; Date.now() < end; ) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1', () => socket.destroy());
      socket.on('error', () => resolve(false)).on('close', failed => resolve(!failed));
    });
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 30));
  }
  throw new Error(`nothing listens on ${port}`);
}

const dial = (port: number) =>
  new Promise<ReturnType<typeof connect>>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket)).on('error', reject);
  });

async function shake(port: number, offer: Partial<Offer> = {}) {
  const result = await handshake(await dial(port), { ...OFFER, ...offer }, AbortSignal.timeout(10_000));
  const flight = readFlight({ received: result.received(), keylog: result.keylog });
  result.socket?.destroy();
  return { result, flight };
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('%s', version => {
  const only = version === 'TLSv1.2' ? '-tls1_2' : '-tls1_3';

  test.each([
    ['leaf only', []],
    ['leaf and intermediate', ['issuing']],
    ['the root too', ['issuing', 'root']],
    ['out of order', ['root', 'issuing']],
    ['twice the same', ['issuing', 'issuing']],
    ['the leaf again', ['leaf', 'issuing']],
    ['a stranger in the middle', ['stranger', 'issuing']],
  ])('the chain as sent: %s', async (_what, names) => {
    const port = await serve([only, ...(names.length > 0 ? ['-cert_chain', chainFile(names)] : [])]);
    const { flight, result } = await shake(port);
    expect(result.end).toBe('completed');
    expect(flight.version).toBe(version);
    expect(flight.certificates.map(each => Buffer.from(each).toString('hex'))).toEqual(
      ['leaf', ...names].map(name => der(name).toString('hex')),
    );
    expect(flight.problem).toBeNull();
  });

  test('a stapled OCSP response', async () => {
    const staple = Buffer.from('30030a0106', 'hex');
    const port = await serve([only, '-status_file', file('staple.der', staple)]);
    const { flight } = await shake(port);
    expect(flight.staple && Buffer.from(flight.staple)).toEqual(staple);
  });

  test('acceptable CAs of a CertificateRequest', async () => {
    const port = await serve([only, '-verify', '1', '-CAfile', chainFile(['root', 'stranger'])]);
    const { flight } = await shake(port);
    const names = flight.certificateRequest?.authorities.map(name => Buffer.from(name).toString('hex')) ?? [];
    expect(names.sort()).toEqual(
      ['root', 'stranger'].map(name => Buffer.from(pki.get(name)?.subject ?? []).toString('hex')).sort(),
    );
    expect(flight.certificateRequest?.signatureAlgorithms.length).toBeGreaterThan(3);
  });

  test('ALPN', async () => {
    const { flight } = await shake(await serve([only, '-alpn', 'http/1.1']));
    expect(flight.alpn).toBe('http/1.1');
  });

  test('a required client certificate, refused by alert', async () => {
    const port = await serve([only, '-Verify', '1', '-verify_return_error', '-CAfile', chainFile(['root'])]);
    const result = await handshake(await dial(port), OFFER, AbortSignal.timeout(10_000));
    if (result.socket) await new Promise(resolve => result.socket?.on('error', resolve).on('close', resolve).resume());
    const flight = readFlight({ received: result.received(), keylog: result.keylog });
    expect(flight.alerts.at(-1)).toMatchObject({
      level: 'fatal',
      name: version === 'TLSv1.2' ? 'handshake_failure' : 'certificate_required',
    });
    result.socket?.destroy();
  });
});

test.each([
  ['TLS_AES_128_GCM_SHA256', ['-tls1_3', '-ciphersuites', 'TLS_AES_128_GCM_SHA256'], 'leaf'],
  ['TLS_AES_256_GCM_SHA384', ['-tls1_3', '-ciphersuites', 'TLS_AES_256_GCM_SHA384'], 'leaf'],
  ['TLS_CHACHA20_POLY1305_SHA256', ['-tls1_3', '-ciphersuites', 'TLS_CHACHA20_POLY1305_SHA256'], 'leaf'],
  ['ECDHE-RSA-AES128-GCM-SHA256', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-GCM-SHA256'], 'leaf'],
  ['ECDHE-ECDSA-CHACHA20-POLY1305', ['-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305'], 'elliptic'],
  ['DHE-RSA-AES256-GCM-SHA384', ['-tls1_2', '-cipher', 'DHE-RSA-AES256-GCM-SHA384'], 'leaf'],
  ['AES128-GCM-SHA256', ['-tls1_2', '-cipher', 'AES128-GCM-SHA256'], 'leaf'],
  ['ECDHE-RSA-AES128-SHA', ['-tls1_2', '-cipher', 'ECDHE-RSA-AES128-SHA@SECLEVEL=0'], 'leaf'],
])('cipher %s', async (name, args, leaf) => {
  const { flight } = await shake(await serve(args, leaf));
  expect(flight.cipher).toBe(name);
  expect(flight.certificates.map(each => Buffer.from(each))).toEqual([der(leaf)]);
  if (name.startsWith('DHE')) expect(flight.dhBits).toBeGreaterThanOrEqual(2048);
  else if (!name.startsWith('AES')) expect(flight.group).toMatch(/X25519|P-256/);
});

test('a hello retry: the server insists on another group', async () => {
  const { flight } = await shake(await serve(['-tls1_3', '-groups', 'P-521']), { groups: 'X25519:P-521' });
  expect(flight).toMatchObject({ version: 'TLSv1.3', group: 'P-521' });
  expect(flight.certificates.map(each => Buffer.from(each))).toEqual([der('leaf')]);
});

test('a version that is refused, by its alert', async () => {
  const { flight, result } = await shake(await serve(['-tls1_3']), { maxVersion: 'TLSv1.2' });
  expect(result.end).not.toBe('completed');
  expect(flight.alerts).toEqual([{ level: 'fatal', number: 70, name: 'protocol_version' }]);
});

test.each([
  ['http', undefined],
  ['https', { cert: pki.get('leaf')?.pem ?? '', key: pki.get('leaf')?.keyPem ?? '' }],
] as const)('through the tunnel of an %s proxy', async (scheme, tls) => {
  const port = await serve(['-tls1_3', '-cert_chain', chainFile(['issuing'])]);
  const proxy = await proxyServer({ manner: 'tunnel', ...(tls ? { tls } : {}) });
  const server = readProxy(`${scheme}://127.0.0.1:${proxy.port}`);
  const world = openWorld(DEFAULTS, { env: {} });
  const tunnel = server && (await openTunnel(server, { host: '127.0.0.1', port }, world, world.signal));
  expect(tunnel?.failure).toBeNull();
  if (!tunnel?.socket) return;
  const result = await handshake(tunnel.socket, OFFER, AbortSignal.timeout(10_000));
  const flight = readFlight({ received: result.received(), keylog: result.keylog });
  result.socket?.destroy();
  await proxy.close();
  expect(flight.certificates.map(each => Buffer.from(each))).toEqual([der('leaf'), der('issuing')]);
});

const nginx = spawnSync('nginx', ['-v']).error === undefined;
if (!nginx) {
  if (process.env.CI === 'true') throw new Error('nginx is not here: apt-get install nginx-light');
  process.stderr.write('skipped: nginx is not here: apt-get install nginx-light\n');
}

test.skipIf(!nginx).each(['TLSv1.2', 'TLSv1.3'])('nginx with an odd bundle, %s', async version => {
  const port = await closedPort();
  const sent = ['leaf', 'stranger', 'issuing', 'issuing'];
  const config = file(
    `nginx-${version}.conf`,
    `daemon off; pid ${folder}/nginx-${version}.pid; error_log stderr; worker_processes 1;
events { worker_connections 32; }
http { access_log off; client_body_temp_path ${folder}/b; proxy_temp_path ${folder}/p; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  server { listen 127.0.0.1:${port} ssl; ssl_protocols ${version}; ssl_certificate ${chainFile(sent)}; ssl_certificate_key ${folder}/leaf.key; return 200 ok; } }`,
  );
  children.push(spawn('nginx', ['-c', config, '-p', folder], { env: cleanEnv(), stdio: 'ignore' }));
  await listening(port);
  const { flight } = await shake(port);
  expect(flight.version).toBe(version);
  expect(flight.certificates.map(each => Buffer.from(each).toString('hex'))).toEqual(
    sent.map(name => der(name).toString('hex')),
  );
});

test('s_client, asked the same, shows the same certificates', async () => {
  const port = await serve(['-tls1_3', '-cert_chain', chainFile(['stranger', 'issuing'])]);
  const shown = await new Promise<string>((resolve, reject) => {
    const argv = ['s_client', '-connect', `127.0.0.1:${port}`, '-showcerts'];
    const child = execFile('openssl', argv, { env: cleanEnv(), timeout: 20_000 }, (error, stdout) =>
      stdout === '' ? reject(error ?? new Error('s_client said nothing')) : resolve(stdout),
    );
    child.stdin?.end();
  });
  const theirs = [...shown.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)]
    .slice(0, 3)
    .map(match => (match[1] ?? '').replace(/\s/g, ''));
  const { flight } = await shake(port);
  expect(flight.certificates.map(each => Buffer.from(each).toString('base64'))).toEqual(theirs);
});
