// The head of an HTTP answer, and one HEAD request over a connection that is open already.
import type { Duplex } from 'node:stream';

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
