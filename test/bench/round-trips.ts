// How many times a healthy check waits for the other side: through a relay that holds every byte for half a round trip
// each way, how much longer does it take per round trip? Beside curl and s_client, which do no more than TCP, TLS and HTTP.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePki } from '../../src/lab/pki.ts';
import { tlsServer } from '../../src/lab/servers.ts';
import { cleanEnv } from '../tools/environment.ts';
import { PROGRAM } from '../tools/program.ts';
import { raceAsync } from './race.ts';

const ROUND_TRIP_MS = 400;

export async function benchRoundTrips(): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-bench-'));
  const made = makePki({ root: { ca: true }, leaf: { by: 'root', names: ['127.0.0.1'] } }, new Date());
  const bundle = join(folder, 'root.pem');
  writeFileSync(bundle, made.get('root')?.pem ?? '');
  const server = await tlsServer({ certificates: [made.get('leaf')?.pem ?? ''], key: made.get('leaf')?.keyPem ?? '' });
  const near = await relay(server.port, 0);
  const far = await relay(server.port, ROUND_TRIP_MS / 2);
  try {
    const commands = (port: number): Record<string, readonly string[]> => ({
      'tlsdoctor check': [
        ...[process.execPath, PROGRAM, 'check', `https://127.0.0.1:${port}`, '--ca-file', bundle],
        ...['--profile', 'requests@python3.12', '--proxy', 'none', '--json'],
      ],
      curl: ['curl', '-s', '--cacert', bundle, '--noproxy', '*', `https://127.0.0.1:${port}`],
      'openssl s_client': ['openssl', 's_client', '-connect', `127.0.0.1:${port}`, '-CAfile', bundle],
    });
    const [fast, slow] = [
      await raceAsync(commands(near.port), 5, cleanEnv()),
      await raceAsync(commands(far.port), 5, cleanEnv()),
    ];
    return Object.keys(fast).map(name => {
      const waits = ((slow[name] ?? Number.NaN) - (fast[name] ?? Number.NaN)) / ROUND_TRIP_MS;
      return `${name.padEnd(18)} ${waits.toFixed(1)} round trips (TLS 1.3, behind the TCP handshake, which a relay answers at once)`;
    });
  } finally {
    for (const each of [near, far, server]) await each.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Every part arrives `holdMs` later, in order, each way. */
async function relay(to: number, holdMs: number): Promise<{ readonly port: number; close(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(to, '127.0.0.1');
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from.on('error', () => {}));
      from.on('data', part => void setTimeout(() => into.writable && into.write(part), holdMs));
      from.on('end', () => void setTimeout(() => into.end(), holdMs));
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        for (const socket of open) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
