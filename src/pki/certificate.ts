// A certificate as a value: parsed once, extensions and keys when they are first asked for.
import { createHash, type KeyObject } from 'node:crypto';
import type { CertificateInfo } from '../model/certificate.ts';
import { MAX_CERTIFICATE_BYTES } from './budget.ts';
import {
  bitString,
  children,
  type Element,
  element,
  expect,
  integer,
  isList,
  MalformedDer,
  oid,
  sameBytes,
  smallInteger,
  string,
  TAG,
  whole,
} from './der.ts';
import {
  authorityInfoAccess,
  crlUrls,
  type Extension,
  type Extensions,
  listExtensions,
  mustStaple,
  OID,
  policies,
  readExtensions,
  type SignedTimestamp,
  signedTimestamps,
} from './extensions.ts';
import {
  type Algorithm,
  canMake,
  type KeyInfo,
  keyInfo,
  keyObject,
  keyObjectKind,
  readAlgorithm,
  type SignatureInfo,
  sameAlgorithm,
  signatureInfo,
  verifySignature,
} from './keys.ts';
import { attributesOf, type GeneralName, type Name, OID_COMMON_NAME, readName } from './names.ts';

/** Bytes that no OpenSSL would read as a certificate; `offset` is where, in the bytes given. */
export class MalformedCertificate extends Error {
  readonly code = 'TLSDOCTOR_MALFORMED_CERTIFICATE';
  readonly offset: number;
  constructor(reason: string, offset: number) {
    super(reason);
    this.offset = offset;
  }
}

/** A moment of the validity period. */
export interface Moment {
  /** Invalid (NaN) when the encoding is not RFC 5280's, which OpenSSL answers with 13 or 14. */
  readonly date: Date;
  readonly valid: boolean;
  /** As it stands in the certificate: `251123183127Z`. */
  readonly text: string;
  /**
   * Milliseconds since 1970 of anything ASN.1 calls a time (no seconds, an offset, fractions), NaN for the rest: so OpenSSL
   * compares two expired issuers (ASN1_TIME_compare).
   */
  readonly rough: number;
}

/** What a TRUSTED CERTIFICATE says its holder trusts it for (X509_CERT_AUX); EKU OIDs. */
export interface TrustSettings {
  readonly trusted: readonly string[] | null;
  readonly rejected: readonly string[];
}

/** Reads one DER certificate. Throws MalformedCertificate, and nothing else, for whatever OpenSSL would not decode. */
export function parseCertificate(der: Uint8Array, trust: TrustSettings | null = null): Certificate {
  if (der.length > MAX_CERTIFICATE_BYTES) throw new MalformedCertificate('the certificate is larger than 16 MiB', 0);
  try {
    return new Certificate(der, trust);
  } catch (error) {
    if (error instanceof MalformedDer) throw new MalformedCertificate(error.message, error.offset);
    throw error;
  }
}

/** A certificate as reports print it. */
export function certificateInfo(certificate: Certificate, role: CertificateInfo['role']): CertificateInfo {
  return {
    subject: certificate.subject.text,
    issuer: certificate.issuer.text,
    sha256: certificate.sha256,
    notBefore: isoText(certificate.validFrom),
    notAfter: isoText(certificate.validTo),
    names: certificate.names,
    key: certificate.key.text,
    role,
    pem: certificate.pem(),
  };
}

export class Certificate {
  readonly der: Uint8Array;
  /** 1, 2 or 3 for honest ones. */
  readonly version: number;
  /** Content octets of the serial number, two's complement. */
  readonly serial: Uint8Array;
  readonly subject: Name;
  readonly issuer: Name;
  readonly validFrom: Moment;
  readonly validTo: Moment;
  /** subjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  /** What was signed: the tbsCertificate, DER. */
  readonly tbs: Uint8Array;
  /** The signature's algorithm, and the one that stands inside what was signed; they should be the same. */
  readonly signatureAlgorithm: Algorithm;
  readonly innerSignatureAlgorithm: Algorithm;
  readonly signature: Uint8Array;
  /** A signature whose bits do not fill its octets is refused (a_verify.c). */
  readonly signatureWhole: boolean;
  readonly extensionList: readonly Extension[];
  /** From a TRUSTED CERTIFICATE; null for any other. */
  readonly trust: TrustSettings | null;

  #extensions: Extensions | undefined;
  #sha256: string | undefined;
  #key: KeyInfo | undefined;
  #keyObject: KeyObject | null | undefined;
  #selfSigned: boolean | undefined;
  #signatureInfo: SignatureInfo | undefined;
  #names: readonly string[] | undefined;

  /** Use parseCertificate(), which turns errors into its own kind. */
  constructor(der: Uint8Array, trust: TrustSettings | null) {
    const outer = expect(element(der, 0), TAG.sequence, 'the certificate', 0);
    if (outer.next !== der.length) throw new MalformedDer('something follows the certificate', outer.next);
    const [tbs, algorithm, signature, ...rest] = children(outer);
    if (!tbs || !algorithm || !signature || rest.length > 0)
      throw new MalformedDer('a certificate has three parts, this has not', 0);
    this.der = der;
    this.trust = trust;
    this.tbs = whole(expect(tbs, TAG.sequence, 'the part to be signed', tbs.at));
    this.signatureAlgorithm = readAlgorithm(algorithm);
    const bits = bitString(signature);
    this.signature = bits.octets;
    this.signatureWhole = bits.unused === 0;

    const parts = children(tbs);
    const part = (what: string): Element => {
      const next = parts.shift();
      if (!next) throw new MalformedDer(`${what} is missing`, tbs.next);
      return next;
    };
    this.version = parts[0]?.tag === 0xa0 ? readVersion(part('the version')) : 1;
    this.serial = integer(part('the serial number'));
    this.innerSignatureAlgorithm = readAlgorithm(part('the signature algorithm'));
    this.issuer = readName(part('the issuer'));
    const validity = part('the validity period');
    const [from, to, ...more] = children(expect(validity, TAG.sequence, 'the validity period', validity.at));
    if (!from || !to || more.length > 0) throw new MalformedDer('the validity period is not two times', validity.at);
    this.validFrom = readMoment(from);
    this.validTo = readMoment(to);
    this.subject = readName(part('the subject'));
    const spki = part('the public key');
    const [keyAlgorithm, keyBits, ...extra] = children(expect(spki, TAG.sequence, 'the public key', spki.at));
    if (!keyAlgorithm || !keyBits || extra.length > 0)
      throw new MalformedDer('the public key is not two parts', spki.at);
    readAlgorithm(keyAlgorithm);
    bitString(keyBits);
    this.spki = whole(spki);
    if (parts[0]?.tag === 0x81) bitString(part('the issuer id'), 0x81);
    if (parts[0]?.tag === 0x82) bitString(part('the subject id'), 0x82);
    const extensions = parts[0]?.tag === 0xa3 ? parts.shift() : undefined;
    this.extensionList = extensions ? listExtensions(only(extensions, 'the extensions')) : [];
    const [unknown] = parts;
    if (unknown) throw new MalformedDer('the certificate has an unknown part', unknown.at);
  }

  /** Lower-case hex of the DER's SHA-256. */
  get sha256(): string {
    this.#sha256 ??= createHash('sha256').update(this.der).digest('hex');
    return this.#sha256;
  }

  get notBefore(): Date {
    return this.validFrom.date;
  }

  get notAfter(): Date {
    return this.validTo.date;
  }

  /** Serial number in hex, as OpenSSL prints it. */
  get serialHex(): string {
    return Buffer.from(this.serial).toString('hex');
  }

  /** What OpenSSL's verifier looks at. */
  get extensions(): Extensions {
    this.#extensions ??= readExtensions(this.extensionList);
    return this.#extensions;
  }

  get key(): KeyInfo {
    this.#key ??= keyInfo(this.spki);
    return this.#key;
  }

  /** The key for node:crypto; null when OpenSSL cannot decode it. */
  get publicKey(): KeyObject | null {
    if (this.#keyObject === undefined) this.#keyObject = keyObject(this.spki);
    return this.#keyObject;
  }

  get signatureInfo(): SignatureInfo {
    this.#signatureInfo ??= signatureInfo(this.signatureAlgorithm);
    return this.#signatureInfo;
  }

  /** Same subject and issuer name (EXFLAG_SI). */
  get selfIssued(): boolean {
    return this.subject.canonical === this.issuer.canonical;
  }

  /**
   * Self-issued, and nothing speaks against its own key having signed it (EXFLAG_SS): OpenSSL does not check the signature
   * to say so; isSignedBy() does.
   */
  get selfSigned(): boolean {
    this.#selfSigned ??= this.selfIssued && matchesAuthorityKeyId(this, this) && couldHaveSigned(this, this);
    return this.#selfSigned;
  }

  /** A CA by basicConstraints. */
  get isCa(): boolean {
    return this.extensions.basicConstraints?.ca ?? false;
  }

  /** The subjectAltName's names; null when absent or unreadable. */
  get altNames(): readonly GeneralName[] | null {
    return this.extensions.subjectAltName;
  }

  /** DNS names and IP addresses of the subjectAltName, as text. */
  get names(): readonly string[] {
    this.#names ??= (this.altNames ?? []).flatMap(name =>
      name.kind === 'dns' || name.kind === 'ip' ? [name.text] : [],
    );
    return this.#names;
  }

  /** Last common name of the subject; null when there is none. */
  get commonName(): string | null {
    return attributesOf(this.subject, OID_COMMON_NAME).at(-1)?.text ?? null;
  }

  /** URLs where the issuer's certificate can be had. */
  get caIssuersUrls(): readonly string[] {
    return authorityInfoAccess(this.extensionList).caIssuers;
  }

  get ocspUrls(): readonly string[] {
    return authorityInfoAccess(this.extensionList).ocsp;
  }

  get crlUrls(): readonly string[] {
    return crlUrls(this.extensionList);
  }

  get policies(): readonly string[] {
    return policies(this.extensionList);
  }

  /** Embedded signed certificate timestamps; null when there is no such extension. */
  get signedTimestamps(): readonly SignedTimestamp[] | null {
    return signedTimestamps(this.extensionList);
  }

  get mustStaple(): boolean {
    return mustStaple(this.extensionList);
  }

  get ocspNoCheck(): boolean {
    return this.extensionList.some(({ oid }) => oid === OID.ocspNoCheck);
  }

  pem(): string {
    const lines =
      Buffer.from(this.der)
        .toString('base64')
        .match(/.{1,64}/g) ?? [];
    return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
  }

  equals(other: Certificate): boolean {
    return this === other || sameBytes(this.der, other.der);
  }
}

/** Whether the signature of `subject` was made with the key of `issuer`. No names, dates or usages are looked at. */
export function isSignedBy(subject: Certificate, issuer: Certificate): boolean {
  // One chain is judged for every client of a machine: its signatures stay the same, and are most of the cost.
  const known = SIGNED_BY.get(subject) ?? new WeakMap<Certificate, boolean>();
  SIGNED_BY.set(subject, known);
  const found = known.get(issuer) ?? checkSignature(subject, issuer);
  known.set(issuer, found);
  return found;
}

const SIGNED_BY = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

function checkSignature(subject: Certificate, issuer: Certificate): boolean {
  const key = issuer.publicKey;
  if (key === null || !subject.signatureWhole) return false;
  if (!sameAlgorithm(subject.signatureAlgorithm, subject.innerSignatureAlgorithm)) return false;
  return verifySignature(subject.tbs, subject.signatureAlgorithm, subject.signature, key);
}

/** v3_purp.c X509_check_akid: key id, then serial, then the first directory name, each only where both sides have it. */
export function matchesAuthorityKeyId(issuer: Certificate, subject: Certificate): boolean {
  const wanted = subject.extensions.authorityKeyId;
  if (wanted === null) return true;
  const keyId = issuer.extensions.subjectKeyId;
  if (wanted.keyId !== null && keyId !== null && !sameBytes(wanted.keyId, keyId)) return false;
  if (wanted.serial !== null && !sameBytes(wanted.serial, issuer.serial)) return false;
  const directory = wanted.issuer?.find(name => name.kind === 'directory');
  return directory?.kind !== 'directory' || directory.name.canonical === issuer.issuer.canonical;
}

/** Whether the issuer's kind of key makes the kind of signature the subject says it has (v3_purp.c check_sig_alg_match). */
export function couldHaveSigned(issuer: Certificate, subject: Certificate): boolean {
  const needed = signatureInfo(subject.innerSignatureAlgorithm).key;
  const key = issuer.publicKey;
  return needed !== null && key !== null && canMake(keyObjectKind(key), needed);
}

function readVersion(of: Element): number {
  const octets = integer(only(of, 'the version'));
  // ASN1_INTEGER_get gives -1 for what is no C long; a negative version is below 3 like any other.
  return octets.length > 8 ? 0 : (smallInteger(octets) ?? -1) + 1;
}

function only(of: Element, what: string): Element {
  const inner = children(of);
  const [first] = inner;
  if (!first || inner.length !== 1) throw new MalformedDer(`${what} is not one value`, of.at);
  return first;
}

/** The times X509_cmp_time takes: `YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`, a date of the calendar, no leap second. */
export function readMoment(of: Element): Moment {
  const short = isList(of, TAG.utcTime);

  const octets = string(of, short ? TAG.utcTime : TAG.generalizedTime, 'a time');
  const text = String.fromCharCode(...octets.subarray(0, 40));
  const digits = short ? 12 : 14;
  const invalid = { date: new Date(Number.NaN), valid: false, text, rough: roughTime(text, short) };
  if (octets.length !== digits + 1 || !/^\d+Z$/.test(text)) return invalid;
  const date = calendarDate(text, short);
  return date === null ? invalid : { date, valid: true, text, rough: date.getTime() };
}

/** The date that `[YY]YYMMDDHHMM[SS]` begins with; null when there is no such day or hour. */
function calendarDate(text: string, short: boolean): Date | null {
  const digits = short ? text : text.slice(2);
  const [yy = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (
    digits.match(/^(?:\d\d){5,6}/)?.[0].match(/../g) ?? []
  ).map(Number);
  const year = short ? yy + (yy < 50 ? 2000 : 1900) : Number(text.slice(0, 4));
  const date = new Date(Date.UTC(2000, month - 1, day, hour, minute, second));
  date.setUTCFullYear(year, month - 1, day);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return real ? date : null;
}

function roughTime(text: string, short: boolean): number {
  const [, digits, sign, hours = '', minutes = ''] =
    (short
      ? /^(\d{10}(?:\d\d)?)(?:Z|([+-])(\d\d)(\d\d))$/
      : /^(\d{12}(?:\d\d)?)(?:\.\d+)?(?:Z|([+-])(\d\d)(\d\d))$/
    ).exec(text) ?? [];
  const date = digits === undefined ? null : calendarDate(digits, short);
  if (date === null || Number(hours) > 12 || Number(minutes) > 59) return Number.NaN;
  const offset = (Number(hours) * 60 + Number(minutes)) * 60_000;
  return date.getTime() + (sign === '-' ? offset : -offset);
}

function isoText({ date, valid, text }: Moment): string {
  return valid ? date.toISOString() : text;
}

/** Splits a TRUSTED CERTIFICATE: the certificate, then X509_CERT_AUX. Throws MalformedCertificate. */
export function parseTrustedCertificate(bytes: Uint8Array): Certificate {
  try {
    const first = element(bytes, 0);
    const der = bytes.subarray(0, first.next);
    return parseCertificate(der, first.next < bytes.length ? readTrust(element(bytes, first.next)) : null);
  } catch (error) {
    if (error instanceof MalformedDer) throw new MalformedCertificate(error.message, error.offset);
    throw error;
  }
}

function readTrust(of: Element): TrustSettings {
  const parts = children(expect(of, TAG.sequence, 'the trust settings', of.at));
  const usages = (list: Element | undefined) => (list ? children(list).map(usage => oid(usage)) : null);
  const trusted = usages(parts.find(({ tag }) => tag === TAG.sequence));
  return { trusted, rejected: usages(parts.find(({ tag }) => tag === 0xa0)) ?? [] };
}
