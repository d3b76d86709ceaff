// A cursor over bytes from outside. Running past the end is the sender's fault and is thrown as Truncated.

export class Truncated extends Error {
  readonly code = 'TLSDOCTOR_TRUNCATED';
}

export class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  /** Big-endian unsigned integer of 1 to 4 octets. */
  uint(octets: number): number {
    return this.take(octets).reduce((value, octet) => value * 256 + octet, 0);
  }

  take(length: number): Uint8Array {
    if (length > this.left) throw new Truncated(`${length} octets announced, ${this.left} there`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** A vector with its length before it (RFC 8446 §3.4). */
  vector(lengthOctets: number): Reader {
    return new Reader(this.take(this.uint(lengthOctets)));
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }
}
