// What the server really sent: its side of a TLS handshake, finished or broken off, read from the recorded bytes. TLS 1.2
// flights lie open; those of TLS 1.3 are opened with the secrets of the key log. Whatever the bytes are, an answer comes.
import { RecordReader } from './decrypt.ts';
import { ALERTS, CIPHERS, GROUPS, protocolOf, VERSIONS } from './names.ts';
import { Reader, Truncated } from './reader.ts';

export interface Alert {
  readonly level: 'warning' | 'fatal';
  readonly number: number;
  /** RFC 8446 §6's name, or `alert N`. */
  readonly name: string;
}

export interface CertificateRequest {
  /** Acceptable CAs: DER of distinguished names. */
  readonly authorities: readonly Uint8Array[];
  /** SignatureScheme numbers. */
  readonly signatureAlgorithms: readonly number[];
}

export interface Flight {
  /** `silent`: not one byte came. `not-tls`: the first bytes are no TLS record. */
  readonly kind: 'tls' | 'not-tls' | 'silent';
  /** Of the ServerHello; null when none came. */
  readonly version: string | null;
  /** OpenSSL's name, or `0xNNNN`. */
  readonly cipher: string | null;
  readonly group: string | null;
  readonly alpn: string | null;
  /** DER, exactly as sent: order, duplicates, strangers. */
  readonly certificates: readonly Uint8Array[];
  /** DER of the stapled OCSP response of the leaf. */
  readonly staple: Uint8Array | null;
  readonly certificateRequest: CertificateRequest | null;
  readonly alerts: readonly Alert[];
  /** Size of the prime of a DHE key exchange. */
  readonly dhBits: number | null;
  /** The server knows RFC 5746, or speaks TLS 1.3. */
  readonly secureRenegotiation: boolean | null;
  /** At most 80 octets. */
  readonly firstBytes: Uint8Array;
  /** What a peer that speaks no TLS speaks. */
  readonly peerSpeaks: string | null;
  /** How far the server got: `nothing`, `server-hello`, `certificate`, `finished`. */
  readonly reached: 'nothing' | 'server-hello' | 'certificate' | 'finished';
  /** What could not be read, in words; null when all could. */
  readonly problem: string | null;
}

/**
 * Reads everything the server sent on one connection.
 * @param received the bytes, from the first one on
 * @param keylog lines of the NSS key log format; needed for TLS 1.3 only
 */
export function readFlight({
  received,
  keylog,
}: {
  readonly received: Uint8Array;
  readonly keylog: readonly string[];
}): Flight {
  const reading = new FlightReader(received, keylog);
  try {
    reading.records();
  } catch (error) {
    if (!(error instanceof Truncated)) throw error;
    reading.problem ??= error.message;
  }
  return reading.result();
}

/** A certificate message larger than this is not kept: OpenSSL itself gives up at 100 KiB (SSL_MAX_CERT_LIST_DEFAULT). */
const MAX_MESSAGE = 4 << 20;
const MAX_ALERTS = 16;
const HELLO_RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

class FlightReader {
  readonly #received: Uint8Array;
  readonly #secrets: ReadonlyMap<string, Uint8Array>;
  #version: number | null = null;
  #cipher: number | null = null;
  #group: number | null = null;
  #alpn: string | null = null;
  #certificates: Uint8Array[] = [];
  #staple: Uint8Array | null = null;
  #request: CertificateRequest | null = null;
  #alerts: Alert[] = [];
  #dhBits: number | null = null;
  #secureRenegotiation: boolean | null = null;
  #finished = false;
  #notTls = false;
  #handshake: Uint8Array[] = [];
  #buffered = 0;
  #keys: RecordReader | null = null;
  problem: string | null = null;

  constructor(received: Uint8Array, keylog: readonly string[]) {
    this.#received = received;
    this.#secrets = new Map(
      keylog.flatMap(line => {
        const [label, , secret] = line.trim().split(' ');
        return label && secret ? [[label, Buffer.from(secret, 'hex')] as const] : [];
      }),
    );
  }

  records(): void {
    const reader = new Reader(this.#received);
    while (reader.left > 0) {
      const first = this.#received[this.#received.length - reader.left] ?? 0;
      if (first < 20 || first > 24) {
        if (this.#version === null && this.#alerts.length === 0) this.#notTls = true;
        else this.problem ??= 'something that is no TLS record follows';
        return;
      }
      const header = reader.take(5);
      if (header[1] !== 3) {
        if (this.#version === null) this.#notTls = true;
        return;
      }
      const body = reader.take(((header[3] ?? 0) << 8) | (header[4] ?? 0));
      if (!this.#record(header, body)) return;
    }
  }

  /** @returns false when nothing after this record can be read */
  #record(header: Uint8Array, body: Uint8Array): boolean {
    const type = header[0];
    // After this one TLS 1.2 is encrypted with keys nobody logs; in TLS 1.3 it means nothing (RFC 8446 §5).
    if (type === 20) return this.#version === 0x0304 || this.#version === null;
    if (type === 21) this.#alert(body);
    else if (type === 22) this.#handshakeBytes(body);
    else if (type === 23) return this.#sealed(header, body);
    return true;
  }

  #sealed(header: Uint8Array, body: Uint8Array): boolean {
    if (this.#keys === null) {
      const secret = this.#secrets.get('SERVER_HANDSHAKE_TRAFFIC_SECRET');
      this.#keys = secret && this.#cipher !== null ? RecordReader.of(this.#cipher, secret) : null;
    }
    const opened = this.#keys?.open(header, body);
    if (!opened) {
      if (!this.#finished) this.problem ??= 'an encrypted record could not be opened';
      return false;
    }
    if (opened.type === 21) this.#alert(opened.content);
    else if (opened.type === 22) this.#handshakeBytes(opened.content);
    return true;
  }

  #alert(body: Uint8Array): void {
    const [level, number] = body;
    if (level === undefined || number === undefined || body.length !== 2 || this.#alerts.length >= MAX_ALERTS) return;
    this.#alerts.push({ level: level === 1 ? 'warning' : 'fatal', number, name: ALERTS[number] ?? `alert ${number}` });
  }

  /** Messages may span records, and records may hold several messages. */
  #handshakeBytes(bytes: Uint8Array): void {
    this.#handshake.push(bytes);
    this.#buffered += bytes.length;
    while (this.#buffered >= 4) {
      const [head = new Uint8Array()] = this.#handshake;
      if (head.length < 4) this.#handshake = [Buffer.concat(this.#handshake)];
      const start = this.#handshake[0] ?? head;
      const length = ((start[1] ?? 0) << 16) | ((start[2] ?? 0) << 8) | (start[3] ?? 0);
      if (length > MAX_MESSAGE) throw new Truncated(`a handshake message of ${length} octets is too large to look at`);
      if (this.#buffered < length + 4) return;
      const all = this.#handshake.length === 1 ? start : Buffer.concat(this.#handshake);
      this.#handshake = [all.subarray(length + 4)];
      this.#buffered = all.length - length - 4;
      this.#message(all[0] ?? 0, new Reader(all.subarray(4, length + 4)));
    }
  }

  #message(type: number, body: Reader): void {
    switch (type) {
      case 2:
        return this.#serverHello(body);
      case 8:
        return this.#extensions(body.vector(2));
      case 11:
        return this.#certificate(body);
      case 12:
        return this.#serverKeyExchange(body);
      case 13:
        return this.#certificateRequest(body);
      case 20:
        this.#finished = true;
        return this.#applicationKeys();
      case 22:
        if (body.uint(1) === 1) this.#staple ??= body.vector(3).rest();
        return;
      case 24:
        this.#keys = this.#keys?.next() ?? null;
        return;
      default:
    }
  }

  #applicationKeys(): void {
    const secret = this.#secrets.get('SERVER_TRAFFIC_SECRET_0');
    this.#keys = secret && this.#cipher !== null ? RecordReader.of(this.#cipher, secret) : null;
  }

  #serverHello(body: Reader): void {
    const legacy = body.uint(2);
    const random = Buffer.from(body.take(32)).toString('hex');
    body.vector(1);
    const cipher = body.uint(2);
    body.uint(1);
    this.#version = legacy;
    this.#cipher = cipher;
    this.#secureRenegotiation = false;
    if (body.left > 0) this.#extensions(body.vector(2));
    if (this.#version === 0x0304) this.#secureRenegotiation = true;
    if (random === HELLO_RETRY) this.#keys = null;
  }

  #extensions(list: Reader): void {
    while (list.left > 0) {
      const type = list.uint(2);
      const body = list.vector(2);
      if (type === 43) this.#version = body.uint(2);
      else if (type === 51) this.#group = body.uint(2);
      else if (type === 16) this.#alpn = Buffer.from(body.vector(2).vector(1).rest()).toString('latin1');
      else if (type === 0xff01) this.#secureRenegotiation = true;
    }
  }

  #certificate(body: Reader): void {
    if (this.#certificates.length > 0) return;
    const tls13 = this.#version === 0x0304;
    if (tls13) body.vector(1);
    const list = body.vector(3);
    while (list.left > 0) {
      this.#certificates.push(list.vector(3).rest());
      if (!tls13) continue;
      const extensions = list.vector(2);
      while (extensions.left > 0) {
        const type = extensions.uint(2);
        const value = extensions.vector(2);
        if (type === 5 && this.#certificates.length === 1 && value.uint(1) === 1) this.#staple = value.vector(3).rest();
      }
    }
  }

  #serverKeyExchange(body: Reader): void {
    const exchange = CIPHERS[this.#cipher ?? 0]?.[1];
    if (exchange === 'ECDHE') {
      if (body.uint(1) === 3) this.#group = body.uint(2);
    } else if (exchange === 'DHE') {
      const prime = body.vector(2).rest();
      const leading = prime.findIndex(octet => octet !== 0);
      this.#dhBits = leading < 0 ? 0 : (prime.length - leading) * 8 - Math.clz32(prime[leading] ?? 0) + 24;
    }
  }

  #certificateRequest(body: Reader): void {
    const authorities: Uint8Array[] = [];
    let signatureAlgorithms: number[] = [];
    const names = (list: Reader) => {
      while (list.left > 0) authorities.push(list.vector(2).rest());
    };
    if (this.#version === 0x0304) {
      body.vector(1);
      const extensions = body.vector(2);
      while (extensions.left > 0) {
        const type = extensions.uint(2);
        const value = extensions.vector(2);
        if (type === 13) signatureAlgorithms = numbers(value.vector(2));
        else if (type === 47) names(value.vector(2));
      }
    } else {
      body.vector(1);
      if (this.#version === 0x0303) signatureAlgorithms = numbers(body.vector(2));
      names(body.vector(2));
    }
    this.#request = { authorities, signatureAlgorithms };
  }

  result(): Flight {
    const silent = this.#received.length === 0;
    const firstBytes = this.#received.subarray(0, 80);
    return {
      kind: silent ? 'silent' : this.#notTls ? 'not-tls' : 'tls',
      version: this.#version === null ? null : (VERSIONS[this.#version] ?? `0x${this.#version.toString(16)}`),
      cipher:
        this.#cipher === null
          ? null
          : (CIPHERS[this.#cipher]?.[0] ?? `0x${this.#cipher.toString(16).padStart(4, '0')}`),
      group: this.#group === null ? null : (GROUPS[this.#group] ?? `group ${this.#group}`),
      alpn: this.#alpn,
      certificates: this.#certificates,
      staple: this.#staple,
      certificateRequest: this.#request,
      alerts: this.#alerts,
      dhBits: this.#dhBits,
      secureRenegotiation: this.#secureRenegotiation,
      firstBytes,
      peerSpeaks: silent ? 'silence' : this.#notTls ? protocolOf(this.#received) : null,
      reached: this.#finished
        ? 'finished'
        : this.#certificates.length > 0
          ? 'certificate'
          : this.#version !== null
            ? 'server-hello'
            : 'nothing',
      problem: this.problem,
    };
  }
}

function numbers(list: Reader): number[] {
  const found: number[] = [];
  while (list.left > 1) found.push(list.uint(2));
  return found;
}
