// Faulty servers on loopback, each in this process: what practice mode diagnoses and the tests stand on.
import { getDiffieHellman } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { int, pem, seq } from './der.ts';
import { speakUpTo } from './dialects.ts';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export interface TlsSpec {
  /** PEM, in the order to be sent, leaf first. */
  readonly certificates: readonly string[];
  readonly key: string;
  readonly minVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL cipher string; security level 0 is added. */
  readonly ciphers?: string;
  /** Size of the Diffie-Hellman group, in bits, for DHE ciphers: RFC 2409's 1024 or RFC 3526's. */
  readonly dhBits?: 768 | 1024 | 2048;
  /** Refuse hellos that carry no server name at all, by alert. */
  readonly needsServerName?: boolean;
  /** Leave renegotiation_info (RFC 5746) out of the ServerHello, as servers from before 2010 do; TLS 1.2 at most. */
  readonly legacyRenegotiation?: boolean;
  /** `required` fails the handshake, `http-400` lets it pass and refuses as nginx does. */
  readonly clientCertificate?: 'optional' | 'required' | 'http-400';
  /** PEM of CAs that may have issued a client certificate. */
  readonly clientCas?: readonly string[];
  /** Refuse hellos without this server name, by alert. */
  readonly onlyFor?: string;
  /** What the plain-text protocol is, before TLS. */
  readonly starttls?: string;
  /** Shift of the Date header, in days; null = no such header. */
  readonly dateShift?: number | null;
  /** What any request is answered with, instead of a short page: the whole answer, raw. */
  readonly answer?: string;
  /** DER of the OCSP response to staple. */
  readonly staple?: Uint8Array;
}

/** TLS with exactly these certificates; answers any HTTP request with a short page. */
export function tlsServer(spec: TlsSpec, host = '127.0.0.1'): Promise<Listening> {
  const options: TlsOptions = {
    cert: spec.certificates.join(''),
    key: spec.key,
    minVersion: spec.minVersion ?? 'TLSv1.2',
    maxVersion: spec.legacyRenegotiation ? 'TLSv1.2' : (spec.maxVersion ?? 'TLSv1.3'),
    ciphers: `${spec.ciphers ?? 'DEFAULT'}@SECLEVEL=0`,
    ALPNProtocols: ['http/1.1'],
    ...(spec.dhBits ? { dhparam: dhParameters(spec.dhBits) } : {}),
    ...(spec.clientCertificate
      ? {
          requestCert: true,
          rejectUnauthorized: spec.clientCertificate === 'required',
          ca: [...(spec.clientCas ?? [])],
        }
      : {}),
    ...(spec.onlyFor
      ? {
          SNICallback: (name: string, done: (error: Error | null) => void) =>
            done(name === spec.onlyFor ? null : new Error('unrecognized name')),
        }
      : {}),
  };
  const serve = (socket: TLSSocket) => answerHttp(socket, spec);
  if (spec.starttls !== undefined) {
    const dialect = spec.starttls;
    return listen(
      createServer(socket => {
        quiet(socket);
        void speakUpTo(dialect, socket, true).then(ready => {
          if (!ready) return socket.end();
          const tls = new TLSSocket(socket, { ...options, isServer: true });
          quiet(tls);
        });
      }),
      host,
    );
  }
  const server = createTlsServer(options, serve);
  server.on('tlsClientError', () => {});
  if (spec.staple)
    server.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, Buffer.from(spec.staple ?? [])));
  if (spec.needsServerName)
    return listen(
      createServer(socket => onlyNamed(socket, server)),
      host,
    );
  if (spec.legacyRenegotiation)
    return listen(
      createServer(socket => beforeRfc5746(socket, server)),
      host,
    );
  return listen(server, host);
}

/** PKCS#3 DHParameter of a well-known group. */
function dhParameters(bits: 768 | 1024 | 2048): string {
  const prime = getDiffieHellman({ 768: 'modp1', 1024: 'modp2', 2048: 'modp14' }[bits]).getPrime();
  return pem('DH PARAMETERS', seq(int(prime), int(2)));
}

/** Looks for a server_name extension (type 0, RFC 6066) in the first record before TLS gets to see it. */
function onlyNamed(socket: Socket, server: Server): void {
  quiet(socket);
  socket.once('data', hello => {
    if (!hasServerName(hello)) return socket.end(Buffer.from('15030300020270', 'hex'));
    socket.pause();
    socket.unshift(hello);
    server.emit('connection', socket);
  });
}

function hasServerName(hello: Buffer): boolean {
  let at = 43;
  at += 1 + (hello[at] ?? 0);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + (hello[at] ?? 0);
  for (at += 2; at + 4 <= hello.length; at += 4 + hello.readUInt16BE(at + 2))
    if (hello.readUInt16BE(at) === 0) return true;
  return false;
}

/** A relay that takes the empty renegotiation_info out of the ServerHello. The client never gets to compare the Finished. */
function beforeRfc5746(socket: Socket, server: Server): void {
  quiet(socket);
  const [ours, theirs] = duplexPair();
  server.emit('connection', theirs);
  quiet(theirs);
  quiet(ours);
  socket.pipe(ours);
  socket.on('close', () => ours.destroy());
  ours.once('data', (first: Buffer) => {
    socket.write(withoutRenegotiationInfo(first));
    ours.pipe(socket);
  });
}

function withoutRenegotiationInfo(record: Buffer): Buffer {
  const at = record.indexOf(Buffer.from('ff01000100', 'hex'));
  if (at < 0) return record;
  const cut = Buffer.concat([record.subarray(0, at), record.subarray(at + 5)]);
  cut.writeUInt16BE(cut.readUInt16BE(3) - 5, 3);
  cut.writeUIntBE(cut.readUIntBE(6, 3) - 5, 6, 3);
  // version, random, session id, cipher, compression; then the length of the extensions
  const extensions = 9 + 2 + 32 + 1 + (cut[43] ?? 0) + 3;
  cut.writeUInt16BE(cut.readUInt16BE(extensions) - 5, extensions);
  return cut;
}

function answerHttp(socket: TLSSocket, spec: TlsSpec): void {
  quiet(socket);
  socket.once('data', () => {
    if (spec.answer !== undefined) return socket.end(spec.answer);
    const refused = spec.clientCertificate === 'http-400' && !(socket.getPeerCertificate()?.raw && socket.authorized);
    const body = refused
      ? '<html><center><h1>400 Bad Request</h1></center><center>No required SSL certificate was sent</center></html>'
      : 'hello\n';
    const at = new Date(Date.now() + (spec.dateShift ?? 0) * 86_400_000);
    const date = spec.dateShift === null ? '' : `Date: ${at.toUTCString()}\r\n`;
    socket.end(
      `HTTP/1.1 ${refused ? '400 Bad Request' : '200 OK'}\r\n${date}Content-Type: text/plain\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  });
}

/** What a peer that is no TLS server does with a connection. */
export type PlainManner =
  | 'http'
  | 'ssh'
  | 'smtp'
  | 'garbage'
  | 'silence'
  | 'half-hello'
  | 'unknown-name'
  | 'login'
  | 'close'
  | 'close-at-once'
  | 'reset'
  | 'drip';

/** A server that speaks no TLS, or not to the end. */
export function plainServer(manner: PlainManner, host = '127.0.0.1'): Promise<Listening> {
  return listen(
    createServer(socket => {
      quiet(socket);
      MANNERS[manner](socket);
    }),
    host,
  );
}

/** The first 60 octets of a ServerHello that announces 122. */
const HALF_HELLO = Buffer.concat([Buffer.from('160303007a0200007603031111', 'hex'), Buffer.alloc(47, 0x22)]);

const MANNERS: Readonly<Record<PlainManner, (socket: Socket) => void>> = {
  http: socket =>
    socket.once('data', () =>
      socket.end(
        'HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<h1>Bad Request</h1>',
      ),
    ),
  login: socket =>
    socket.once('data', () =>
      socket.end(
        'HTTP/1.1 302 Found\r\nLocation: http://login.hotel.test/?u=x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      ),
    ),
  ssh: socket => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  smtp: socket => void socket.write('220 mail.lab.test ESMTP Postfix\r\n'),
  garbage: socket =>
    socket.once('data', () => void socket.write(Buffer.from('\u001b]0;gotcha\u0007\u0000\u009b31m garbage', 'latin1'))),
  silence: socket => void socket.resume(),
  'half-hello': socket => socket.once('data', () => void socket.write(HALF_HELLO)),
  // Fatal alert 112, unrecognized_name: a Node server whose SNICallback refuses closes without a word instead.
  'unknown-name': socket => socket.once('data', () => socket.end(Buffer.from('15030300020270', 'hex'))),
  close: socket => socket.once('data', () => socket.end()),
  'close-at-once': socket => void socket.end(),
  reset: socket => socket.once('data', () => socket.resetAndDestroy()),
  drip: socket => {
    let at = 0;
    const timer = setInterval(() => socket.write(HALF_HELLO.subarray(at, ++at)), 100);
    timer.unref();
    socket.on('close', () => clearInterval(timer));
  },
};

/** A port nobody listens on: taken, and given back. */
export async function closedPort(host = '127.0.0.1'): Promise<number> {
  const taken = await listen(createServer(), host);
  await taken.close();
  return taken.port;
}

/**
 * A listener that never accepts and whose queue is full: the kernel drops further SYNs, as a firewall would. It lives in a
 * worker that is put to sleep, because an event loop would accept. Works on Linux; elsewhere the kernel may refuse.
 */
export async function blackHole(host = '127.0.0.1'): Promise<Listening> {
  const worker = new Worker(SLEEPER, { eval: true, workerData: host });
  const port = await new Promise<number>(resolve => worker.once('message', resolve));
  worker.unref();
  const fillers: Socket[] = [];
  for (let full = false; !full && fillers.length < 8; ) {
    const filler = connectTcp({ host, port });
    quiet(filler);
    fillers.push(filler);
    full = await new Promise<boolean>(resolve => {
      filler.once('connect', () => resolve(false));
      setTimeout(() => resolve(true), 300);
    });
  }
  return {
    port,
    async close() {
      for (const filler of fillers) filler.destroy();
      await worker.terminate();
    },
  };
}

const SLEEPER = `
const { parentPort, workerData } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: workerData, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

export interface ProxySpec {
  readonly manner: 'tunnel' | 'auth' | 'refuse' | 'block-page' | 'close' | 'endless' | 'resign';
  /** Proxy-Authenticate headers of `auth`. */
  readonly schemes?: readonly string[];
  /** `user:password` that `auth` accepts. */
  readonly credentials?: string;
  /** Serve the proxy itself over TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Where every tunnel leads, whatever was asked for. */
  readonly to?: { readonly host: string; readonly port: number };
  /** `resign`: what the middle shows instead of the server's chain. */
  readonly resign?: TlsSpec;
}

/** An HTTP proxy, or an HTTPS one, that opens tunnels or refuses in its own way. */
export function proxyServer(spec: ProxySpec, host = '127.0.0.1'): Promise<Listening> {
  const serve = (client: Duplex) => {
    quiet(client);
    let head = '';
    const read = (part: Buffer) => {
      head += part.toString('latin1');
      const asked = /^CONNECT (\S+):(\d+) HTTP\/1\.\d\r\n/.exec(head);
      if (head.length > 3 && !'CONNECT'.startsWith(head.slice(0, 7))) {
        client.off('data', read);
        client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      } else if (asked && head.includes('\r\n\r\n')) {
        client.off('data', read);
        connectFor(spec, client, head, { host: asked[1] ?? '', port: Number(asked[2]) });
      }
    };
    client.on('data', read);
  };
  if (!spec.tls) return listen(createServer(serve), host);
  const server = createTlsServer({ cert: spec.tls.cert, key: spec.tls.key }, serve);
  server.on('tlsClientError', () => {});
  return listen(server, host);
}

function connectFor(
  spec: ProxySpec,
  client: Duplex,
  head: string,
  asked: { readonly host: string; readonly port: number },
): void {
  const allowed =
    spec.credentials !== undefined && head.includes(`Basic ${Buffer.from(spec.credentials).toString('base64')}`);
  switch (spec.manner) {
    case 'auth':
      if (allowed) break;
      client.end(
        `HTTP/1.1 407 Proxy Authentication Required\r\n${(spec.schemes ?? ['Basic realm="lab"']).map(scheme => `Proxy-Authenticate: ${scheme}\r\n`).join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`,
      );
      return;
    case 'refuse':
      client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    case 'block-page':
      client.end(
        'HTTP/1.1 403 Blocked by policy\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html><title>Blocked</title></html>',
      );
      return;
    case 'close':
      client.end();
      return;
    case 'endless': {
      client.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => client.write(`X-Filler: ${'x'.repeat(4000)}\r\n`), 5);
      timer.unref();
      client.on('close', () => clearInterval(timer));
      return;
    }
    default:
  }
  if (spec.manner === 'resign' && spec.resign) {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    const { certificates, key } = spec.resign;
    const tls = new TLSSocket(client as Socket, {
      isServer: true,
      cert: certificates.join(''),
      key,
      ALPNProtocols: ['http/1.1'],
    });
    answerHttp(tls, spec.resign);
    return;
  }
  const { host, port } = spec.to ?? asked;
  const upstream = connectTcp({ host, port }, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    client.pipe(upstream).pipe(client);
  });
  upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n'));
  client.on('error', () => upstream.destroy());
}

/** Plain HTTP: path → body. What AIA, OCSP and CRL URLs point to. */
export function httpServer(
  pages: (path: string, request: IncomingMessage) => Uint8Array | null,
  host = '127.0.0.1',
): Promise<Listening> {
  return listen(
    createHttpServer((request, response) => {
      const body = pages(request.url ?? '/', request);
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/octet-stream', connection: 'close' });
      response.end(body ? Buffer.from(body) : undefined);
    }),
    host,
  );
}

/** A STARTTLS server that does not offer TLS. */
export function plainDialectServer(dialect: string, host = '127.0.0.1'): Promise<Listening> {
  return listen(
    createServer(socket => {
      quiet(socket);
      void speakUpTo(dialect, socket, false);
    }),
    host,
  );
}

/** Peers break connections as they like; the lab does not mind. */
function quiet(stream: Duplex): void {
  stream.on('error', () => {});
}

/** Listens on a free port; close() also ends what is connected. */
export async function listen(server: Server, host: string): Promise<Listening> {
  const open = new Set<Socket>();
  server.on('connection', socket => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await closed(server);
    },
  };
}

const closed = (server: Server) => new Promise<void>(resolve => server.close(() => resolve()));
