// Distinguished names, and matching a host against a certificate as OpenSSL's X509_check_host/X509_check_ip do.
import { isIPv4, isIPv6 } from 'node:net';
import { MAX_NAME_BYTES } from './budget.ts';
import { any, children, type Element, element, expect, items, MalformedDer, oid, string, TAG, whole } from './der.ts';

export interface Attribute {
  readonly oid: string;
  /** ASN.1 tag of the value's string type. */
  readonly tag: number;
  readonly value: Uint8Array;
  readonly text: string;
}

/** A distinguished name. */
export interface Name {
  readonly der: Uint8Array;
  /** Relative distinguished names in the order of the encoding; more than one attribute = multi-valued. */
  readonly rdns: readonly (readonly Attribute[])[];
  /** How many attributes there are in all. */
  readonly size: number;
  /**
   * OpenSSL's canonical encoding as a byte string (one character an octet): case folded, white space collapsed, all
   * strings UTF-8. Two names are the same when these are, and a directoryName subtree holds what it is a prefix of.
   */
  readonly canonical: string;
  /** `C=US, O=Example, CN=R10`; raw text, separators inside values escaped with a backslash. */
  readonly text: string;
}

/** Reads a Name. Throws MalformedDer where OpenSSL would not decode it (x_name.c). */
export function readName(of: Element): Name {
  const sets = items(of, TAG.sequence, 'a distinguished name', of.at);
  const der = whole(of);
  if (der.length > MAX_NAME_BYTES) throw new MalformedDer('a distinguished name is longer than 1 MiB', of.at);
  const rdns = sets.map(set => items(set, TAG.set, 'a relative distinguished name', set.at).map(readAttribute));
  return {
    der,
    rdns,
    size: rdns.reduce((sum, rdn) => sum + rdn.length, 0),
    canonical: rdns.map(canonicalSet).join(''),
    text: rdns.map(rdn => rdn.map(attributeText).join(' + ')).join(', '),
  };
}

/** Values of an attribute type, in order: `values(name, '2.5.4.3')` are the common names. */
export function attributesOf(name: Name, type: string): Attribute[] {
  return name.rdns.flatMap(rdn => rdn.filter(attribute => attribute.oid === type));
}

/** A GeneralName (RFC 5280 §4.2.1.6). `kind` `other` covers x400Address, ediPartyName and registeredID. */
export type GeneralName =
  | { readonly kind: 'dns' | 'email' | 'uri'; readonly value: Uint8Array; readonly text: string }
  | { readonly kind: 'ip'; readonly value: Uint8Array; readonly text: string }
  | { readonly kind: 'directory'; readonly name: Name }
  | { readonly kind: 'otherName'; readonly type: string; readonly tag: number; readonly value: Uint8Array }
  | { readonly kind: 'other'; readonly tag: number };

/** The names of a GeneralNames sequence whose header has already been checked. */
export function readGeneralNames(of: Element): GeneralName[] {
  return children(of).map(readGeneralName);
}

/** Reads one GeneralName; throws MalformedDer for what OpenSSL's template refuses. */
export function readGeneralName(of: Element): GeneralName {
  const text = () => string(of, of.tag & ~0x20, 'a general name');
  switch (of.tag) {
    case 0xa0: {
      const [type, wrapped, ...rest] = children(of);
      if (!type || !wrapped || rest.length > 0) throw new MalformedDer('an otherName is incomplete', of.at);
      const { number, octets } = any(only(expect(wrapped, 0xa0, 'the value of an otherName', wrapped.at)));
      return { kind: 'otherName', type: oid(type), tag: number, value: octets };
    }
    case 0x81:
    case 0xa1:
      return { kind: 'email', value: text(), text: latin1(text()) };
    case 0x82:
    case 0xa2:
      return { kind: 'dns', value: text(), text: latin1(text()) };
    case 0x86:
    case 0xa6:
      return { kind: 'uri', value: text(), text: latin1(text()) };
    case 0x87:
    case 0xa7:
      return { kind: 'ip', value: text(), text: ipText(text()) };
    case 0xa4:
      return { kind: 'directory', name: readName(only(of)) };
    case 0x88:
      oid(of, 0x88);
      return { kind: 'other', tag: of.tag };
    case 0xa5:
      children(of);
      return { kind: 'other', tag: of.tag };
    // x400Address: OpenSSL keeps it unread (CVE-2023-0286).
    case 0xa3:
      return { kind: 'other', tag: of.tag };
    default:
      throw new MalformedDer(`a general name has the unknown tag 0x${of.tag.toString(16)}`, of.at);
  }
}

function only(of: Element): Element {
  const inner = children(of);
  const [first] = inner;
  if (!first || inner.length !== 1) throw new MalformedDer('a wrapped value is not one value', of.at);
  return first;
}

/** Address octets of an IP literal; null for anything else. Accepts what OpenSSL's a2i_IPADDRESS does (no brackets, no zone). */
export function ipOctets(host: string): Uint8Array | null {
  if (isIPv4(host)) return Uint8Array.from(host.split('.').map(Number));
  if (!isIPv6(host) || host.includes('%')) return null;
  let text = host;
  const dotted = /(?<=:)\d+\.\d+\.\d+\.\d+$/.exec(text)?.[0];
  if (dotted) {
    const [a = 0, b = 0, c = 0, d = 0] = dotted.split('.').map(Number);
    text = `${text.slice(0, -dotted.length)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
  }
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = !tail ? [] : tail.split(':');
  const groups = [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  return Uint8Array.from(groups.flatMap(group => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 0xff]));
}

/** Address text of 4 or 16 octets; `invalid (n octets)` for another length. */
export function ipText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return `invalid (${octets.length} octets)`;
  const groups: string[] = [];
  for (let i = 0; i < 16; i += 2) groups.push((((octets[i] ?? 0) << 8) | (octets[i + 1] ?? 0)).toString(16));
  const text = groups.join(':');
  const runs = text.match(/(?:^|:)0(?::0)+(?=:|$)/g) ?? [];
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a), '');
  if (!longest) return text;
  const at = text.indexOf(longest);
  return `${text.slice(0, at)}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

export interface NamedCertificate {
  readonly subject: Name;
  /** Names of the subjectAltName extension; null when absent or unreadable. */
  readonly altNames: readonly GeneralName[] | null;
}

/** When the common name counts: `fallback` = when no DNS name is in the subjectAltName (CPython), `never` = urllib3 2. */
export type CommonName = 'fallback' | 'never';

/**
 * Whether the certificate is for this DNS name, as X509_check_host with X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS answers
 * (CPython's flags since 3.7). The name is compared as given: a trailing dot on one side only is a mismatch.
 */
export function matchesHost(certificate: NamedCertificate, host: string, commonName: CommonName): boolean {
  let dnsNames = false;
  for (const name of certificate.altNames ?? []) {
    if (name.kind !== 'dns') continue;
    dnsNames = true;
    if (name.value.length > 0 && matchesPattern(name.text, host)) return true;
  }
  // An IP or e-mail SAN does not keep the common name out; a DNS one does (v3_utl.c do_x509_check, san_present).
  if (dnsNames || commonName === 'never') return false;
  for (const { value, tag } of attributesOf(certificate.subject, OID_COMMON_NAME)) {
    const utf8 = toUtf8(tag, value);
    // A value that cannot be converted ends the search with an error, which counts as a mismatch.
    if (utf8 === null) return false;
    if (value.length > 0 && matchesPattern(latin1(utf8), host)) return true;
  }
  return false;
}

/** Whether the certificate is for this address. The common name never counts (v3_utl.c: no CN id for GEN_IPADD). */
export function matchesIp(certificate: NamedCertificate, octets: Uint8Array): boolean {
  return (certificate.altNames ?? []).some(
    name =>
      name.kind === 'ip' && name.value.length === octets.length && name.value.every((octet, i) => octet === octets[i]),
  );
}

/** Whether a presented name, perhaps with a wildcard, matches a host (v3_utl.c equal_wildcard; byte strings). */
export function matchesPattern(pattern: string, host: string): boolean {
  const subject = latin1(new TextEncoder().encode(host));
  // A host that begins with a dot asks for any subdomain (X509_check_host(3)); CPython refuses such names beforehand.
  if (subject.length > 1 && subject.startsWith('.')) return matchesSuffix(pattern, subject);
  const star = validStar(pattern);
  if (star < 0) return sameIgnoringCase(pattern, subject);
  const suffix = pattern.slice(star + 1);
  if (subject.length < pattern.length - 1 || star !== 0) return false;
  const matched = subject.slice(0, subject.length - suffix.length);
  if (!sameIgnoringCase(suffix, subject.slice(matched.length)) || matched === '') return false;
  // A label with an underscore is not matched, on purpose: OpenSSL allows letters, digits and hyphens only.
  return matched === '*' || /^[0-9A-Za-z-]+$/.test(matched);
}

/** ASCII and Latin-1 view of octets: one character an octet. */
export function latin1(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('latin1');
}

/** An ASN.1 string as UTF-8; null where ASN1_STRING_to_UTF8 fails. */
export function toUtf8(tag: number, value: Uint8Array): Uint8Array | null {
  switch (tag) {
    case TAG.utf8String:
      return isUtf8(value) ? value : null;
    case 0x1e: {
      if (value.length % 2 !== 0) return null;
      let text = '';
      for (let i = 0; i < value.length; i += 2) {
        const unit = ((value[i] ?? 0) << 8) | (value[i + 1] ?? 0);
        if (unit >= 0xd800 && unit < 0xe000) return null;
        text += String.fromCharCode(unit);
      }
      return new TextEncoder().encode(text);
    }
    case 0x1c: {
      if (value.length % 4 !== 0) return null;
      let text = '';
      for (let i = 0; i < value.length; i += 4) {
        const point =
          (value[i] ?? 0) * 0x1000000 +
          (((value[i + 1] ?? 0) << 16) | ((value[i + 2] ?? 0) << 8) | (value[i + 3] ?? 0));
        if (point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return null;
        text += String.fromCodePoint(point);
      }
      return new TextEncoder().encode(text);
    }
    // NumericString, PrintableString, TeletexString (taken as Latin-1), IA5String, VisibleString.
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
    case 0x1a:
      return value.every(octet => octet < 0x80) ? value : new TextEncoder().encode(latin1(value));
    default:
      return null;
  }
}

export const OID_COMMON_NAME = '2.5.4.3';
export const OID_EMAIL = '1.2.840.113549.1.9.1';

/** Reads one AttributeTypeAndValue. Throws MalformedDer for what X509_NAME_ENTRY's template refuses. */
export function readAttribute(of: Element): Attribute {
  expect(of, TAG.sequence, 'an attribute of a distinguished name', of.at);
  const [type, value, ...rest] = children(of);
  if (!type || !value || rest.length > 0)
    throw new MalformedDer('an attribute of a distinguished name is incomplete', of.at);
  const { number: tag, octets } = any(value);
  if (!NAME_STRINGS.has(tag))
    throw new MalformedDer(
      `an attribute of a distinguished name has the ASN.1 tag 0x${value.tag.toString(16)}`,
      value.at,
    );
  if (CANONICAL_STRINGS.has(tag) && toUtf8(tag, octets) === null)
    throw new MalformedDer('an attribute of a distinguished name is not valid text', value.at);
  return { oid: oid(type), tag, value: octets, text: attributeValue(tag, octets) };
}

function attributeValue(tag: number, octets: Uint8Array): string {
  const utf8 = toUtf8(tag, octets);
  return utf8 === null ? `#${Buffer.from(octets).toString('hex')}` : new TextDecoder().decode(utf8);
}

function attributeText({ oid, text }: Attribute): string {
  return `${SHORT[oid] ?? oid}=${text.replace(/[,+\\]/g, '\\$&')}`;
}

/** x_name.c x509_name_canon: one SET, its attributes canonical and in DER's SET OF order. */
function canonicalSet(rdn: readonly Attribute[]): string {
  const encoded = rdn.map(({ oid, tag, value }) => {
    // Only equality and prefixes matter, so the dotted text stands in for the encoded arcs.
    return wrap(0x30, wrap(0x06, oid) + wrap(...canonicalValue(tag, value)));
  });
  return wrap(0x31, encoded.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(''));
}

function canonicalValue(tag: number, value: Uint8Array): [number, string] {
  const utf8 = CANONICAL_STRINGS.has(tag) ? toUtf8(tag, value) : null;
  if (utf8 === null) return [tag, latin1(value)];
  // ASCII white space only, and ASCII letters only (a_strnid/x_name.c asn1_string_canon).
  const folded = latin1(utf8)
    .replace(/^[ \t\n\v\f\r]+/, '')
    .replace(/[ \t\n\v\f\r]+/g, ' ')
    .replace(/ $/, '')
    .replace(/[A-Z]+/g, upper => upper.toLowerCase());
  return [TAG.utf8String, folded];
}

function wrap(tag: number, inner: string): string {
  return `${String.fromCharCode(tag)}${inner.length.toString(36)}:${inner}`;
}

function matchesSuffix(pattern: string, subject: string): boolean {
  if (pattern.length < subject.length) return false;
  const skipped = pattern.slice(0, pattern.length - subject.length);
  return !skipped.includes('\0') && sameIgnoringCase(pattern.slice(skipped.length), subject);
}

function sameIgnoringCase(pattern: string, subject: string): boolean {
  if (pattern.length !== subject.length || pattern.includes('\0')) return false;
  return pattern === subject || asciiLower(pattern) === asciiLower(subject);
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, upper => upper.toLowerCase());
}

/** Index of the one legal wildcard: a whole first label, at least two dots after it, no IDNA label around it; else -1. */
function validStar(pattern: string): number {
  if (!pattern.startsWith('*.')) return -1;
  const rest = pattern.slice(2);
  if (!rest.includes('.')) return -1;
  // Labels of letters, digits and inner hyphens. An underscore makes the pattern a plain string.
  return rest.split('.').every(label => /^[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?$/.test(label)) ? 0 : -1;
}

function isUtf8(octets: Uint8Array): boolean {
  try {
    STRICT_UTF8.decode(octets);
    return true;
  } catch {
    return false;
  }
}

const STRICT_UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// B_ASN1_PRINTABLE of X509_NAME_ENTRY by tasn_dec.c tag2bit: text, BIT STRING, SEQUENCE, and what OpenSSL calls unknown.
// VisibleString and ENUMERATED are not among them.
const NAME_STRINGS = new Set([3, 7, 8, 9, 11, 12, 13, 14, 15, 16, 18, 19, 20, 22, 28, 29, 30]);

// ASN1_MASK_CANON (x_name.c).
const CANONICAL_STRINGS = new Set([0x0c, 0x13, 0x14, 0x16, 0x1a, 0x1c, 0x1e]);

const SHORT: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.41': 'name',
  '2.5.4.42': 'GN',
  '2.5.4.46': 'dnQualifier',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
};

/** The element of a whole encoded value, e.g. the octets of a Name. */
export function nameFromDer(der: Uint8Array): Name {
  return readName(element(der, 0));
}
