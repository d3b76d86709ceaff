// Boxes in the middle on loopback: a proxy that makes certificates on the spot for whatever is asked for, as Squid's
// ssl-bump and mitmproxy do, and a network's answer to the plain request by which a login page is found out.
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { type CertificateSpec, freshKey, type Made, makeCertificate } from './pki.ts';
import type { Listening } from './servers.ts';

export interface MintSpec {
  /** Who signs: the proxy's own CA. */
  readonly ca: Made;
  /** Sent after the leaf; default: the CA. */
  readonly sends?: readonly Made[];
  /** Names it looks into; absent = all. The others are let through as they are. */
  readonly only?: readonly string[];
  /** What its leaves lack or have besides the host's name. */
  readonly leaf?: CertificateSpec;
  /** Whom it talks like. `squid` and `mitmproxy` did not accept the server's own certificate and say so in their way. */
  readonly page?: 'hello' | 'squid' | 'mitmproxy';
}

/** An HTTP proxy that ends TLS itself and signs for every host. */
export function mintingProxy(spec: MintSpec, host = '127.0.0.1'): Promise<Listening> {
  const key = freshKey(spec.leaf?.key ?? 'ecdsa');
  const now = new Date();
  const certificateFor = (name: string) => {
    const leaf = makeCertificate(name, { ...spec.leaf, cn: name, names: [name], by: 'ca' }, key, spec.ca, now);
    return {
      cert: [leaf, ...(spec.sends ?? [spec.ca])].map(made => made.pem).join(''),
      key: leaf.keyPem,
    };
  };
  return listen(host, client => {
    client.once('data', head => {
      const [, asked = '', port = '443'] = /^CONNECT ([^\s:]+):(\d+) HTTP/.exec(head.toString('latin1')) ?? [];
      if (asked === '') return client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.once('data', hello => {
        client.pause();
        client.unshift(hello);
        const name = spec.only?.find(each => hello.includes(each)) ?? (spec.only ? null : asked);
        if (name === null) return letThrough(client, { host: asked, port: Number(port) });
        const tls = new TLSSocket(client, {
          isServer: true,
          ...certificateFor(asked),
          ALPNProtocols: ['http/1.1'],
          SNICallback: (sni, done) => done(null, createSecureContext(certificateFor(sni))),
        });
        tls.on('error', () => {});
        tls.once('data', () => tls.end(PAGES[spec.page ?? 'hello']));
      });
    });
  });
}

function letThrough(client: Socket, to: { readonly host: string; readonly port: number }): void {
  const upstream = connectTcp(to, () => client.pipe(upstream).pipe(client));
  upstream.on('error', () => client.destroy());
  client.on('close', () => upstream.destroy());
}

const html = (status: string, headers: string, body: string) =>
  `HTTP/1.1 ${status}\r\n${headers}Content-Type: text/html\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;

/** As Squid 5.7 and mitmproxy 8.1 word it when the server's certificate has expired. */
const PAGES = {
  hello: html('200 OK', '', 'hello\n'),
  squid: html(
    '503 Service Unavailable',
    'Server: squid/5.7\r\nX-Squid-Error: ERR_SECURE_CONNECT_FAIL 71\r\nVia: 1.1 lab (squid/5.7)\r\n',
    '<html><body><p>The system returned: <blockquote>(71) Protocol error (TLS code: X509_V_ERR_CERT_HAS_EXPIRED)</blockquote></body></html>',
  ),
  mitmproxy: html(
    '502 Bad Gateway',
    'Server: mitmproxy 8.1.1\r\n',
    '<html><body><h1>502 Bad Gateway</h1><p>Certificate verify failed: certificate has expired</p></body></html>',
  ),
} as const;

/** How a network answers `http://…/generate_204`: as the internet does, or with its login page. */
export type PortalManner = 'open' | 'redirect' | 'page' | 'status-511' | 'blocked';

export async function probeServer(manner: PortalManner, host = '127.0.0.1'): Promise<Listening> {
  const server = createServer((_request: IncomingMessage, response) => {
    const { status, headers, body } = PORTALS[manner];
    response.writeHead(status, { connection: 'close', ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const PORTALS: Readonly<
  Record<PortalManner, { readonly status: number; readonly headers: Record<string, string>; readonly body: string }>
> = {
  open: { status: 204, headers: {}, body: '' },
  redirect: { status: 302, headers: { location: 'http://login.hotel.test/welcome?back=http%3A%2F%2Fx' }, body: '' },
  page: {
    status: 200,
    headers: { 'content-type': 'text/html' },
    body: '<!doctype html><title>Welcome aboard</title><form>Room number</form>',
  },
  'status-511': { status: 511, headers: { 'content-type': 'text/html' }, body: '<html>Please log in</html>' },
  blocked: { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Blocked by policy</html>' },
};

async function listen(host: string, serve: (client: Socket) => void): Promise<Listening> {
  const open = new Set<Socket>();
  const server = createTcpServer(socket => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    serve(socket);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}
