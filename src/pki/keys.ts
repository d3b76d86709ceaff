// Public keys and signature algorithms: what they are called, how strong OpenSSL holds them to be, and checking a signature.
import { constants, createPublicKey, type KeyObject, verify as verifyBytes } from 'node:crypto';
import { MAX_RSA_BITS } from './budget.ts';
import {
  any,
  bitString,
  children,
  content,
  type Element,
  element,
  encode,
  encodeOid,
  expect,
  integer,
  MalformedDer,
  oid,
  smallInteger,
  TAG,
  whole,
} from './der.ts';

export type KeyKind = 'rsa' | 'rsa-pss' | 'ec' | 'ed25519' | 'ed448' | 'x25519' | 'x448' | 'dsa' | 'other';

/** What a subjectPublicKeyInfo says of itself; `text` is for people: `RSA 2048`, `EC P-256`, `Ed25519`. */
export interface KeyInfo {
  readonly kind: KeyKind;
  readonly text: string;
  /** Modulus, prime or group order size; 0 when it cannot be read. */
  readonly bits: number;
  /** EC parameters spelled out instead of a curve's name, which OpenSSL refuses in a chain (94). */
  readonly explicitCurve: boolean;
  /** EVP_PKEY_get_security_bits. */
  readonly securityBits: number;
}

/** An AlgorithmIdentifier. */
export interface Algorithm {
  readonly oid: string;
  /** The parameters element, all octets; null when absent. */
  readonly parameters: Uint8Array | null;
}

/** What a signature algorithm asks for. */
export interface SignatureInfo {
  /** For people: `ecdsa-with-SHA256`, `RSASSA-PSS (sha256)`, or the OID. */
  readonly text: string;
  /** Kind of key that makes such signatures; null = an algorithm OpenSSL does not know. */
  readonly key: KeyKind | null;
  /** node:crypto's name; null when the algorithm has its own (Ed25519). */
  readonly digest: string | null;
  /** X509_get_signature_info's security bits; null = it fails, which counts as too weak. */
  readonly securityBits: number | null;
  readonly pss: { readonly digest: string; readonly mgfDigest: string; readonly saltLength: number } | null;
}

export function readAlgorithm(of: Element): Algorithm {
  expect(of, TAG.sequence, 'an algorithm identifier', of.at);
  const [type, parameters, ...rest] = children(of);
  if (!type || rest.length > 0) throw new MalformedDer('an algorithm identifier has the wrong number of parts', of.at);
  if (parameters) any(parameters);
  return { oid: oid(type), parameters: parameters ? whole(parameters) : null };
}

/** X509_ALGOR_cmp: absent parameters and NULL are different things. */
export function sameAlgorithm(a: Algorithm, b: Algorithm): boolean {
  if (a.oid !== b.oid) return false;
  if (a.parameters === null || b.parameters === null) return a.parameters === b.parameters;
  return Buffer.compare(a.parameters, b.parameters) === 0;
}

/** What the algorithm identifier of a signature means. */
export function signatureInfo(algorithm: Algorithm): SignatureInfo {
  if (algorithm.oid === OID_PSS) return pssInfo(algorithm);
  const known = SIGNATURES[algorithm.oid];
  if (!known) return { text: algorithm.oid, key: null, digest: null, securityBits: null, pss: null };
  const [text, key, digest] = known;
  const own = key === 'ed25519' ? 128 : key === 'ed448' ? 224 : null;
  return { text, key, digest, securityBits: digest ? digestSecurityBits(digest) : own, pss: null };
}

/**
 * Whether `signature` (BIT STRING octets) over `signed` was made with the key, as ASN1_item_verify would find.
 * Never throws: a key of the wrong type, or an unknown digest, is a failed signature.
 */
export function verifySignature(
  signed: Uint8Array,
  algorithm: Algorithm,
  signature: Uint8Array,
  key: KeyObject,
): boolean {
  const info = signatureInfo(algorithm);
  const kind = keyObjectKind(key);
  if (info.key === null || !canMake(kind, info.key)) return false;
  try {
    if (info.pss) return verifyPss(signed, info.pss, signature, key);
    if (info.digest === null) return OWN_DIGEST.has(info.key) && verifyBytes(null, signed, key, signature);
    return verifyBytes(info.digest, signed, key, signature);
  } catch {
    return false;
  }
}

/** Whether a key of this kind makes signatures that need a key of that kind (v3_purp.c check_sig_alg_match). */
export function canMake(key: KeyKind, needed: KeyKind): boolean {
  return key === needed || (key === 'rsa' && needed === 'rsa-pss');
}

/** Reads a subjectPublicKeyInfo for description; never throws, an unreadable key is of kind `other`. */
export function keyInfo(spki: Uint8Array): KeyInfo {
  try {
    return describe(element(spki, 0));
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return { kind: 'other', text: 'unreadable key', bits: 0, explicitCurve: false, securityBits: 0 };
  }
}

/** The key for node:crypto; null when OpenSSL cannot decode it. */
export function keyObject(spki: Uint8Array): KeyObject | null {
  try {
    const key = createPublicKey({
      key: Buffer.from(spki.buffer, spki.byteOffset, spki.byteLength),
      format: 'der',
      type: 'spki',
    });
    return key.asymmetricKeyType === undefined ? null : key;
  } catch {
    return null;
  }
}

export function keyObjectKind(key: KeyObject): KeyKind {
  const type = key.asymmetricKeyType;
  return type !== undefined && KINDS.has(type) ? (type as KeyKind) : 'other';
}

function describe(of: Element): KeyInfo {
  const [identifier, bits] = children(expect(of, TAG.sequence, 'a public key', of.at));
  if (!identifier || !bits) throw new MalformedDer('a public key is incomplete', of.at);
  const { oid: type, parameters } = readAlgorithm(identifier);
  const { octets } = bitString(bits);
  const plain = { explicitCurve: false };
  switch (type) {
    case '1.2.840.113549.1.1.1':
    case OID_PSS: {
      const [modulus] = children(expect(element(octets, 0), TAG.sequence, 'an RSA key', 0));
      const size = modulus ? bitLength(content(modulus)) : 0;
      const pss = type === OID_PSS;
      return {
        ...plain,
        kind: pss ? 'rsa-pss' : 'rsa',
        text: `${pss ? 'RSA-PSS' : 'RSA'} ${size}`,
        bits: size,
        securityBits: rsaSecurityBits(size),
      };
    }
    case '1.2.840.10045.2.1':
      return describeEc(parameters);
    case '1.3.101.110':
      return { ...plain, kind: 'x25519', text: 'X25519', bits: 253, securityBits: 128 };
    case '1.3.101.111':
      return { ...plain, kind: 'x448', text: 'X448', bits: 448, securityBits: 224 };
    case '1.3.101.112':
      return { ...plain, kind: 'ed25519', text: 'Ed25519', bits: 256, securityBits: 128 };
    case '1.3.101.113':
      return { ...plain, kind: 'ed448', text: 'Ed448', bits: 456, securityBits: 224 };
    case '1.2.840.10040.4.1': {
      const [prime, subgroup] = parameters ? children(element(parameters, 0)) : [];
      const size = prime ? bitLength(content(prime)) : 0;
      const order = subgroup ? bitLength(content(subgroup)) : 0;
      return {
        ...plain,
        kind: 'dsa',
        text: `DSA ${size}`,
        bits: size,
        securityBits: discreteSecurityBits(size, order),
      };
    }
    default:
      return { ...plain, kind: 'other', text: type, bits: 0, securityBits: 0 };
  }
}

function describeEc(parameters: Uint8Array | null): KeyInfo {
  if (!parameters) throw new MalformedDer('an EC key names no curve', 0);
  const of = element(parameters, 0);
  if (of.tag === TAG.oid) {
    const type = oid(of);
    const [name, bits] = CURVES[type] ?? [type, 0];
    return { kind: 'ec', text: `EC ${name}`, bits, explicitCurve: false, securityBits: curveSecurityBits(bits) };
  }
  // SpecifiedECDomain: version, fieldID, curve, base, order.
  const order = children(expect(of, TAG.sequence, 'the parameters of an EC key', of.at))[4];
  const bits = order ? bitLength(integer(order)) : 0;
  return {
    kind: 'ec',
    text: `EC explicit parameters (${bits} bits)`,
    bits,
    explicitCurve: true,
    securityBits: curveSecurityBits(bits),
  };
}

function bitLength(octets: Uint8Array): number {
  const first = octets.findIndex(octet => octet !== 0);
  if (first < 0) return 0;
  return (octets.length - first) * 8 - Math.clz32(octets[first] ?? 0) + 24;
}

/** RSA_security_bits: what the field sieve would cost (rsa_lib.c), in fixed-point arithmetic, so tabled by its steps. */
export function rsaSecurityBits(bits: number): number {
  return RSA_STEPS.findLast(([from]) => bits >= from)?.[1] ?? 0;
}

/** bn_lib.c BN_security_bits, for DSA. */
function discreteSecurityBits(bits: number, order: number): number {
  const strength =
    bits >= 15360 ? 256 : bits >= 7680 ? 192 : bits >= 3072 ? 128 : bits >= 2048 ? 112 : bits >= 1024 ? 80 : 0;
  const half = order >> 1;
  return half < 80 ? 0 : Math.min(half, strength);
}

/** ec_ameth.c: half the group order's bits, rounded down to the usual levels. */
function curveSecurityBits(order: number): number {
  if (order >= 512) return 256;
  if (order >= 384) return 192;
  if (order >= 256) return 128;
  if (order >= 224) return 112;
  if (order >= 160) return 80;
  return order >> 1;
}

/** x509_set.c x509_sig_info_init: broken digests are given less than any level asks for. */
function digestSecurityBits(digest: string): number | null {
  return { md5: 39, sha1: 63 }[digest] ?? (DIGEST_SIZES[digest] === undefined ? null : (DIGEST_SIZES[digest] ?? 0) * 4);
}

function pssInfo({ parameters }: Algorithm): SignatureInfo {
  const failed = { text: 'RSASSA-PSS', key: 'rsa-pss', digest: null, securityBits: null, pss: null } as const;
  if (!parameters) return failed;
  try {
    const pss = readPss(element(parameters, 0));
    const bits = { md5: 39, sha1: 64 }[pss.digest] ?? (DIGEST_SIZES[pss.digest] ?? 0) * 4;
    return { ...failed, text: `RSASSA-PSS (${pss.digest})`, securityBits: bits, pss };
  } catch (error) {
    if (error instanceof MalformedDer) return failed;
    throw error;
  }
}

/** RSASSA-PSS-params (RFC 4055 §3.1). Throws MalformedDer also for a digest or trailer OpenSSL does not take. */
function readPss(of: Element): NonNullable<SignatureInfo['pss']> {
  const pss = { digest: 'sha1', mgfDigest: 'sha1', saltLength: 20 };
  let last = -1;
  for (const part of children(expect(of, TAG.sequence, 'PSS parameters', of.at))) {
    const [value, ...rest] = children(part);
    if (part.tag <= last || !value || rest.length > 0) throw new MalformedDer('PSS parameters are disordered', part.at);
    last = part.tag;
    if (part.tag === 0xa0) pss.digest = digestOf(readAlgorithm(value), part.at);
    else if (part.tag === 0xa1) {
      const { oid: mask, parameters } = readAlgorithm(value);
      if (mask !== '1.2.840.113549.1.1.8' || !parameters)
        throw new MalformedDer('the mask generation function is unknown', part.at);
      pss.mgfDigest = digestOf(readAlgorithm(element(parameters, 0)), part.at);
    } else if (part.tag === 0xa2) {
      const salt = smallInteger(integer(value));
      if (salt === null || salt > 0xffff) throw new MalformedDer('the salt length is out of range', part.at);
      pss.saltLength = salt;
    } else if (part.tag !== 0xa3 || smallInteger(integer(value)) !== 1)
      throw new MalformedDer('the PSS trailer is unknown', part.at);
  }
  return pss;
}

function digestOf({ oid: type }: Algorithm, at: number): string {
  const digest = DIGESTS[type];
  if (digest === undefined) throw new MalformedDer(`the digest ${type} is unknown`, at);
  return digest;
}

function verifyPss(
  signed: Uint8Array,
  pss: NonNullable<SignatureInfo['pss']>,
  signature: Uint8Array,
  key: KeyObject,
): boolean {
  const { digest, mgfDigest, saltLength } = pss;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) > MAX_RSA_BITS) return false;
  if (digest === mgfDigest) return verifyBytes(digest, signed, { key, padding, saltLength }, signature);
  // node:crypto takes the mask's digest from the key only, so the key is told. A key that has its own restrictions keeps them.
  const bound = key.asymmetricKeyDetails?.mgf1HashAlgorithm;
  if (bound !== undefined)
    return bound === mgfDigest && verifyBytes(digest, signed, { key, padding, saltLength }, signature);
  const told = keyObject(pssKey(key, pss));
  return told !== null && verifyBytes(digest, signed, { key: told, padding, saltLength }, signature);
}

/** The same RSA key as one for PSS with these parameters (RFC 4055 §3.1). */
function pssKey(key: KeyObject, { digest, mgfDigest, saltLength }: NonNullable<SignatureInfo['pss']>): Uint8Array {
  const [, bits] = children(element(key.export({ format: 'der', type: 'spki' }), 0));
  const identifier = (name: string) => {
    const [dotted = ''] = Object.entries(DIGESTS).find(([, known]) => known === name) ?? [];
    return encode(TAG.sequence, encodeOid(dotted), encode(TAG.null));
  };
  const salt = Buffer.from([0, saltLength >> 8, saltLength & 0xff]);
  const parameters = encode(
    TAG.sequence,
    encode(0xa0, identifier(digest)),
    encode(0xa1, encode(TAG.sequence, encodeOid('1.2.840.113549.1.1.8'), identifier(mgfDigest))),
    encode(0xa2, encode(TAG.integer, salt.subarray(saltLength < 128 ? 2 : saltLength < 0x8000 ? 1 : 0))),
  );
  return encode(
    TAG.sequence,
    encode(TAG.sequence, encodeOid(OID_PSS), parameters),
    bits ? whole(bits) : new Uint8Array(),
  );
}

const OID_PSS = '1.2.840.113549.1.1.10';
const KINDS: ReadonlySet<string> = new Set(['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'x25519', 'x448', 'dsa']);
const OWN_DIGEST: ReadonlySet<KeyKind> = new Set<KeyKind>(['ed25519', 'ed448']);
// From so many bits on, so much strength; measured on OpenSSL 3.0.19 for every size to 17,000 (2026-11-23).
const RSA_STEPS: readonly (readonly [bits: number, strength: number])[] = [
  [729, 72],
  [920, 80],
  [1137, 88],
  [1383, 96],
  [1657, 104],
  [1963, 112],
  [2301, 120],
  [2671, 128],
  [3076, 136],
  [3514, 144],
  [3991, 152],
  [4502, 160],
  [5054, 168],
  [5642, 176],
  [6274, 184],
  [6947, 192],
  [7681, 200],
  [8418, 208],
  [9216, 216],
  [10064, 224],
  [10953, 232],
  [11893, 240],
  [12877, 248],
  [13914, 256],
  [15361, 264],
  [16132, 272],
];

const DIGEST_SIZES: Readonly<Record<string, number>> = {
  md5: 16,
  sha1: 20,
  ripemd160: 20,
  sha224: 28,
  sha256: 32,
  sha384: 48,
  sha512: 64,
  'sha512-224': 28,
  'sha512-256': 32,
  'sha3-224': 28,
  'sha3-256': 32,
  'sha3-384': 48,
  'sha3-512': 64,
};

const DIGESTS: Readonly<Record<string, string>> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '1.3.36.3.2.1': 'ripemd160',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.5': 'sha512-224',
  '2.16.840.1.101.3.4.2.6': 'sha512-256',
  '2.16.840.1.101.3.4.2.7': 'sha3-224',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
};

// Name, kind of key, digest: what OBJ_find_sigid_algs of OpenSSL 3.0.19 finds, but for GOST, SM2 and key agreement. It does
// not find SHA-512/256 with RSA nor SHA-3 with ECDSA, so an issuer is never recognised by such a signature. MD2, MD4, SHA-0
// and MDC-2 are known by name only.
const SIGNATURES: Readonly<Record<string, readonly [string, KeyKind, string | null]>> = {
  '1.2.840.113549.1.1.2': ['md2WithRSAEncryption', 'rsa', 'md2'],
  '1.2.840.113549.1.1.3': ['md4WithRSAEncryption', 'rsa', 'md4'],
  '1.2.840.113549.1.1.4': ['md5WithRSAEncryption', 'rsa', 'md5'],
  '1.2.840.113549.1.1.5': ['sha1WithRSAEncryption', 'rsa', 'sha1'],
  '1.2.840.113549.1.1.11': ['sha256WithRSAEncryption', 'rsa', 'sha256'],
  '1.2.840.113549.1.1.12': ['sha384WithRSAEncryption', 'rsa', 'sha384'],
  '1.2.840.113549.1.1.13': ['sha512WithRSAEncryption', 'rsa', 'sha512'],
  '1.2.840.113549.1.1.14': ['sha224WithRSAEncryption', 'rsa', 'sha224'],
  '1.3.14.3.2.3': ['md5WithRSA', 'rsa', 'md5'],
  '1.3.14.3.2.15': ['shaWithRSAEncryption', 'rsa', 'sha'],
  '2.5.8.3.100': ['mdc2WithRSA', 'rsa', 'mdc2'],
  '1.2.840.10045.4.2': ['ecdsa-with-Recommended', 'ec', null],
  '1.2.840.10045.4.3': ['ecdsa-with-Specified', 'ec', null],
  '1.3.14.3.2.29': ['sha1WithRSA', 'rsa', 'sha1'],
  '1.3.36.3.3.1.2': ['ripemd160WithRSA', 'rsa', 'ripemd160'],
  '1.2.840.10040.4.3': ['dsaWithSHA1', 'dsa', 'sha1'],
  '2.16.840.1.101.3.4.3.1': ['dsa_with_SHA224', 'dsa', 'sha224'],
  '2.16.840.1.101.3.4.3.2': ['dsa_with_SHA256', 'dsa', 'sha256'],
  '1.2.840.10045.4.1': ['ecdsa-with-SHA1', 'ec', 'sha1'],
  '1.2.840.10045.4.3.1': ['ecdsa-with-SHA224', 'ec', 'sha224'],
  '1.2.840.10045.4.3.2': ['ecdsa-with-SHA256', 'ec', 'sha256'],
  '1.2.840.10045.4.3.3': ['ecdsa-with-SHA384', 'ec', 'sha384'],
  '1.2.840.10045.4.3.4': ['ecdsa-with-SHA512', 'ec', 'sha512'],
  '2.16.840.1.101.3.4.3.13': ['RSA-SHA3-224', 'rsa', 'sha3-224'],
  '2.16.840.1.101.3.4.3.14': ['RSA-SHA3-256', 'rsa', 'sha3-256'],
  '2.16.840.1.101.3.4.3.15': ['RSA-SHA3-384', 'rsa', 'sha3-384'],
  '2.16.840.1.101.3.4.3.16': ['RSA-SHA3-512', 'rsa', 'sha3-512'],
  '1.3.101.112': ['ED25519', 'ed25519', null],
  '1.3.101.113': ['ED448', 'ed448', null],
};

// Name for people (NIST's where there is one) and bits of the group order: the curves of OpenSSL 3.0.19 of 160 bits and more.
const CURVES: Readonly<Record<string, readonly [string, number]>> = {
  '1.2.156.10197.1.301': ['SM2', 256],
  '1.2.840.10045.3.0.1': ['c2pnb163v1', 163],
  '1.2.840.10045.3.0.2': ['c2pnb163v2', 162],
  '1.2.840.10045.3.0.3': ['c2pnb163v3', 162],
  '1.2.840.10045.3.0.4': ['c2pnb176v1', 161],
  '1.2.840.10045.3.0.5': ['c2tnb191v1', 191],
  '1.2.840.10045.3.0.6': ['c2tnb191v2', 190],
  '1.2.840.10045.3.0.7': ['c2tnb191v3', 189],
  '1.2.840.10045.3.0.10': ['c2pnb208w1', 193],
  '1.2.840.10045.3.0.11': ['c2tnb239v1', 238],
  '1.2.840.10045.3.0.12': ['c2tnb239v2', 237],
  '1.2.840.10045.3.0.13': ['c2tnb239v3', 236],
  '1.2.840.10045.3.0.16': ['c2pnb272w1', 257],
  '1.2.840.10045.3.0.17': ['c2pnb304w1', 289],
  '1.2.840.10045.3.0.18': ['c2tnb359v1', 353],
  '1.2.840.10045.3.0.19': ['c2pnb368w1', 353],
  '1.2.840.10045.3.0.20': ['c2tnb431r1', 418],
  '1.2.840.10045.3.1.1': ['P-192', 192],
  '1.2.840.10045.3.1.2': ['prime192v2', 192],
  '1.2.840.10045.3.1.3': ['prime192v3', 192],
  '1.2.840.10045.3.1.4': ['prime239v1', 239],
  '1.2.840.10045.3.1.5': ['prime239v2', 239],
  '1.2.840.10045.3.1.6': ['prime239v3', 239],
  '1.2.840.10045.3.1.7': ['P-256', 256],
  '1.3.36.3.3.2.8.1.1.1': ['brainpoolP160r1', 160],
  '1.3.36.3.3.2.8.1.1.2': ['brainpoolP160t1', 160],
  '1.3.36.3.3.2.8.1.1.3': ['brainpoolP192r1', 192],
  '1.3.36.3.3.2.8.1.1.4': ['brainpoolP192t1', 192],
  '1.3.36.3.3.2.8.1.1.5': ['brainpoolP224r1', 224],
  '1.3.36.3.3.2.8.1.1.6': ['brainpoolP224t1', 224],
  '1.3.36.3.3.2.8.1.1.7': ['brainpoolP256r1', 256],
  '1.3.36.3.3.2.8.1.1.8': ['brainpoolP256t1', 256],
  '1.3.36.3.3.2.8.1.1.9': ['brainpoolP320r1', 320],
  '1.3.36.3.3.2.8.1.1.10': ['brainpoolP320t1', 320],
  '1.3.36.3.3.2.8.1.1.11': ['brainpoolP384r1', 384],
  '1.3.36.3.3.2.8.1.1.12': ['brainpoolP384t1', 384],
  '1.3.36.3.3.2.8.1.1.13': ['brainpoolP512r1', 512],
  '1.3.36.3.3.2.8.1.1.14': ['brainpoolP512t1', 512],
  '1.3.132.0.1': ['sect163k1', 163],
  '1.3.132.0.2': ['sect163r1', 162],
  '1.3.132.0.3': ['sect239k1', 238],
  '1.3.132.0.8': ['secp160r1', 161],
  '1.3.132.0.9': ['secp160k1', 161],
  '1.3.132.0.10': ['secp256k1', 256],
  '1.3.132.0.15': ['sect163r2', 163],
  '1.3.132.0.16': ['sect283k1', 281],
  '1.3.132.0.17': ['sect283r1', 282],
  '1.3.132.0.24': ['sect193r1', 193],
  '1.3.132.0.25': ['sect193r2', 193],
  '1.3.132.0.26': ['sect233k1', 232],
  '1.3.132.0.27': ['sect233r1', 233],
  '1.3.132.0.30': ['secp160r2', 161],
  '1.3.132.0.31': ['secp192k1', 192],
  '1.3.132.0.32': ['secp224k1', 225],
  '1.3.132.0.33': ['P-224', 224],
  '1.3.132.0.34': ['P-384', 384],
  '1.3.132.0.35': ['P-521', 521],
  '1.3.132.0.36': ['sect409k1', 407],
  '1.3.132.0.37': ['sect409r1', 409],
  '1.3.132.0.38': ['sect571k1', 570],
  '1.3.132.0.39': ['sect571r1', 570],
  '2.23.43.1.4.3': ['wap-wsg-idm-ecid-wtls3', 163],
  '2.23.43.1.4.5': ['wap-wsg-idm-ecid-wtls5', 163],
  '2.23.43.1.4.7': ['wap-wsg-idm-ecid-wtls7', 161],
  '2.23.43.1.4.9': ['wap-wsg-idm-ecid-wtls9', 161],
  '2.23.43.1.4.10': ['wap-wsg-idm-ecid-wtls10', 232],
  '2.23.43.1.4.11': ['wap-wsg-idm-ecid-wtls11', 233],
  '2.23.43.1.4.12': ['wap-wsg-idm-ecid-wtls12', 224],
};
