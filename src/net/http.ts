// HTTP as a stage needs it: one HEAD over a connection that is open already, and bounded fetches for AIA, OCSP and CRL.
import { request as plainRequest } from 'node:http';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Purpose, World } from '../world.ts';

export interface HeadAnswer {
  /** null = what came is not HTTP, or nothing came. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: NodeJS.ErrnoException | null;
  /** How it ended without an answer. */
  readonly end: 'answered' | 'closed' | 'error' | 'aborted' | 'not-http';
}

/** Sends `HEAD path` and reads at most 64 KiB of answer. Never rejects; leaves the connection to the caller. */
export function headRequest(socket: Duplex, host: string, path: string, signal: AbortSignal): Promise<HeadAnswer> {
  return new Promise(resolve => {
    let text = '';
    const finish = (end: HeadAnswer['end'], error: Error | null = null) => {
      socket.off('data', data).off('error', failed).off('end', ended).off('close', ended);
      socket.on('error', () => {});
      signal.removeEventListener('abort', aborted);
      resolve({ ...readHead(text), error, end });
    };
    const data = (part: Buffer) => {
      text += part.toString('latin1');
      if (/\r?\n\r?\n/.test(text)) finish('answered');
      else if (text.length > 12 && !text.startsWith('HTTP/')) finish('not-http');
      else if (text.length > 65_536) finish('answered');
    };
    const failed = (error: Error) => finish('error', error);
    const ended = () => finish(text === '' ? 'closed' : 'answered');
    const aborted = () => finish('aborted');
    if (signal.aborted) return finish('aborted');
    signal.addEventListener('abort', aborted, { once: true });
    socket.on('data', data).on('error', failed).on('end', ended).on('close', ended);
    socket.write(
      `HEAD ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tlsdoctor\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });
}

/** Status and headers of an answer's first 64 KiB; header names in lower case, the first of each name. */
export function readHead(text: string): Pick<HeadAnswer, 'status' | 'headers'> {
  const [first = '', ...lines] = (text.split(/\r?\n\r?\n/)[0] ?? '').split(/\r?\n/);
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})/.exec(first)?.[1];
  if (status === undefined) return { status: null, headers: {} };
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines.slice(0, 200)) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).trim().toLowerCase();
    if (colon > 0) headers[name] ??= line.slice(colon + 1).trim();
  }
  return { status: Number(status), headers };
}

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
 * Fetches a plain-http URL with ky, through a fetch of our own over the World's sockets: at most three redirects, a size cap
 * counted as it arrives, one deadline for head and body. Never rejects. Anything but http is refused: https would need
 * the very trust that is in question, and file: and its kin are no business of a certificate.
 */
export async function fetchBytes(url: string, world: World, options: FetchOptions): Promise<Fetched> {
  const limit = world.within(5000, options.signal);
  const { default: ky } = await import('ky');
  const seen = new Set<string>();
  let current = url;
  for (let hop = 0; hop <= 3; hop += 1) {
    if (!URL.canParse(current)) return { ok: false, why: 'not a URL' };
    const parsed = new URL(current);
    if (parsed.protocol !== 'http:') return { ok: false, why: `only http is followed, not ${parsed.protocol}` };
    if (seen.has(parsed.href)) return { ok: false, why: 'it redirects in a loop' };
    seen.add(parsed.href);
    let privateAddress = false;
    try {
      const answer = await ky(parsed, {
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
        signal: limit,
        fetch: async input => {
          const sent = await exchange(input as Request, world, { ...options, signal: limit });
          privateAddress = sent.privateAddress;
          return sent.response;
        },
      });
      const location = answer.headers.get('location');
      if (answer.status >= 300 && answer.status < 400 && location) {
        current = new URL(location, parsed).href;
        continue;
      }
      if (answer.status !== 200) return { ok: false, why: `it answers HTTP ${answer.status}` };
      const body = new Uint8Array(await answer.arrayBuffer());
      return { ok: true, body, url: parsed.href, privateAddress, date: dateOf(answer.headers) };
    } catch (error) {
      return { ok: false, why: limit.aborted ? 'no answer in time' : reason(error) };
    }
  }
  return { ok: false, why: 'it redirects more than three times' };
}

function dateOf(headers: Headers): Date | null {
  const at = Date.parse(headers.get('date') ?? '') + Number(headers.get('age') ?? 0) * 1000;
  return Number.isFinite(at) ? new Date(at) : null;
}

const reason = (error: unknown) => (error as NodeJS.ErrnoException).code ?? (error as Error).message;

/** One request over a socket that the World dialled; the body is read here, so that the cap holds. */
async function exchange(request: Request, world: World, { purpose, maxBytes, signal, body }: FetchOptions) {
  const { hostname, port, pathname, search } = new URL(request.url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const socket = await world.dial({ host, port: Number(port || 80), purpose }, signal);
  const privateAddress = isPrivate(socket.remoteAddress ?? '');
  const response = await new Promise<Response>((resolve, reject) => {
    const sent = plainRequest({
      createConnection: () => socket,
      method: request.method,
      path: `${pathname}${search}`,
      headers: {
        host: hostname,
        'user-agent': 'tlsdoctor',
        accept: '*/*',
        connection: 'close',
        ...Object.fromEntries(request.headers),
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
  return { response, privateAddress };
}

/** RFC 1918, RFC 4193, loopback and link-local: allowed, and said to be so. */
export function isPrivate(address: string): boolean {
  const v4 = address.replace(/^::ffff:/, '');
  if (isIP(v4) === 4) return /^(10|127)\.|^192\.168\.|^172\.(1[6-9]|2\d|3[01])\.|^169\.254\./.test(v4);
  return /^(::1$|f[cd]|fe[89ab])/i.test(address);
}
