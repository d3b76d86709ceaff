// Pages of whoever answers in the server's place: bounded, never waited for beyond the signal, never followed.
import { createServer, type Socket } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { DEFAULTS } from '../../../src/model/options.ts';
import { readCanary } from '../../../src/net/canary-name.ts';
import { dialAny } from '../../../src/net/dial-any.ts';
import { getPage } from '../../../src/net/get.ts';
import { openWorld } from '../../../src/open-world.ts';

const open: { close(): void }[] = [];
const sockets = new Set<Socket>();
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of open) server.close();
});

async function serve(act: (socket: Socket) => void): Promise<string> {
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    act(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/x?y`;
}

const world = openWorld(DEFAULTS, { env: {} });
const get = (url: string, ms = 5000) => getPage(url, null, world, 'portal', world.within(ms));

describe('getPage', () => {
  test('reads status, headers and body, and asks for the path with its query', async () => {
    let asked = '';
    const url = await serve(socket =>
      socket.once('data', head => {
        asked = head.toString();
        socket.end('HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 2\r\n\r\nhi');
      }),
    );
    expect(await get(url)).toEqual({
      status: 302,
      headers: { location: 'http://elsewhere.test/', 'content-length': '2' },
      body: 'hi',
    });
    expect(asked).toMatch(/^GET \/x\?y HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/);
  });

  test('does not wait for a connection that stays open after a complete answer', async () => {
    const url = await serve(socket => socket.once('data', () => socket.write('HTTP/1.1 204 No Content\r\n\r\n')));
    expect((await get(url, 60_000))?.status).toBe(204);
  });

  test('an endless body is cut', async () => {
    const url = await serve(socket => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const pour = () => {
        while (socket.writable && socket.write('x'.repeat(16_384)));
      };
      socket.on('drain', pour);
      pour();
    });
    const page = await get(url, 60_000);
    expect(page?.status).toBe(200);
    expect(page?.body.length).toBeLessThan(200_000);
  });

  test.each([
    ['silence', () => {}],
    ['half a head', (socket: Socket) => void socket.write('HTTP/1.1 200 OK\r\nX: y')],
    ['no HTTP', (socket: Socket) => void socket.end('SSH-2.0-x\r\n')],
    ['a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ])('%s ends with the signal, and without a page or with what came', async (_what, act) => {
    const page = await get(await serve(act), 200);
    expect(page === null || page.body === '').toBe(true);
  });

  test.each(['https://127.0.0.1/', 'file:///etc/passwd', 'ftp://x/', 'nonsense'])('%s is not asked', async url => {
    expect(await get(url)).toBeNull();
  });
});

test('--offline: nobody else is looked up or dialled', async () => {
  const offline = openWorld({ ...DEFAULTS, offline: true }, { env: {} });
  let lookups = 0;
  const lookup = () => {
    lookups += 1;
    return Promise.resolve([]);
  };
  const watched = { ...offline, lookup };
  for (const purpose of ['canary', 'portal'] as const)
    await expect(dialAny({ host: 'a.test', port: 443, purpose }, watched, offline.signal)).rejects.toMatchObject({
      code: 'TLSDOCTOR_NOT_ALLOWED',
    });
  expect(lookups).toBe(0);
});

test('the first address that accepts is taken', async () => {
  const url = new URL(await serve(() => {}));
  const several = {
    ...world,
    lookup: () => Promise.resolve(['127.0.0.9', '127.0.0.1'].map(address => ({ address, family: 4 as const }))),
  };
  const socket = await dialAny({ host: 'a.test', port: Number(url.port), purpose: 'canary' }, several, world.signal);
  expect(socket.remoteAddress).toBe('127.0.0.1');
  socket.destroy();
});

describe('how a canary is written', () => {
  test.each([
    ['a.test', { host: 'a.test', port: 443, connect: null }],
    ['a.test:8443', { host: 'a.test', port: 8443, connect: null }],
    ['a.test@127.0.0.1:9', { host: 'a.test', port: 443, connect: { host: '127.0.0.1', port: 9 } }],
    ['a.test:8443@b.test', { host: 'a.test', port: 8443, connect: { host: 'b.test', port: 8443 } }],
    ['[::1]:9@[::1]:10', { host: '::1', port: 9, connect: { host: '::1', port: 10 } }],
    ['a.test:0', null],
    ['a.test:65536', null],
    ['a.test@', null],
    ['@b.test', null],
    ['a@b@c', null],
    ['https://a.test', null],
    ['a b', null],
    ['', null],
  ])('%s', (text, expected) => {
    expect(readCanary(text)).toEqual(expected);
  });
});
