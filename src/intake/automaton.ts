// Finds many phrases in one pass over bytes: Aho and Corasick's automaton, one table look-up a byte whatever the number
// of phrases. Blanks, quotes, hyphens, commas and backslashes are passed over and case does not count, so that a phrase is found in a
// line that was wrapped in the middle of a word, or quoted inside another message. Terminal colours are passed over too.

export interface Automaton {
  /** `next[state * classes + class]`; two bytes an entry where they suffice, because the table's size is its speed. */
  readonly next: Uint16Array | Uint32Array;
  /** States from this one on are those where a phrase ends. */
  readonly firstFinal: number;
  readonly classes: number;
  readonly classOf: Uint8Array;
  /** State → which phrases end there, longest first. */
  readonly ends: readonly (readonly number[])[];
  /** The state of the longest proper suffix. */
  readonly suffix: Int32Array;
  /** How many bytes of a phrase a state has read. */
  readonly depth: Uint16Array;
  /** State → phrases that begin with what it has read. */
  readonly begun: readonly (readonly number[])[];
  /** Squeezed length in bytes, by phrase. */
  readonly lengths: readonly number[];
}

/** A phrase found: `end` is the byte after it, counted over everything scanned; `at` and `length` without what is passed over. */
export interface Hit {
  readonly phrase: number;
  readonly end: number;
  readonly at: number;
  readonly length: number;
}

const SKIPPED = 0;
const FOREIGN = 1;
const ESCAPE = 2;

/** @param phrases as people write them */
export function automatonOf(phrases: readonly string[]): Automaton {
  const squeezed = phrases.map(squeeze);
  const classOf = new Uint8Array(256).fill(FOREIGN);
  for (let byte = 0; byte <= 32; byte++) classOf[byte] = SKIPPED;
  for (const character of '\'"`\\-,') classOf[character.charCodeAt(0)] = SKIPPED;
  classOf[27] = ESCAPE;
  let classes = 3;
  for (const bytes of squeezed) for (const byte of bytes) if (classOf[byte] === FOREIGN) classOf[byte] = classes++;
  for (let letter = 97; letter <= 122; letter++) classOf[letter - 32] = classOf[letter] ?? FOREIGN;

  const children: Map<number, number>[] = [new Map()];
  const ends: number[][] = [[]];
  const depth: number[] = [0];
  const begun: number[][] = [[]];
  squeezed.forEach((bytes, phrase) => {
    let state = 0;
    for (const byte of bytes) {
      const input = classOf[byte] ?? FOREIGN;
      let child = children[state]?.get(input);
      if (child === undefined) {
        child = children.length;
        children.push(new Map());
        ends.push([]);
        begun.push([]);
        depth.push((depth[state] ?? 0) + 1);
        children[state]?.set(input, child);
      }
      state = child;
      begun[state]?.push(phrase);
    }
    if (state !== 0) ends[state]?.push(phrase);
  });
  const lengths = squeezed.map(bytes => bytes.length);
  return finalLast({ ...linked(children, ends, classes), ends, depth, begun }, { classes, classOf, lengths });
}

interface Linked {
  readonly next: Int32Array;
  readonly suffix: Int32Array;
  readonly ends: readonly (readonly number[])[];
  readonly depth: readonly number[];
  readonly begun: readonly (readonly number[])[];
}

/** States numbered anew, those where a phrase ends last: whether one ends is then a comparison, not a look-up. */
function finalLast(
  { next, suffix, ends, depth, begun }: Linked,
  rest: Pick<Automaton, 'classes' | 'classOf' | 'lengths'>,
): Automaton {
  const { classes } = rest;
  const states = ends.map((_, state) => state);
  const final = (state: number) => (ends[state]?.length ?? 0) > 0;
  const order = [...states.filter(state => !final(state)), ...states.filter(final)];
  const renamed = new Int32Array(states.length);
  order.forEach((state, place) => {
    renamed[state] = place;
  });
  const size = states.length * classes;
  const table = states.length <= 0xffff ? new Uint16Array(size) : new Uint32Array(size);
  order.forEach((state, place) => {
    for (let input = 0; input < classes; input++)
      table[place * classes + input] = renamed[next[state * classes + input] ?? 0] ?? 0;
  });
  return {
    ...rest,
    next: table,
    firstFinal: order.findIndex(final),
    ends: order.map(state => ends[state] ?? []),
    suffix: Int32Array.from(order, state => renamed[suffix[state] ?? 0] ?? 0),
    depth: Uint16Array.from(order, state => depth[state] ?? 0),
    begun: order.map(state => begun[state] ?? []),
  };
}

/** Breadth first: a state without a child for an input goes where the longest proper suffix of what was read would. */
function linked(children: readonly Map<number, number>[], ends: number[][], classes: number) {
  const next = new Int32Array(children.length * classes);
  const suffix = new Int32Array(children.length);
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    for (let input = 1; input < classes; input++) {
      const child = children[state]?.get(input);
      const fallback = state === 0 ? 0 : (next[(suffix[state] ?? 0) * classes + input] ?? 0);
      if (child === undefined) {
        next[state * classes + input] = fallback;
        continue;
      }
      next[state * classes + input] = child;
      suffix[child] = fallback;
      ends[child] = [...(ends[child] ?? []), ...(ends[fallback] ?? [])];
      queue.push(child);
    }
    // What is passed over changes nothing.
    next[state * classes + SKIPPED] = state;
  }
  return { next, suffix };
}

/** Walks an automaton over bytes that come in pieces. */
export class Scanner {
  readonly #automaton: Automaton;
  #state = 0;
  /** Bytes scanned, with and without what is passed over. */
  #read = 0;
  #counted = 0;
  /** Within a terminal's escape sequence: 1 after ESC, 2 after ESC [. */
  #escape = 0;

  constructor(automaton: Automaton) {
    this.#automaton = automaton;
  }

  get read(): number {
    return this.#read;
  }

  /** Phrases that the text broke off within, the longest beginning first: `read` of their bytes were there. */
  *brokenOff(): Generator<{ readonly phrases: readonly number[]; readonly read: number }> {
    const { suffix, depth, begun } = this.#automaton;
    for (let state = this.#state; state !== 0; state = suffix[state] ?? 0)
      yield { phrases: begun[state] ?? [], read: depth[state] ?? 0 };
  }

  get counted(): number {
    return this.#counted;
  }

  /** Calls `found` for every phrase that ends in these bytes, in order. */
  scan(bytes: Uint8Array, found: (hit: Hit) => void): void {
    const { next, firstFinal, classes, classOf, ends, lengths } = this.#automaton;
    const size = bytes.length;
    let state = this.#state;
    let counted = this.#counted;
    let escaping = this.#escape;
    for (let i = 0; i < size; i++) {
      const byte = bytes[i] as number;
      const input = classOf[byte] as number;
      if (input === ESCAPE) {
        escaping = 1;
        continue;
      }
      if (escaping !== 0) {
        // ECMA-48 §5.4: ESC [, parameters and intermediates 0x20–0x3f, then one final byte.
        const within = escaping === 1 ? byte === 91 : true;
        escaping = !within || (escaping === 2 && byte >= 0x40) ? 0 : 2;
        if (within) continue;
      }
      // No branch for blanks: their class leads from each state to itself. Words are short, and a branch that is guessed
      // wrong twice a word costs more than the look-up.
      state = next[state * classes + input] as number;
      counted += input === SKIPPED ? 0 : 1;
      if (state >= firstFinal && input !== SKIPPED)
        for (const phrase of ends[state] as readonly number[]) {
          const length = lengths[phrase] as number;
          found({ phrase, end: this.#read + i + 1, at: counted - length, length });
        }
    }
    this.#state = state;
    this.#counted = counted;
    this.#escape = escaping;
    this.#read += size;
  }
}

/** Without what is passed over, in lower case. */
const squeeze = (phrase: string): Uint8Array =>
  new TextEncoder().encode(phrase.replace(/[\u0000-\u0020'"`\\,-]/g, '').toLowerCase());
