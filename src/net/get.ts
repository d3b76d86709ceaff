// One GET and what came back, bounded: for pages that a middle box puts in the server's place. Redirects are reported,
// never followed.
import type { Duplex } from 'node:stream';
import type { Purpose, World } from '../world.ts';
import { dialAny } from './dial-any.ts';
import { readHead } from './head.ts';
import { plainLine } from './plain-line.ts';
import type { ProxyServer } from './proxy-choice.ts';

export interface Page {
  /** null = what came is not HTTP, or nothing came. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** As it came, chunk marks included; at most 64 KiB. */
  readonly body: string;
}

/** Asks over an open connection and reads to the end, the cap or the signal, whichever is first. Never rejects; closes it. */
export function getOver(
  socket: Duplex,
  host: string,
  path: string,
  signal: AbortSignal,
  more: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const lines = Object.entries(more).map(([name, value]) => `${name}: ${value}\r\n`);
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
      `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: tlsdoctor\r\nAccept: */*\r\n${lines.join('')}Connection: close\r\n\r\n`,
    );
  });
}

/**
 * GETs a plain-http URL; null when nobody answers in HTTP. Never rejects.
 * @param by the proxy to go through; null = directly
 */
export async function getPage(
  url: string,
  by: ProxyServer | null,
  world: World,
  purpose: Purpose,
  signal: AbortSignal,
): Promise<Page | null> {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'http:') return null;
  try {
    const line = await plainLine(parsed, by, world, purpose, signal, to => dialAny(to, world, signal));
    const page = await getOver(line.socket, parsed.host, line.requestTarget, signal, line.headers);
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
