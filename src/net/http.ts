// Bounded fetches of what certificates point to: AIA, OCSP and CRL.
import { request as plainRequest } from 'node:http';
import { isIP } from 'node:net';
import type { Purpose, World } from '../world.ts';
import { plainLine, waysTo } from './plain-line.ts';
import type { ProxyServer } from './proxy-choice.ts';

export type Fetched =
  | {
      readonly ok: true;
      readonly body: Uint8Array;
      readonly url: string;
      readonly privateAddress: boolean;
      /** The answer's Date header, with the Age of what came out of a cache added; null when it has none. */
      readonly date: Date | null;
    }
  | { readonly ok: false; readonly why: string };

export interface FetchOptions {
  readonly purpose: Purpose;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  /** POST this instead of GET. */
  readonly body?: Uint8Array;
  readonly contentType?: string;
}

/**
 * Fetches a plain-http URL with ky, through a fetch of our own over the World's sockets, and over the proxy where the
 * settings name one: at most three redirects, a size cap counted as it arrives, one deadline for head and body. Never
 * rejects. Anything but http is refused: https would need the very trust that is in question, and file: and its kin are
 * no business of a certificate.
 */
export async function fetchBytes(url: string, world: World, options: FetchOptions): Promise<Fetched> {
  const limit = world.within(5000, options.signal);
  const seen = new Set<string>();
  let current = url;
  for (let hop = 0; hop <= 3; hop += 1) {
    if (!URL.canParse(current)) return { ok: false, why: 'not a URL' };
    const parsed = new URL(current);
    if (parsed.protocol !== 'http:') return { ok: false, why: `only http is followed, not ${parsed.protocol}` };
    if (seen.has(parsed.href)) return { ok: false, why: 'it redirects in a loop' };
    seen.add(parsed.href);
    const got = await byAnyWay(parsed, world, { ...options, signal: limit });
    if (!('location' in got)) return got;
    if (!URL.canParse(got.location, parsed.href)) return { ok: false, why: 'it redirects to what is no URL' };
    current = new URL(got.location, parsed).href;
  }
  return { ok: false, why: 'it redirects more than three times' };
}

type Answer = Fetched | { readonly location: string };

/** The first way that brings an answer counts; when none does, each says why. */
async function byAnyWay(url: URL, world: World, options: FetchOptions): Promise<Answer> {
  const ways = waysTo(url, world);
  const whys: string[] = [];
  for (const way of ways) {
    // One way must not use up the time of the next.
    const signal = way && ways.length > 1 ? world.within(3000, options.signal) : options.signal;
    const got = await oneRequest(url, way, world, { ...options, signal });
    if ('location' in got || got.ok) return got;
    whys.push(ways.length > 1 ? `${way ? `through ${way.shown}` : 'directly'}: ${got.why}` : got.why);
  }
  return { ok: false, why: whys.join(', ') };
}

async function oneRequest(url: URL, way: ProxyServer | null, world: World, options: FetchOptions): Promise<Answer> {
  const { default: ky } = await import('ky');
  let privateAddress = false;
  try {
    const answer = await ky(url, {
      method: options.body ? 'POST' : 'GET',
      ...(options.body
        ? {
            body: Buffer.from(options.body),
            headers: { 'content-type': options.contentType ?? 'application/octet-stream' },
          }
        : {}),
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      redirect: 'manual',
      signal: options.signal,
      fetch: async input => {
        const sent = await exchange(input as Request, way, world, options);
        privateAddress = sent.privateAddress;
        return sent.response;
      },
    });
    const location = answer.headers.get('location');
    if (answer.status >= 300 && answer.status < 400 && location) return { location };
    if (answer.status !== 200) return { ok: false, why: `it answers HTTP ${answer.status}` };
    const body = new Uint8Array(await answer.arrayBuffer());
    return { ok: true, body, url: url.href, privateAddress, date: dateOf(answer.headers) };
  } catch (error) {
    return { ok: false, why: options.signal.aborted ? 'no answer in time' : reason(error) };
  }
}

function dateOf(headers: Headers): Date | null {
  const at = Date.parse(headers.get('date') ?? '') + Number(headers.get('age') ?? 0) * 1000;
  return Number.isFinite(at) ? new Date(at) : null;
}

const reason = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** One request over a socket that the World dialled; the body is read here, so that the cap holds. */
async function exchange(
  request: Request,
  way: ProxyServer | null,
  world: World,
  { purpose, maxBytes, signal, body }: FetchOptions,
) {
  const url = new URL(request.url);
  const { socket, requestTarget, headers, address } = await plainLine(url, way, world, purpose, signal);
  const response = await new Promise<Response>((resolve, reject) => {
    const sent = plainRequest({
      createConnection: () => socket,
      method: request.method,
      path: requestTarget,
      headers: {
        host: url.host,
        'user-agent': 'tlsdoctor',
        accept: '*/*',
        connection: 'close',
        ...Object.fromEntries(request.headers),
        ...headers,
        ...(body ? { 'content-length': body.length } : {}),
      },
      signal,
      maxHeaderSize: 16_384,
    });
    sent.on('error', reject);
    sent.on('response', answer => {
      const parts: Buffer[] = [];
      let size = 0;
      answer.on('data', (part: Buffer) => {
        size += part.length;
        if (size > maxBytes) answer.destroy(new Error(`it sends more than ${maxBytes} bytes`));
        else parts.push(part);
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const headers = new Headers();
        for (const name of ['location', 'date', 'age'] as const) {
          const value = answer.headers[name];
          if (value) headers.set(name, value);
        }
        resolve(
          new Response(Buffer.concat(parts), {
            status: Math.min(599, Math.max(200, answer.statusCode ?? 599)),
            headers,
          }),
        );
      });
      answer.on('close', () => reject(new Error('it broke off')));
    });
    sent.end(body ? Buffer.from(body) : undefined);
  });
  return { response, privateAddress: address !== null && isPrivate(address) };
}

/** RFC 1918, RFC 4193, loopback and link-local: allowed, and said to be so. */
export function isPrivate(address: string): boolean {
  const v4 = address.replace(/^::ffff:/, '');
  if (isIP(v4) === 4) return /^(10|127)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\./.test(v4);
  return /^(::1$|f[cd]|fe[89ab])/i.test(address);
}
