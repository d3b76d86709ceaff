// One GET and what came back, bounded: for pages that a middle box puts in the server's place. Redirects are reported,
// never followed.
import type { Duplex } from 'node:stream';
import type { Purpose, World } from '../world.ts';
import { dialAny } from './dial-any.ts';
import { readHead } from './http.ts';

export interface Page {
  /** null = what came is not HTTP, or nothing came. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, chunk marks included; at most 64 KiB. */
  readonly body: string;
}

/** Asks over an open connection and reads to the end, the cap or the signal, whichever is first. Never rejects; closes it. */
export function getOver(socket: Duplex, host: string, path: string, signal: AbortSignal): Promise<Page> {
  return new Promise(resolve => {
    let text = '';
    const finish = () => {
      signal.removeEventListener('abort', finish);
      socket.destroy();
      const at = /\r?\n\r?\n/.exec(text);
      resolve({ ...readHead(text), body: at ? text.slice(at.index + at[0].length) : '' });
    };
    if (signal.aborted) return finish();
    signal.addEventListener('abort', finish, { once: true });
    socket.on('error', finish).on('end', finish).on('close', finish);
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1');
      if (text.length >= MAX_PAGE || isComplete(text)) finish();
    });
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tlsdoctor\r\nAccept: */*\r\nConnection: close\r\n\r\n`,
    );
  });
}

/** GETs a plain-http URL; null when nobody answers in HTTP. Never rejects. */
export async function getPage(url: string, world: World, purpose: Purpose, signal: AbortSignal): Promise<Page | null> {
  if (!URL.canParse(url)) return null;
  const { protocol, hostname, host, port, pathname, search } = new URL(url);
  if (protocol !== 'http:') return null;
  try {
    const to = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80), purpose };
    const socket = await dialAny(to, world, signal);
    const page = await getOver(socket, host, `${pathname}${search}`, signal);
    return page.status === null ? null : page;
  } catch {
    return null;
  }
}

const MAX_PAGE = 65_536;

/** All that Content-Length promises has come; an answer that may have no body ends with its head. */
function isComplete(text: string): boolean {
  const at = /\r?\n\r?\n/.exec(text);
  if (!at) return false;
  const { status, headers } = readHead(text);
  if (status === 204 || status === 304) return true;
  const promised = Number(headers['content-length'] ?? Number.NaN);
  return text.length - at.index - at[0].length >= promised;
}
