// TLS 1.3 record protection, the reading side (RFC 8446 §5.2, §7.1, §7.3), from secrets of a key log.
import { createDecipheriv, createHmac } from 'node:crypto';

interface Suite {
  readonly hash: 'sha256' | 'sha384';
  readonly cipher: 'aes-128-gcm' | 'aes-256-gcm' | 'chacha20-poly1305' | 'aes-128-ccm';
  readonly keyLength: number;
  readonly tagLength: number;
}

const SUITES: Readonly<Record<number, Suite>> = {
  4865: { hash: 'sha256', cipher: 'aes-128-gcm', keyLength: 16, tagLength: 16 },
  4866: { hash: 'sha384', cipher: 'aes-256-gcm', keyLength: 32, tagLength: 16 },
  4867: { hash: 'sha256', cipher: 'chacha20-poly1305', keyLength: 32, tagLength: 16 },
  4868: { hash: 'sha256', cipher: 'aes-128-ccm', keyLength: 16, tagLength: 16 },
  4869: { hash: 'sha256', cipher: 'aes-128-ccm', keyLength: 16, tagLength: 8 },
};

/** Opens the records of one direction and one traffic secret, in order. */
export class RecordReader {
  readonly #suite: Suite;
  readonly #key: Uint8Array;
  readonly #iv: Uint8Array;
  readonly #secret: Uint8Array;
  #sequence = 0;

  private constructor(suite: Suite, secret: Uint8Array) {
    this.#suite = suite;
    this.#secret = secret;
    this.#key = expandLabel(suite.hash, secret, 'key', suite.keyLength);
    this.#iv = expandLabel(suite.hash, secret, 'iv', 12);
  }

  /** null for a cipher suite that is not TLS 1.3's. */
  static of(suiteNumber: number, secret: Uint8Array): RecordReader | null {
    const suite = SUITES[suiteNumber];
    return suite ? new RecordReader(suite, secret) : null;
  }

  /** The reader after a KeyUpdate (RFC 8446 §7.2). */
  next(): RecordReader {
    return new RecordReader(
      this.#suite,
      expandLabel(this.#suite.hash, this.#secret, 'traffic upd', this.#secret.length),
    );
  }

  /** TLSInnerPlaintext without its padding; null when the record does not open with this key. */
  open(header: Uint8Array, body: Uint8Array): { readonly type: number; readonly content: Uint8Array } | null {
    const { cipher, tagLength } = this.#suite;
    if (body.length < tagLength + 1) return null;
    const nonce = Uint8Array.from(this.#iv);
    for (let i = 0, sequence = this.#sequence; i < 6; i += 1, sequence = Math.floor(sequence / 256))
      nonce[11 - i] = (nonce[11 - i] ?? 0) ^ (sequence % 256);
    const sealed = body.subarray(0, body.length - tagLength);
    try {
      const decipher = createDecipheriv(cipher as 'aes-128-ccm', this.#key, nonce, { authTagLength: tagLength });
      decipher.setAuthTag(body.subarray(body.length - tagLength));
      decipher.setAAD(header, { plaintextLength: sealed.length });
      const plain = decipher.update(sealed);
      decipher.final();
      this.#sequence += 1;
      let end = plain.length - 1;
      while (end >= 0 && plain[end] === 0) end -= 1;
      return end < 0 ? null : { type: plain[end] ?? 0, content: plain.subarray(0, end) };
    } catch {
      return null;
    }
  }
}

/** HKDF-Expand-Label with an empty context; one HMAC block is enough for every length asked here. */
function expandLabel(hash: string, secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.from([length >> 8, length & 255, name.length]), name, Buffer.from([0, 1])]);
  return createHmac(hash, secret).update(info).digest().subarray(0, length);
}
