// Who is contacted, and how often: a healthy check costs one connection to the target and none to anybody else; others are
// asked only when that could decide; --offline asks nobody.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { type Listening, proxyServer, tlsServer } from '../../src/lab/servers.ts';
import { run } from '../tools/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-contacts-'));
const pki = makePki(
  {
    root: { ca: true },
    corp: { ca: true },
    fine: { by: 'root', names: ['127.0.0.1'] },
    misnamed: { by: 'root', names: ['other.test'] },
    private: { by: 'corp', names: ['127.0.0.1'] },
  },
  new Date(),
);
const roots = join(folder, 'root.pem');
const both = join(folder, 'both.pem');
writeFileSync(roots, pki.get('root')?.pem ?? '');
writeFileSync(both, `${pki.get('root')?.pem}${pki.get('corp')?.pem}`);

const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
  rmSync(folder, { recursive: true, force: true });
});

/** Counts connections; passes them on, or drops them. */
async function counter(to: number | null): Promise<{ readonly port: number; take(): number }> {
  let count = 0;
  const open = new Set<Socket>();
  const server: Server = createServer(socket => {
    count += 1;
    open.add(socket);
    socket.on('error', () => {});
    if (to === null) return socket.destroy();
    const inner = connect(to, '127.0.0.1');
    open.add(inner);
    inner.on('error', () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    take: () => {
      const taken = count;
      count = 0;
      return taken;
    },
  };
}

type Counter = Awaited<ReturnType<typeof counter>>;
const targets: Record<string, Counter> = {};
let canary: Counter;
let probe: Counter;
let proxy: Counter;
beforeAll(async () => {
  const keep = (listening: Listening) => {
    closers.push(() => listening.close());
    return listening.port;
  };
  for (const name of ['fine', 'misnamed', 'private']) {
    const made = pki.get(name);
    targets[name] = await counter(keep(await tlsServer({ certificates: [made?.pem ?? ''], key: made?.keyPem ?? '' })));
  }
  canary = await counter(null);
  probe = await counter(null);
  proxy = await counter(keep(await proxyServer({ manner: 'tunnel' })));
});

const CONTACTS: readonly [string, string, readonly string[], Readonly<Record<string, number>>][] = [
  ['healthy', 'fine', [], { target: 1, canary: 0, probe: 0, proxy: 0 }],
  [
    'a trusted private CA, and a canary was asked for',
    'private',
    ['--trusted'],
    { target: 1, canary: 1, probe: 0, proxy: 0 },
  ],
  // Nothing came back from the probe: then the page itself is looked at.
  ['a wrong name', 'misnamed', [], { target: 2, canary: 0, probe: 1, proxy: 0 }],
  ['an unknown issuer', 'private', [], { target: 1, canary: 1, probe: 1, proxy: 0 }],
  ['an unknown issuer, offline', 'private', ['--offline'], { target: 1, canary: 0, probe: 0, proxy: 0 }],
  ['a wrong name, offline', 'misnamed', ['--offline'], { target: 2, canary: 0, probe: 0, proxy: 0 }],
  // Through the proxy, and once past it to compare; behind a proxy no login page is looked for.
  ['an unknown issuer behind a proxy', 'private', ['--through'], { target: 2, canary: 1, probe: 0, proxy: 2 }],
  ['the same offline', 'private', ['--through', '--offline'], { target: 2, canary: 0, probe: 0, proxy: 1 }],
  ['healthy behind a proxy', 'fine', ['--through'], { target: 1, canary: 0, probe: 0, proxy: 1 }],
];

test.each(CONTACTS)('%s', async (_what, name, words, expected) => {
  const target = targets[name] as Counter;
  const given = words.filter(word => word === '--offline');
  await run([
    'check',
    `https://127.0.0.1:${target.port}/`,
    ...['--default-ca-file', words.includes('--trusted') ? both : roots, '--reference-roots', roots],
    ...['--canary', `www.news.test@127.0.0.1:${canary.port}`, '--profile', 'requests@python3.12'],
    ...['--portal-probe', `http://127.0.0.1:${probe.port}/generate_204`],
    ...['--proxy', words.includes('--through') ? `http://127.0.0.1:${proxy.port}` : 'none'],
    ...given,
    '--json',
  ]);
  expect({ target: target.take(), canary: canary.take(), probe: probe.take(), proxy: proxy.take() }).toEqual(expected);
});
