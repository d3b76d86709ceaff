// The places of a log that speak of a failure, each with what stands around it. However long the log is, only these are
// kept: at most 24 of 96 KiB.
import { type Match, type Matcher, WordingScanner } from './wordings.ts';

export interface Episode {
  readonly bytes: Uint8Array;
  /** The greatest weight of a wording in it. */
  readonly weight: number;
  /** The number of its first byte in the whole. */
  readonly from: number;
}

interface Open {
  readonly parts: Uint8Array[];
  readonly from: number;
  /** Kept up to here, numbered as in the whole. */
  kept: number;
  last: number;
  weight: number;
}

export class EpisodeReader {
  readonly #scanner: WordingScanner;
  /** The last pieces read, as they came, at least BEFORE bytes of them. */
  #before: Uint8Array[] = [];
  #beforeSize = 0;
  #waiting: Uint8Array[] = [];
  #waitingSize = 0;
  #read = 0;
  #open: Open | null = null;
  #done: Episode[] = [];

  constructor(matcher: Matcher) {
    this.#scanner = new WordingScanner(matcher);
  }

  /** The next bytes of the text; nobody may change them afterwards. The last few are kept. */
  push(bytes: Uint8Array): void {
    if (bytes.length < SMALL) {
      this.#waiting.push(bytes);
      this.#waitingSize += bytes.length;
      if (this.#waitingSize >= SMALL) this.#flush();
      return;
    }
    this.#flush();
    for (let at = 0; at < bytes.length; at += STEP) this.#step(bytes.subarray(at, at + STEP));
  }

  /** Small pieces are read together: a program may hand over its log byte by byte. */
  #flush(): void {
    if (this.#waitingSize > 0) this.#step(joined(this.#waiting));
    this.#waiting = [];
    this.#waitingSize = 0;
  }

  /** What was found, in the text's order. */
  end(): Episode[] {
    this.#flush();
    // What is cut off in the middle of a wording is worth a look when nothing else was found.
    if (!this.#open && this.#done.length === 0)
      this.#scanner.end(({ weight }) => {
        const from = this.#read - this.#beforeSize;
        this.#open = { parts: this.#before, from, kept: this.#read, last: this.#read, weight };
      });
    if (this.#open) this.#close(this.#open);
    return this.#done;
  }

  #step(bytes: Uint8Array): void {
    const start = this.#read;
    // What stands before is put together only when something is found: most of a log says nothing.
    let held: Uint8Array | null = null;
    const heldFrom = start - this.#beforeSize;
    const piece = (from: number, to: number) => {
      held ??= joined([...this.#before, bytes]);
      return held.slice(from - heldFrom, to - heldFrom);
    };
    this.#scanner.scan(bytes, (match: Match) => {
      const open = this.#open;
      if (open && match.end - open.last <= AFTER && match.end - open.from <= LONGEST) {
        open.last = match.end;
        open.weight = Math.max(open.weight, match.weight);
        return;
      }
      if (open) {
        this.#keep(open, Math.min(open.last + AFTER, match.end), piece, heldFrom);
        this.#close(open);
      }
      const from = Math.max(heldFrom, match.end - BEFORE, open ? open.kept : 0);
      this.#open = { parts: [], from, kept: from, last: match.end, weight: match.weight };
    });
    this.#read += bytes.length;
    if (this.#open) {
      this.#keep(this.#open, Math.min(this.#open.last + AFTER, this.#read), piece, heldFrom);
      if (this.#read > this.#open.last + AFTER) {
        this.#close(this.#open);
        this.#open = null;
      }
    }
    this.#before.push(bytes);
    this.#beforeSize += bytes.length;
    for (let [first] = this.#before; first && this.#beforeSize - first.length >= BEFORE; [first] = this.#before) {
      this.#before.shift();
      this.#beforeSize -= first.length;
    }
  }

  #keep(open: Open, to: number, piece: (from: number, to: number) => Uint8Array, heldFrom: number): void {
    const from = Math.max(open.kept, heldFrom);
    if (to <= from) return;
    open.parts.push(piece(from, to));
    open.kept = to;
  }

  #close(open: Open): void {
    this.#done.push({ bytes: joined(open.parts), weight: open.weight, from: open.from });
    if (this.#done.length <= MOST) return;
    // The first and the last ones say most: how it began, and what it ended with. Between them, the weakest goes.
    let weakest = 2;
    for (let i = 2; i < this.#done.length - 8; i++)
      if ((this.#done[i]?.weight ?? 0) < (this.#done[weakest]?.weight ?? 0)) weakest = i;
    this.#done = this.#done.filter((_, i) => i !== weakest);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes kept before and after a wording: a traceback's worth, and what the program said next. */
const BEFORE = 32 * 1024;
const AFTER = 8 * 1024;
const LONGEST = 56 * 1024;
const STEP = 256 * 1024;
const SMALL = 16 * 1024;
const MOST = 24;
