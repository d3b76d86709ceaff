// The way to a plain-http URL: directly, or over the proxy that this machine's settings name for it.
import type { Duplex } from 'node:stream';
import type { Endpoint, World } from '../world.ts';
import { basicAuthorization, connectTo } from './proxy.ts';
import { chooseRoute, type ProxyServer } from './proxy-choice.ts';

/** A connection that takes a request for the URL. */
export interface PlainLine {
  readonly socket: Duplex;
  /** What stands after the method: a path, or the whole URL for a proxy (RFC 9112 §3.2). */
  readonly requestTarget: string;
  /** For the proxy, and nobody else. */
  readonly headers: Readonly<Record<string, string>>;
  /** Who answered the connection; null behind a proxy. */
  readonly address: string | null;
}

/**
 * Which ways to try for a plain-http URL, in order; null = directly. Behind a proxy that does not pass it on, the host may
 * still be near.
 */
export function waysTo(url: URL, world: World): readonly (ProxyServer | null)[] {
  const { proxy } = chooseRoute(
    { host: bare(url.hostname), port: portOf(url), starttls: null, scheme: 'http' },
    world.proxies,
  );
  return proxy && proxy.scheme !== 'socks' ? [proxy, null] : [null];
}

/**
 * Opens one of them. Rejects with Node's error, or with one that says what the proxy did.
 * @param dial how to reach the host itself; the World's own way by default
 */
export async function plainLine(
  url: URL,
  by: ProxyServer | null,
  world: World,
  purpose: Endpoint['purpose'],
  signal: AbortSignal,
  dial = (to: Endpoint) => world.dial(to, signal),
): Promise<PlainLine> {
  if (by === null) {
    const socket = await dial({ host: bare(url.hostname), port: portOf(url), purpose });
    return { socket, requestTarget: `${url.pathname}${url.search}`, headers: {}, address: socket.remoteAddress ?? '' };
  }
  const reached = await connectTo(by, world, purpose, signal);
  if (!reached.socket) throw new Error(reached.detail);
  const { origin, pathname, search } = url;
  return {
    socket: reached.socket,
    requestTarget: `${origin}${pathname}${search}`,
    headers: by.credentials === null ? {} : { 'proxy-authorization': basicAuthorization(by.credentials) },
    address: null,
  };
}

const bare = (hostname: string) => hostname.replace(/^\[|\]$/g, '');
const portOf = ({ port }: URL) => Number(port || 80);
