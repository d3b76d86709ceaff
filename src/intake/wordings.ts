// All wordings of knowledge/errors/ as one automaton, and the rule which of several that fit is meant.
import type { ErrorEntry, Wording } from '../model/clue.ts';
import { type Automaton, automatonOf, type Hit, Scanner } from './automaton.ts';

export interface Matcher {
  readonly automaton: Automaton;
  readonly patterns: readonly Pattern[];
  /** Phrase → the patterns it is a piece of, and which. */
  readonly uses: readonly (readonly { readonly pattern: number; readonly piece: number }[])[];
}

interface Pattern {
  readonly entry: ErrorEntry;
  readonly wording: Wording;
  readonly says: string;
  readonly weight: number;
  readonly pieces: number;
}

/** A wording found. `end`, `at`, `length` as in Hit. */
export interface Match {
  readonly entry: ErrorEntry;
  readonly wording: Wording;
  readonly says: string;
  readonly weight: number;
  readonly end: number;
  readonly at: number;
  readonly length: number;
}

/** Compiled once for any number of texts. */
export function matcherOf(errors: readonly ErrorEntry[]): Matcher {
  const phrases: string[] = [];
  const ids = new Map<string, number>();
  const uses: { pattern: number; piece: number }[][] = [];
  const patterns: Pattern[] = [];
  for (const entry of errors)
    for (const wording of entry.wordings)
      for (const says of wording.says) {
        const pieces = says.split('…').map(piece => piece.trim());
        pieces.forEach((piece, i) => {
          let id = ids.get(piece);
          if (id === undefined) {
            id = phrases.push(piece) - 1;
            ids.set(piece, id);
            uses.push([]);
          }
          uses[id]?.push({ pattern: patterns.length, piece: i });
        });
        patterns.push({ entry, wording, says, weight: wording.weight ?? entry.weight, pieces: pieces.length });
      }
  return { automaton: automatonOf(phrases), patterns, uses };
}

/** Finds wordings in bytes that come in pieces. */
export class WordingScanner {
  readonly #matcher: Matcher;
  readonly #scanner: Scanner;
  /** By pattern of several pieces: where each piece was last found, as [at, end] without what is passed over. */
  readonly #seen = new Map<number, { at: number; end: number }[]>();

  constructor(matcher: Matcher) {
    this.#matcher = matcher;
    this.#scanner = new Scanner(matcher.automaton);
  }

  get read(): number {
    return this.#scanner.read;
  }

  scan(bytes: Uint8Array, found: (match: Match) => void): void {
    this.#scanner.scan(bytes, hit => {
      for (const { pattern, piece } of this.#matcher.uses[hit.phrase] ?? []) {
        const whole = this.#matcher.patterns[pattern];
        const at = whole ? this.#startOf(pattern, piece, whole.pieces, hit) : null;
        if (whole && at !== null) {
          const { entry, wording, says, weight } = whole;
          found({ entry, wording, says, weight, end: hit.end, at, length: hit.at + hit.length - at });
        }
      }
    });
  }

  /** After the last byte: a wording that the text was cut off within, when its beginning fits one error only. */
  end(found: (match: Match) => void): void {
    for (const { phrases, read } of this.#scanner.brokenOff()) {
      if (read < LEAST_BEGINNING) return;
      const begun = phrases
        .flatMap(phrase => this.#matcher.uses[phrase] ?? [])
        .flatMap(({ pattern }) => this.#matcher.patterns[pattern] ?? [])
        .filter(({ pieces, wording }) => pieces === 1 && wording.host === null);
      const [first] = begun;
      if (!first || begun.some(({ entry }) => entry !== first.entry)) continue;
      const { entry, wording, says, weight } = first;
      found({ entry, wording, says, weight, end: this.read, at: this.#scanner.counted - read, length: read });
      return;
    }
  }

  /** Where the pattern began, when this piece completes it. */
  #startOf(pattern: number, piece: number, pieces: number, hit: Hit): number | null {
    if (pieces === 1) return hit.at;
    const seen = this.#seen.get(pattern) ?? [];
    this.#seen.set(pattern, seen);
    const before = piece === 0 ? null : seen[piece - 1];
    if (before === undefined || (before !== null && hit.at - before.end > LONGEST_GAP)) return null;
    if (before !== null && hit.at < before.end) return null;
    const at = before?.at ?? hit.at;
    seen[piece] = { at, end: hit.at + hit.length };
    return piece === pieces - 1 ? at : null;
  }
}

/** What “…” may stand for: a URL, a path, a distinguished name. */
const LONGEST_GAP = 300;

/** Fewer bytes of a wording than this say nothing. */
const LEAST_BEGINNING = 12;

/** Without those that are only part of a longer one: “self signed certificate” within “… in certificate chain”. */
export function outermost(matches: readonly Match[]): Match[] {
  const within = (inner: Match, outer: Match) =>
    outer.entry !== inner.entry &&
    outer.length > inner.length &&
    outer.at <= inner.at &&
    outer.at + outer.length >= inner.at + inner.length;
  // Only neighbours can hold one another: the longest wording bounds how far to look.
  return matches.filter((match, i) => {
    for (let near = Math.max(0, i - NEIGHBOURS); near < Math.min(matches.length, i + NEIGHBOURS); near++) {
      const other = matches[near];
      if (other && other.weight >= match.weight && within(match, other)) return false;
    }
    return true;
  });
}

const NEIGHBOURS = 24;
