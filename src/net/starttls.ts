// From a plain-text protocol to the point where TLS begins, or the server's word that it does not offer TLS.
import type { Duplex } from 'node:stream';
import type { StartTls } from '../model/target.ts';

export interface Upgrade {
  /** The next byte on the wire is TLS. */
  readonly offered: boolean;
  /** The server's line that decided it, raw. */
  readonly line: string;
}

/** Speaks the dialect's few lines. Rejects with the signal's reason, or when the connection breaks. */
export async function startTls(dialect: StartTls, socket: Duplex, host: string, signal: AbortSignal): Promise<Upgrade> {
  const talk = new Talk(socket, signal);
  try {
    return await DIALECTS[dialect](talk, host);
  } finally {
    talk.end();
  }
}

const DIALECTS: Readonly<Record<StartTls, (talk: Talk, host: string) => Promise<Upgrade>>> = {
  // RFC 3207
  async smtp(talk) {
    const greeting = await talk.reply();
    if (!greeting.startsWith('220')) throw new Error(`the server turns everybody away: ${last(greeting)}`);
    talk.say('EHLO tlsdoctor.invalid\r\n');
    const offers = await talk.reply();
    if (!/^250[ -]STARTTLS/im.test(offers)) return { offered: false, line: last(offers) };
    talk.say('STARTTLS\r\n');
    const answer = await talk.reply();
    return { offered: answer.startsWith('220'), line: last(answer) };
  },
  // RFC 4217
  async ftp(talk) {
    await talk.reply();
    talk.say('AUTH TLS\r\n');
    const answer = await talk.reply();
    return { offered: answer.startsWith('234'), line: last(answer) };
  },
  // RFC 9051 §6.2.1
  async imap(talk) {
    await talk.line();
    talk.say('a1 STARTTLS\r\n');
    const answer = await talk.until(line => line.startsWith('a1 '));
    return { offered: /^a1 OK/i.test(answer), line: answer };
  },
  // RFC 2595
  async pop3(talk) {
    await talk.line();
    talk.say('STLS\r\n');
    const answer = await talk.line();
    return { offered: answer.startsWith('+OK'), line: answer };
  },
  // RFC 6120 §5
  async xmpp(talk, host) {
    talk.say(
      `<?xml version='1.0'?><stream:stream to='${host}' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    const features = await talk.text(/<\/stream:features>|<stream:features\/>|<\/stream:stream>/);
    if (!/<starttls[\s>/]/.test(features)) return { offered: false, line: 'its stream features have no starttls' };
    talk.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
    const answer = await talk.text(/<(proceed|failure)[^>]*>/);
    return { offered: answer.includes('<proceed'), line: answer.slice(-200) };
  },
  // https://www.postgresql.org/docs/current/protocol-flow.html, SSL session encryption
  async postgres(talk) {
    talk.say(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]));
    const [answer = 0] = await talk.bytes(1);
    return {
      offered: answer === 0x53,
      line: answer === 0x53 ? 'S' : `it answers '${String.fromCharCode(answer)}' to SSLRequest`,
    };
  },
  // MySQL: initial handshake packet, then an SSLRequest when CLIENT_SSL is offered
  async mysql(talk) {
    const header = await talk.bytes(4);
    const body = await talk.bytes(
      Math.min(65_536, (header[0] ?? 0) | ((header[1] ?? 0) << 8) | ((header[2] ?? 0) << 16)),
    );
    if (body[0] === 0xff) return { offered: false, line: Buffer.from(body.subarray(3)).toString('latin1') };
    const version = body.indexOf(0, 1);
    const flags = (body[version + 14] ?? 0) | ((body[version + 15] ?? 0) << 8);
    if (body[0] !== 10 || version < 0 || !(flags & 0x0800))
      return { offered: false, line: 'its greeting has no CLIENT_SSL capability' };
    const request = Buffer.alloc(36);
    request.writeUIntLE(32, 0, 3);
    request.writeUInt8((header[3] ?? 0) + 1, 3);
    request.writeUInt32LE(0x000f_ae85, 4);
    request.writeUInt32LE(0x0100_0000, 8);
    request.writeUInt8(33, 12);
    talk.say(request);
    return { offered: true, line: 'CLIENT_SSL' };
  },
  // RFC 4511 §4.14: ExtendedRequest with the StartTLS OID 1.3.6.1.4.1.1466.20037
  async ldap(talk) {
    const oid = Buffer.from('1.3.6.1.4.1.1466.20037');
    const request = Buffer.concat([Buffer.from([0x77, oid.length + 2, 0x80, oid.length]), oid]);
    talk.say(Buffer.concat([Buffer.from([0x30, request.length + 3, 2, 1, 1]), request]));
    const head = await talk.bytes(2);
    const length =
      (head[1] ?? 0) < 0x80
        ? (head[1] ?? 0)
        : Buffer.from(await talk.bytes((head[1] ?? 0) & 0x7f)).readUIntBE(0, Math.min(6, (head[1] ?? 0) & 0x7f));
    const body = Buffer.from(await talk.bytes(Math.min(65_536, length)));
    const response = body.indexOf(0x78);
    const code = body.indexOf(Buffer.from([0x0a, 0x01]), response);
    const result = code < 0 ? null : body[code + 2];
    return {
      offered: response >= 0 && result === 0,
      line: result === null ? 'its answer is no ExtendedResponse' : `resultCode ${result}`,
    };
  },
};

const last = (reply: string) => reply.trimEnd().split(/\r?\n/).at(-1) ?? '';
const MAX_TALK = 65_536;

/** Reads a plain-text dialogue in pieces, at most 64 KiB of it. */
class Talk {
  readonly #socket: Duplex;
  readonly #signal: AbortSignal;
  #buffer: Buffer = Buffer.alloc(0);
  #total = 0;
  #wake: () => void = () => {};
  #failed: Error | null = null;

  constructor(socket: Duplex, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on('data', this.#data).on('end', this.#closed).on('close', this.#closed).on('error', this.#error);
    signal.addEventListener('abort', this.#aborted, { once: true });
    if (signal.aborted) this.#aborted();
  }

  readonly #data = (part: Buffer) => {
    this.#total += part.length;
    this.#buffer = Buffer.concat([this.#buffer, part]);
    if (this.#total > MAX_TALK) this.#failed ??= new Error('the server talks without end');
    this.#wake();
  };
  readonly #closed = () => this.#error(new Error('the server closed the connection'));
  readonly #error = (error: Error) => {
    this.#failed ??= error;
    this.#wake();
  };
  readonly #aborted = () => this.#error(this.#signal.reason as Error);

  say(text: string | Buffer): void {
    this.#socket.write(text);
  }

  /** A reply of SMTP or FTP: lines `250-…` up to `250 …`. */
  async reply(): Promise<string> {
    let text = '';
    for (;;) {
      const line = await this.line();
      text += `${line}\n`;
      if (!/^\d{3}-/.test(line)) return text;
    }
  }

  async until(wanted: (line: string) => boolean): Promise<string> {
    for (;;) {
      const line = await this.line();
      if (wanted(line)) return line;
    }
  }

  async line(): Promise<string> {
    const end = await this.#find(() => this.#buffer.indexOf(10));
    return Buffer.from(this.#take(end + 1))
      .toString('latin1')
      .trimEnd();
  }

  async text(pattern: RegExp): Promise<string> {
    const end = await this.#find(() => {
      const match = pattern.exec(this.#buffer.toString('latin1'));
      return match ? match.index + match[0].length : -1;
    });
    return Buffer.from(this.#take(end)).toString('latin1');
  }

  async bytes(count: number): Promise<Uint8Array> {
    await this.#find(() => (this.#buffer.length >= count ? count : -1));
    return this.#take(count);
  }

  /** Gives the connection back, what was read too far included. */
  end(): void {
    this.#socket.off('data', this.#data).off('end', this.#closed).off('close', this.#closed).off('error', this.#error);
    this.#socket.on('error', () => {});
    this.#signal.removeEventListener('abort', this.#aborted);
    this.#socket.pause();
    if (this.#buffer.length > 0) this.#socket.unshift(this.#buffer);
  }

  #take(count: number): Uint8Array {
    const taken = this.#buffer.subarray(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #find(where: () => number): Promise<number> {
    for (;;) {
      const at = where();
      if (at >= 0) return at;
      if (this.#failed) throw this.#failed;
      await new Promise<void>(resolve => (this.#wake = resolve));
    }
  }
}
