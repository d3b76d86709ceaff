// ASN.1 BER/DER, as much of it as certificates need: one element at a time, by offset, nothing copied, nothing recursive.
// Reads what OpenSSL's asn1_lib.c reads (indefinite and non-minimal lengths too), because the verdict must be OpenSSL's.
import { MAX_NESTING, MAX_STRING_NESTING } from './budget.ts';

/** One element inside `bytes`: `[at, next)` is all of it, `[from, to)` its content. */
export interface Element {
  readonly bytes: Uint8Array;
  /** The identifier octet; for tag numbers above 30 the octet with the number times 256 added. */
  readonly tag: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly next: number;
  /** Length given by an end-of-contents mark (BER). */
  readonly indefinite: boolean;
}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
  generalizedTime: 0x18,
} as const;

/** Bytes that are not the ASN.1 they should be; `offset` counts from the start of the outermost value. */
export class MalformedDer extends Error {
  readonly code = 'TLSDOCTOR_MALFORMED_DER';
  readonly offset: number;
  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

/** Reads the element at `at`; it must end by `end`. Throws MalformedDer. */
export function element(bytes: Uint8Array, at: number, end: number = bytes.length): Element {
  const head = header(bytes, at, end);
  if (head.length >= 0) {
    const to = head.from + head.length;
    return { bytes, tag: head.tag, at, from: head.from, to, next: to, indefinite: false };
  }
  const to = endOfContents(bytes, head.from, end);
  return { bytes, tag: head.tag, at, from: head.from, to, next: to + 2, indefinite: true };
}

/** Elements inside a constructed one. Throws MalformedDer when its content is not a run of elements. */
export function children(parent: Element): Element[] {
  const found: Element[] = [];
  for (let at = parent.from; at < parent.to; ) {
    const child = element(parent.bytes, at, parent.to);
    if (child.tag === 0 && child.to === child.from)
      throw new MalformedDer('an end-of-contents mark stands where nothing ends', at);
    found.push(child);
    at = child.next;
  }
  return found;
}

/** The element, when its tag is the one wanted. Throws MalformedDer otherwise. */
export function expect(found: Element | undefined, tag: number, what: string, at: number): Element {
  if (found === undefined) throw new MalformedDer(`${what} is missing`, at);
  if (found.tag !== tag)
    throw new MalformedDer(`${what} has the ASN.1 tag ${hexTag(found.tag)}, not ${hexTag(tag)}`, found.at);
  return found;
}

/**
 * The elements of a SEQUENCE OF or SET OF. OpenSSL does not look at the “constructed” bit of these, and reads 0x10 for
 * 0x30 (tasn_dec.c asn1_template_noexp_d2i).
 */
export function items(found: Element | undefined, tag: number, what: string, at: number): Element[] {
  if (found === undefined) throw new MalformedDer(`${what} is missing`, at);
  if (!isList(found, tag)) expect(found, tag, what, at);
  return children(found);
}

/** Whether an element has this tag, however it is constructed. */
export function isList(found: Element | undefined, tag: number): boolean {
  return found !== undefined && (found.tag | CONSTRUCTED) === (tag | CONSTRUCTED);
}

/** A string type's octets; one that is cut in pieces (BER) is put together, as asn1_collect does. */
export function string(of: Element, tag: number, what: string): Uint8Array {
  if (of.tag === tag) return content(of);
  if (of.tag !== (tag | CONSTRUCTED)) expect(of, tag, what, of.at);
  return Buffer.concat(pieces(of, 0));
}

/**
 * Checks a value of any type as OpenSSL's ASN1_ANY does, and gives its universal tag number (0 for other classes) and
 * octets; a SEQUENCE or SET keeps its header. Throws MalformedDer.
 */
export function any(of: Element): { readonly number: number; readonly octets: Uint8Array } {
  if ((of.tag & 0xc0) !== 0 || of.tag > 0xff) return { number: 0, octets: content(of) };
  const number = of.tag & 0x1f;
  const constructed = (of.tag & CONSTRUCTED) !== 0;
  if (number === 0x10 || number === 0x11) {
    if (!constructed) throw new MalformedDer('a sequence is not constructed', of.at);
    return { number, octets: whole(of) };
  }
  if (constructed && NEVER_CONSTRUCTED.has(number)) throw new MalformedDer('a simple value is constructed', of.at);
  const octets = constructed ? Buffer.concat(pieces(of, 0)) : content(of);
  if (number === TAG.boolean) boolean(of);
  else if (number === TAG.integer || number === TAG.enumerated) integer(of, of.tag);
  else if (number === TAG.oid) oid(of);
  else if (number === TAG.bitString) bitString(of);
  else if (number === TAG.null && octets.length > 0) throw new MalformedDer('a NULL has content', of.at);
  else if ((number === 0x1e && octets.length % 2 !== 0) || (number === 0x1c && octets.length % 4 !== 0))
    throw new MalformedDer('a string is cut short', of.at);
  return { number, octets };
}

/** Content octets, not copied. */
export function content(of: Element): Uint8Array {
  return of.bytes.subarray(of.from, of.to);
}

/** All octets of the element, header included, not copied. */
export function whole(of: Element): Uint8Array {
  return of.bytes.subarray(of.at, of.next);
}

/** An OBJECT IDENTIFIER's dotted text. Throws MalformedDer for what OpenSSL's ossl_c2i_ASN1_OBJECT refuses. */
export function oid(of: Element, tag: number = TAG.oid): string {
  expect(of, tag, 'an object identifier', of.at);
  const { bytes, from, to } = of;
  if (to === from || (byte(bytes, to - 1) & 0x80) !== 0)
    throw new MalformedDer('an object identifier is cut short', of.at);
  const known = to - from < 20 ? memory(bytes, from, to) : undefined;
  if (known?.text) return known.text;
  const arcs: string[] = [];
  for (let at = from; at < to; ) {
    if (byte(bytes, at) === 0x80) throw new MalformedDer('an object identifier has a padded arc', at);
    let value = 0n;
    let small = 0;
    let length = 0;
    for (;;) {
      const octet = byte(bytes, at++);
      // Arcs are unbounded in ASN.1; past 9 octets (63 bits) nobody reads them as numbers, so hexadecimal will do.
      if (++length <= 9) value = (value << 7n) | BigInt(octet & 0x7f);
      small = (small * 31 + octet) >>> 0;
      if ((octet & 0x80) === 0) break;
    }
    if (length > 9) arcs.push(`x${small.toString(16)}`);
    else if (arcs.length === 0) {
      const first = value < 80n ? value / 40n : 2n;
      arcs.push(String(first), String(value - first * 40n));
    } else arcs.push(String(value));
  }
  const text = arcs.join('.');
  known?.remember(text);
  return text;
}

/** INTEGER content octets, big-endian two's complement. Throws for what OpenSSL refuses: empty or padded. */
export function integer(of: Element, tag: number = TAG.integer): Uint8Array {
  expect(of, tag, 'an integer', of.at);
  const value = content(of);
  if (value.length === 0) throw new MalformedDer('an integer is empty', of.at);
  const [first = 0, second = 0] = value;
  if (value.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80)))
    throw new MalformedDer('an integer is padded', of.at);
  return value;
}

/** A non-negative INTEGER as a number; null when negative, Infinity when above 2^53. */
export function smallInteger(octets: Uint8Array): number | null {
  if ((octets[0] ?? 0) >= 0x80) return null;
  let value = 0;
  for (const octet of octets) value = value * 256 + octet;
  return value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : value;
}

/** BIT STRING octets, unused bits cleared, and how many bits of the last octet are unused. */
export function bitString(
  of: Element,
  tag: number = TAG.bitString,
): { readonly octets: Uint8Array; readonly unused: number } {
  const value = string(of, tag, 'a bit string');
  const [unused] = value;
  if (unused === undefined) throw new MalformedDer('a bit string is empty', of.at);
  if (unused > 7) throw new MalformedDer('a bit string has more than 7 unused bits', of.from);
  const octets = value.subarray(1);
  const last = octets.length - 1;
  if (unused === 0 || last < 0 || (byte(octets, last) & ((1 << unused) - 1)) === 0) return { octets, unused };
  const cleared = octets.slice();
  cleared[last] = byte(octets, last) & (0xff << unused);
  return { octets: cleared, unused };
}

/** A BOOLEAN; BER's “anything but 0 is true”, as OpenSSL reads it. */
export function boolean(of: Element, tag: number = TAG.boolean): boolean {
  expect(of, tag, 'a boolean', of.at);
  if (of.to - of.from !== 1) throw new MalformedDer('a boolean is not one octet long', of.at);
  return byte(of.bytes, of.from) !== 0;
}

/** Writes an element: a tag below 31, and the contents one after another. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Uint8Array {
  const inner = Buffer.concat(contents);
  const length: number[] = [];
  for (let rest = inner.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const header = inner.length < 128 ? [tag, inner.length] : [tag, 0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from(header), inner]);
}

/** Writes an OBJECT IDENTIFIER whose arcs are below 2^53. */
export function encodeOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const octets = (arc: number): number[] => {
    const found = [arc % 128];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) found.unshift((rest % 128) | 0x80);
    return found;
  };
  return encode(TAG.oid, Buffer.from([first * 40 + second, ...arcs].flatMap(octets)));
}

/** Whether two runs of octets are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function pieces(of: Element, depth: number): Uint8Array[] {
  return children(of).flatMap(piece => {
    if ((piece.tag & CONSTRUCTED) === 0) return [content(piece)];
    if (depth >= MAX_STRING_NESTING) throw new MalformedDer('the pieces of a string are nested too deeply', piece.at);
    return pieces(piece, depth + 1);
  });
}

const CONSTRUCTED = 0x20;
const NEVER_CONSTRUCTED = new Set<number>([TAG.boolean, TAG.integer, TAG.null, TAG.oid, TAG.enumerated]);

/** Octet at an index known to be inside. */
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

interface Header {
  readonly tag: number;
  readonly from: number;
  /** -1: indefinite. */
  readonly length: number;
}

function header(bytes: Uint8Array, start: number, end: number): Header {
  let at = start;
  if (at >= end) throw new MalformedDer('an ASN.1 element is missing', start);
  const first = byte(bytes, at++);
  let tag = first;
  if ((first & 0x1f) === 0x1f) {
    let number = 0;
    for (;;) {
      if (at >= end) throw new MalformedDer('an ASN.1 tag is cut short', start);
      const octet = byte(bytes, at++);
      number = number * 128 + (octet & 0x7f);
      // OpenSSL stops at INT_MAX (ASN1_get_object).
      if (number > 0x7fffffff) throw new MalformedDer('an ASN.1 tag number is too large', start);
      if ((octet & 0x80) === 0) break;
    }
    // OpenSSL takes the long form for small numbers too.
    tag = number < 0x1f ? (first & 0xe0) | number : first + number * 256;
  }
  if (at >= end) throw new MalformedDer('an ASN.1 length is missing', start);
  const lead = byte(bytes, at++);
  if (lead === 0x80) {
    if ((first & 0x20) === 0) throw new MalformedDer('a primitive ASN.1 element has no length', start);
    return { tag, from: at, length: -1 };
  }
  let length = lead;
  if (lead > 0x80) {
    const octets = lead & 0x7f;
    if (at + octets > end) throw new MalformedDer('an ASN.1 length is cut short', start);
    length = 0;
    for (let i = 0; i < octets; i++) {
      length = length * 256 + byte(bytes, at++);
      if (length > 0x7fffffff) throw new MalformedDer('an ASN.1 length is too large', start);
    }
  }
  if (length > end - at) throw new MalformedDer('an ASN.1 element runs past the end of what contains it', start);
  return { tag, from: at, length };
}

/** Where the end-of-contents mark of an indefinite length stands that starts at `from`. Linear, bounded in depth. */
function endOfContents(bytes: Uint8Array, from: number, end: number): number {
  let depth = 1;
  let at = from;
  for (;;) {
    if (at + 2 > end) throw new MalformedDer('an end-of-contents mark is missing', from);
    if (byte(bytes, at) === 0 && byte(bytes, at + 1) === 0) {
      if (--depth === 0) return at;
      at += 2;
      continue;
    }
    const head = header(bytes, at, end);
    if (head.length < 0) {
      if (++depth > MAX_NESTING) throw new MalformedDer('ASN.1 elements are nested too deeply', at);
      at = head.from;
    } else at = head.from + head.length;
  }
}

// The same few object identifiers stand in every certificate; making their text anew took a third of parsing (150 roots, Node 20).
const OIDS = new Map<string, string>();

function memory(bytes: Uint8Array, from: number, to: number) {
  let key = '';
  for (let at = from; at < to; at++) key += String.fromCharCode(byte(bytes, at));
  return {
    text: OIDS.get(key),
    remember(text: string) {
      if (OIDS.size < 2000) OIDS.set(key, text);
    },
  };
}

function hexTag(tag: number): string {
  return `0x${tag.toString(16)}`;
}
