// A tunnel through an HTTP or HTTPS proxy (RFC 9110 §9.3.6), and how exactly it was refused.
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Purpose, World } from '../world.ts';
import { readHead } from './head.ts';
import type { ProxyServer } from './proxy-choice.ts';
import { handshake, type Offer } from './tls.ts';

export interface Tunnel {
  /** Open to the target; null when there is no tunnel. */
  readonly socket: Duplex | null;
  readonly failure: 'unreachable' | 'untrusted' | 'auth-required' | 'tunnel-refused' | 'scheme-mismatch' | null;
  /** HTTP status of the answer to CONNECT. */
  readonly status: number | null;
  /** Reason phrase, DNS or TCP error, or what came instead of an answer; raw. */
  readonly detail: string;
  /** Schemes of Proxy-Authenticate, as named by the proxy. */
  readonly authSchemes: readonly string[];
  /** It ended without a single byte of an answer. */
  readonly wordless?: boolean;
}

/** The bytes of a TLS handshake, and the secrets to read them with. */
export interface Spoken {
  readonly received: Uint8Array;
  readonly keylog: readonly string[];
}

/**
 * Connects and asks for a tunnel. Never rejects but for the signal's abort; credentials go into the request and nowhere else.
 * @param judge what is wrong with the certificate of a proxy that speaks TLS, null = nothing; asked before a word is sent
 */
export async function openTunnel(
  proxy: ProxyServer,
  to: { readonly host: string; readonly port: number },
  world: World,
  signal: AbortSignal,
  judge?: (handshake: Spoken) => Promise<string | null>,
): Promise<Tunnel> {
  const reached = await connectTo(proxy, world, 'proxy', signal);
  if (!reached.socket) return failed(reached.failure, reached.detail);
  const refusal = reached.handshake && judge ? await judge(reached.handshake) : null;
  if (refusal !== null) {
    reached.socket.destroy();
    return failed('untrusted', refusal);
  }
  const tunnel = await ask(reached.socket, proxy, to, signal);
  // Whoever wants TLS often hangs up on a plain CONNECT without a word: only a handshake tells it from a refusal.
  const silent = tunnel.failure === 'tunnel-refused' && tunnel.status === null && tunnel.wordless === true;
  return silent && proxy.scheme === 'http' && (await speaksTls(proxy, world, signal))
    ? failed('scheme-mismatch', 'the proxy speaks TLS, and the setting says http://')
    : tunnel;
}

type Reached =
  | { readonly socket: Duplex; readonly handshake?: Spoken }
  | { readonly socket: null; readonly failure: 'unreachable' | 'scheme-mismatch'; readonly detail: string };

/** A connection to the proxy itself, over TLS when its URL says so. Never rejects. */
export async function connectTo(
  proxy: ProxyServer,
  world: World,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<Reached> {
  const no = (detail: string, failure: 'unreachable' | 'scheme-mismatch' = 'unreachable') =>
    ({ socket: null, failure, detail }) as const;
  if (proxy.scheme === 'socks') return no('SOCKS proxies are not spoken by this version');
  let transport: Duplex;
  try {
    transport = await world.dial({ host: proxy.host, port: proxy.port, purpose }, signal);
  } catch (error) {
    return no(signal.aborted ? 'no answer in time' : reasonOf(error));
  }
  if (proxy.scheme !== 'https') return { socket: transport };
  const { socket, reason, received, keylog, release } = await handshake(transport, offerTo(proxy), signal);
  if (socket) {
    const spoken = { received: received(), keylog };
    release();
    return { socket, handshake: spoken };
  }
  return PLAIN_REASONS.has(reason ?? '')
    ? no('the proxy speaks plain HTTP, and the setting says https://', 'scheme-mismatch')
    : no(reason ?? 'the proxy ended the TLS handshake');
}

/** What OpenSSL calls a first record that is none. */
const PLAIN_REASONS: ReadonlySet<string> = new Set([
  'wrong version number',
  'packet length too long',
  'record layer failure',
]);

/** The value of Proxy-Authorization (RFC 7617). @param credentials `user:password` */
export const basicAuthorization = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

async function speaksTls(proxy: ProxyServer, world: World, signal: AbortSignal): Promise<boolean> {
  try {
    const transport = await world.dial({ host: proxy.host, port: proxy.port, purpose: 'proxy' }, signal);
    const { socket } = await handshake(transport, offerTo(proxy), signal);
    socket?.destroy();
    return socket !== null;
  } catch {
    return false;
  }
}

const offerTo = ({ host }: ProxyServer): Offer => ({
  serverName: isIP(host) === 0 ? host : null,
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: 'DEFAULT',
  alpn: ['http/1.1'],
});

const MAX_HEAD = 65_536;

function ask(
  transport: Duplex,
  proxy: ProxyServer,
  to: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<Tunnel> {
  const authority = `${to.host.includes(':') ? `[${to.host}]` : to.host}:${to.port}`;
  const authorization =
    proxy.credentials === null ? '' : `Proxy-Authorization: ${basicAuthorization(proxy.credentials)}\r\n`;
  return new Promise(resolve => {
    let parts: Buffer = Buffer.alloc(0);
    const finish = (tunnel: Tunnel) => {
      transport.off('data', data).off('error', broke).off('end', closed).off('close', closed);
      transport.on('error', () => {});
      signal.removeEventListener('abort', aborted);
      if (tunnel.socket) transport.pause();
      else transport.destroy();
      resolve(tunnel);
    };
    const data = (part: Buffer) => {
      parts = Buffer.concat([parts, part]);
      if (parts[0] === 0x15 && parts[1] === 0x03)
        return finish(failed('scheme-mismatch', 'the proxy speaks TLS, and the setting says http://'));
      const end = parts.indexOf('\r\n\r\n');
      if (end >= 0) return finish(answered(parts, end, transport, proxy));
      if (parts.length > MAX_HEAD) finish(failed('tunnel-refused', 'the proxy’s answer has no end'));
    };
    const wordless = () => parts.length === 0;
    const broke = (error: Error) => finish({ ...failed('tunnel-refused', reasonOf(error)), wordless: wordless() });
    const closed = () =>
      finish({
        ...failed(
          'tunnel-refused',
          wordless() ? 'the proxy closed the connection without an answer' : firstLine(parts),
        ),
        wordless: wordless(),
      });
    const aborted = () => finish(failed('tunnel-refused', 'no answer to CONNECT in time'));
    if (signal.aborted) return aborted();
    signal.addEventListener('abort', aborted, { once: true });
    transport.on('data', data).on('error', broke).on('end', closed).on('close', closed);
    transport.write(
      `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: tlsdoctor\r\n${authorization}\r\n`,
    );
  });
}

function answered(bytes: Buffer, end: number, transport: Duplex, proxy: ProxyServer): Tunnel {
  const head = bytes.subarray(0, end + 4).toString('latin1');
  const { status, headers } = readHead(head);
  const detail = /^HTTP\/\S+ \d{3} ?(.*)/.exec(head)?.[1]?.trim() ?? firstLine(bytes);
  if (status !== null && status >= 200 && status < 300) {
    if (bytes.length > end + 4) transport.unshift(bytes.subarray(end + 4));
    return { socket: transport, failure: null, status, detail, authSchemes: [] };
  }
  const schemes = [...(head.matchAll(/^proxy-authenticate:[ \t]*([A-Za-z][\w-]*)/gim) ?? [])].map(
    match => match[1] ?? '',
  );
  if (status === 407) return { ...failed('auth-required', detail), status, authSchemes: schemes };
  // nginx, Apache and HAProxy answer a plain request on a TLS port in these words.
  const wantsTls =
    status === 400 &&
    proxy.scheme === 'http' &&
    /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled/i.test(bytes.toString('latin1'));
  if (wantsTls) return { ...failed('scheme-mismatch', 'the proxy speaks TLS, and the setting says http://'), status };
  const page = /^text\/html/i.test(headers['content-type'] ?? '') ? ' (with an HTML page)' : '';
  return { ...failed('tunnel-refused', `${detail}${page}`), status };
}

const failed = (failure: NonNullable<Tunnel['failure']>, detail: string): Tunnel => ({
  socket: null,
  failure,
  status: null,
  detail,
  authSchemes: [],
});

const firstLine = (bytes: Buffer) =>
  bytes
    .subarray(0, 120)
    .toString('latin1')
    .split(/[\r\n]/)[0] ?? '';

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    ENOTFOUND: 'its name cannot be resolved',
    EAI_AGAIN: 'its name cannot be resolved',
    ECONNREFUSED: 'connection refused',
    ETIMEDOUT: 'no answer',
    ECONNRESET: 'connection reset',
    EHOSTUNREACH: 'no route to it',
    ENETUNREACH: 'no route to it',
  };
  return words[code ?? ''] ?? code ?? message;
}
