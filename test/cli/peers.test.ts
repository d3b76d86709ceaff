// Peers that mean harm: whatever they send, the program ends within --timeout, says something, and stays small.
import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { bits, int, oid, pem, seq, set, tagged, time, utf8 } from '../../src/lab/der.ts';
import { makePki } from '../../src/lab/pki.ts';
import { proxyServer, tlsServer } from '../../src/lab/servers.ts';
import { run } from '../tools/program.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(server => server.close()));
});

async function listen(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server: Server = createServer(socket => {
    sockets.add(socket.on('error', () => {}));
    serve(socket);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  });
  return (server.address() as { port: number }).port;
}

const TIMEOUT_S = 3;
/** Runs a program and adds its peak memory, in KiB, as the last line of stderr. */
const MEASURED = [
  'python3',
  '-c',
  'import resource,subprocess,sys\ncode=subprocess.call(sys.argv[1:])\nsys.stderr.write("\\n%d" % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\nsys.exit(code)',
];

async function survives(port: number, more: readonly string[] = []) {
  const ran = await run(
    [
      ...['check', `https://127.0.0.1:${port}`, '--proxy', 'none', '--canary', 'none', '--profile', 'python3.12'],
      ...['--default-ca-file', '/dev/null', '--timeout', String(TIMEOUT_S), '--json', ...more],
    ],
    { within: MEASURED },
  );
  const lines = ran.stderr.trim().split('\n');
  expect(lines).toHaveLength(1);
  expect(Number(lines[0])).toBeLessThan(400 * 1024);
  expect([0, 1, 3]).toContain(ran.code);
  const report = JSON.parse(ran.stdout) as {
    durationMs: number;
    diagnosis: { status: string; primary: { cause: string } | null };
    stages: { status: string; summary: string }[];
  };
  // The budget ends the waiting; the rest is a loaded machine writing the report.
  expect(report.durationMs).toBeLessThanOrEqual(TIMEOUT_S * 1000 + 2000);
  for (const { summary } of report.stages) expect(summary).not.toContain('own fault');
  return report;
}

const record = (type: number, body: Uint8Array) => {
  const head = Buffer.from([type, 3, 3, 0, 0]);
  head.writeUInt16BE(body.length, 3);
  return Buffer.concat([head, body]);
};
const message = (type: number, body: Uint8Array) => {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUIntBE(body.length & 0xffffff, 1, 3);
  return Buffer.concat([head, body]);
};
const records = (body: Buffer) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(body.length / 16_000) }, (_, i) =>
      record(22, body.subarray(i * 16_000, (i + 1) * 16_000)),
    ),
  );
/** TLS 1.2, ECDHE-RSA-AES128-GCM-SHA256, renegotiation_info. */
const SERVER_HELLO = message(
  2,
  Buffer.concat([Buffer.from('0303', 'hex'), Buffer.alloc(32, 7), Buffer.from('00c02f000005ff01000100', 'hex')]),
);
const u24 = (value: number) => Buffer.from([value >> 16, (value >> 8) & 255, value & 255]);
const certificateMessage = (certificates: readonly Uint8Array[]) => {
  const list = Buffer.concat(certificates.flatMap(each => [u24(each.length), each]));
  return message(11, Buffer.concat([u24(list.length), list]));
};
const afterHello = (bytes: Buffer) => (socket: Socket) =>
  void socket.once('data', () => void socket.write(Buffer.concat([records(SERVER_HELLO), bytes])));

const pki = makePki(
  {
    root: { ca: true, key: 'ecdsa' },
    leaf: { by: 'root', names: ['127.0.0.1'], key: 'ecdsa' },
    many: { by: 'root', names: Array.from({ length: 10_000 }, (_, i) => `host-${i}.lab.test`), key: 'ecdsa' },
    some: { by: 'root', names: Array.from({ length: 2500 }, (_, i) => `host-${i}.lab.test`), key: 'ecdsa' },
  },
  new Date(),
);
const der = (name: string) => Buffer.from(pki.get(name)?.der ?? []);

/** A certificate whose key is RSA of so many bits; nobody has the private one, and the signature is noise. */
function giantKey(size: number): Buffer {
  const modulus = Buffer.alloc(size / 8, 0xa5);
  modulus[0] = 0xc1;
  const algorithm = seq(oid('1.2.840.113549.1.1.11'), Uint8Array.of(5, 0));
  const name = seq(set(seq(oid('2.5.4.3'), utf8('giant'))));
  const spki = seq(seq(oid('1.2.840.113549.1.1.1'), Uint8Array.of(5, 0)), bits(seq(int(modulus), int(65_537))));
  const now = new Date();
  const tbs = seq(
    tagged(0xa0, int(2)),
    int(1),
    algorithm,
    name,
    seq(time(new Date(now.getTime() - 86_400_000)), time(new Date(now.getTime() + 86_400_000))),
    name,
    spki,
  );
  return Buffer.from(seq(tbs, algorithm, bits(Buffer.alloc(size / 8, 0x5a))));
}

describe('what is sent instead of a proper flight', () => {
  const flipped = Buffer.from(der('leaf'));
  for (let i = 40; i < flipped.length; i += 37) flipped[i] = (flipped[i] ?? 0) ^ 0x55;
  const nested = Buffer.concat(Array.from({ length: 4000 }, () => Buffer.from([0x30, 0x84, 0, 0, 0x40, 0])));
  test.each<[string, (socket: Socket) => void]>([
    ['8 MB of one certificate', afterHello(records(certificateMessage([Buffer.alloc(8 << 20, 0x30)])))],
    ['100 certificates', afterHello(records(certificateMessage(Array.from({ length: 100 }, () => der('leaf')))))],
    ['10,000 names', afterHello(records(certificateMessage([der('many'), der('root')])))],
    ['2,500 names', afterHello(records(certificateMessage([der('some'), der('root')])))],
    ['an RSA key of 16384 bits', afterHello(records(certificateMessage([giantKey(16_384), giantKey(16_384)])))],
    ['a certificate of zeros', afterHello(records(certificateMessage([Buffer.alloc(900)])))],
    ['an empty certificate', afterHello(records(certificateMessage([Buffer.alloc(0)])))],
    ['no certificate at all', afterHello(records(certificateMessage([])))],
    ['a certificate with flipped bits', afterHello(records(certificateMessage([flipped])))],
    ['a certificate cut off', afterHello(records(certificateMessage([der('leaf').subarray(0, 200)])))],
    ['elements nested 4000 deep', afterHello(records(certificateMessage([nested])))],
    ['a length that lies', afterHello(record(22, Buffer.from('0b00fffe00fffb', 'hex')))],
    ['a record of 65535 bytes', afterHello(Buffer.concat([Buffer.from('160303ffff', 'hex'), Buffer.alloc(65_535)]))],
    ['empty records without end', socket => flood(socket, Buffer.concat(Array(200).fill(record(22, Buffer.alloc(0)))))],
    [
      'warning alerts without end',
      socket => flood(socket, Buffer.concat(Array(200).fill(record(21, Buffer.from([1, 90]))))),
    ],
    [
      'hello requests without end',
      socket => flood(socket, Buffer.concat(Array(200).fill(record(22, message(0, Buffer.alloc(0)))))),
    ],
    ['bytes without end', socket => flood(socket, Buffer.alloc(65_536, 0x41))],
    ['an unknown alert', socket => void socket.once('data', () => void socket.end(record(21, Buffer.from([2, 199]))))],
    [
      'a ServerHello of TLS 9.9',
      socket =>
        void socket.once(
          'data',
          () =>
            void socket.write(record(22, message(2, Buffer.concat([Buffer.from('0c0c', 'hex'), Buffer.alloc(60)])))),
        ),
    ],
  ])('%s', async (_what, serve) => {
    const report = await survives(await listen(serve));
    expect(report.diagnosis.status).not.toBe('healthy');
  });
});

/** As fast as the peer reads, until it goes. */
function flood(socket: Socket, part: Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(part));
  };
  socket.once('data', more).on('drain', more);
}

describe('a proper server, cut off after so many bytes', () => {
  test.each([1, 5, 6, 40, 90, 127, 200, 400, 700, 1000])('%i', async bytes => {
    const made = makePki({ leaf: { names: ['127.0.0.1'], key: 'ecdsa' } }, new Date());
    const server = await tlsServer({
      certificates: [made.get('leaf')?.pem ?? ''],
      key: made.get('leaf')?.keyPem ?? '',
    });
    open.push(server);
    const port = await listen(socket => {
      const upstream = dial(server.port, '127.0.0.1').on('error', () => {});
      socket.pipe(upstream);
      let sent = 0;
      upstream.on('data', part => {
        socket.write(part.subarray(0, Math.max(0, bytes - sent)));
        sent += part.length;
      });
      socket.on('close', () => upstream.destroy());
    });
    const report = await survives(port);
    if (bytes < 700) expect(report.diagnosis.primary?.cause).toBe('handshake-timeout');
  });
});

test.each(['endless', 'close', 'block-page'] as const)('a proxy that answers CONNECT with: %s', async manner => {
  const proxy = await proxyServer({ manner });
  open.push(proxy);
  const report = await survives(443, ['--proxy', `http://127.0.0.1:${proxy.port}`]);
  expect(report.diagnosis.primary?.cause).toBe('proxy-tunnel-refused');
});

test('PEM of a giant key goes through inspect', async () => {
  const { stdout, code } = await run(['inspect', '-', '--json'], { input: pem('CERTIFICATE', giantKey(16_384)) });
  expect(code).toBe(0);
  expect(stdout).toContain('RSA 16384');
});
