// A tap between the transport and tls.connect: everything passes, everything received is kept (DESIGN technique 1). A
// plain net.Socket is taken over natively by Node's TLS and shows nothing; a Duplex in between is needed.
import { Duplex } from 'node:stream';

/** More than this of one connection is not kept, and ends it: no honest handshake is that long. */
export const MAX_RECORDED = 6 << 20;

export class Recorder extends Duplex {
  readonly #inner: Duplex;
  readonly #parts: Buffer[] = [];
  #size = 0;
  #recording = true;
  /** The peer closed its side. */
  ended = false;
  /** What ended the transport, if it was an error (ECONNRESET, …). */
  transportError: NodeJS.ErrnoException | null = null;

  constructor(inner: Duplex) {
    super({ allowHalfOpen: true });
    this.#inner = inner;
    // A peer may hang up between the accepted connection and the first byte of ours.
    this.transportError = inner.errored;
    inner.on('data', (part: Buffer) => {
      this.#keep(part);
      if (!this.push(part)) inner.pause();
    });
    inner.on('end', () => {
      this.ended = true;
      this.push(null);
    });
    inner.on('error', error => {
      this.transportError = error;
      this.destroy(error);
    });
    inner.on('close', () => {
      if (!this.ended) this.push(null);
      this.ended = true;
    });
  }

  /** Everything received until now. */
  received(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  /** After the handshake there is nothing more to learn from the bytes. */
  stopRecording(): void {
    this.#recording = false;
  }

  #keep(part: Buffer): void {
    if (!this.#recording) return;
    this.#size += part.length;
    if (this.#size > MAX_RECORDED) {
      this.#recording = false;
      this.destroy(new Error('the peer sends more than any handshake needs'));
    } else this.#parts.push(part);
  }

  override _read(): void {
    this.#inner.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#inner.destroyed) return done(this.transportError ?? closedByPeer());
    if (this.#inner.write(chunk, encoding)) done();
    else this.#inner.once('drain', () => done());
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#inner.end(() => done());
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#inner.destroy();
    done(error);
  }
}

/** As Node words it when TLS finds the transport ended. */
const closedByPeer = () => Object.assign(new Error('the peer has closed the connection'), { code: 'ECONNRESET' });
