// Name constraints as OpenSSL checks them (v3_ncons.c, 3.0 to 3.5), faults included: an unsupported kind is an error only
// when the certificate has a name of that kind, and a constraint count that would take too long is answered with 1.
import { MAX_NAME_CHECKS } from './budget.ts';
import type { Certificate } from './certificate.ts';
import { V } from './codes.ts';
import type { NameConstraints, Subtree } from './extensions.ts';
import { attributesOf, type GeneralName, latin1, OID_COMMON_NAME, OID_EMAIL, toUtf8 } from './names.ts';

/** X509_V_OK, or the code of the first constraint a name of the certificate breaks. */
export function checkConstraints(certificate: Certificate, constraints: NameConstraints): number {
  const { subject, altNames } = certificate;
  const names = subject.size + (altNames?.length ?? 0);
  const count = constraints.permitted.length + constraints.excluded.length;
  if (names > 0 && count > Math.floor(MAX_NAME_CHECKS / names)) return V.UNSPECIFIED;

  if (subject.size > 0) {
    const code = match({ kind: 'directory', name: subject }, constraints);
    if (code !== V.OK) return code;
    for (const { tag, value } of attributesOf(subject, OID_EMAIL)) {
      if (tag !== IA5_STRING) return V.UNSUPPORTED_NAME_SYNTAX;
      const code = match({ kind: 'email', value, text: latin1(value) }, constraints);
      if (code !== V.OK) return code;
    }
  }
  for (const name of altNames ?? []) {
    const code = match(name, constraints);
    if (code !== V.OK) return code;
  }
  return V.OK;
}

/** The same for the leaf's common names that look like host names; only asked when there is no DNS name beside them. */
export function checkCommonNames(certificate: Certificate, constraints: NameConstraints): number {
  for (const { tag, value } of attributesOf(certificate.subject, OID_COMMON_NAME)) {
    const utf8 = toUtf8(tag, value);
    if (utf8 === null) return OUT_OF_MEM;
    const text = latin1(utf8).replace(/\0+$/, '');
    if (text.includes('\0')) return V.UNSUPPORTED_NAME_SYNTAX;
    if (!looksLikeHost(text)) continue;
    const code = match({ kind: 'dns', value: utf8, text }, constraints);
    if (code !== V.OK) return code;
  }
  return V.OK;
}

/** checkCommonNames' answer where OpenSSL fails to convert a string and stops verifying altogether. */
export const OUT_OF_MEM = 17;

const IA5_STRING = 0x16;
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';

/** Two or more labels of letters, digits, underscores and inner hyphens (v3_ncons.c cn2dnsid). */
function looksLikeHost(text: string): boolean {
  let dotted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? '';
    if (/[A-Za-z0-9_]/.test(c)) continue;
    const inner = i > 0 && i < text.length - 1;
    if (inner && c === '-') continue;
    if (inner && c === '.' && text[i + 1] !== '.' && text[i - 1] !== '-' && text[i + 1] !== '-') {
      dotted = true;
      continue;
    }
    return false;
  }
  return dotted;
}

function match(name: GeneralName, { permitted, excluded }: NameConstraints): number {
  const type = effectiveType(name);
  let state: 'none' | 'tried' | 'matched' = 'none';
  for (const subtree of permitted) {
    if (!applies(name, type, subtree)) continue;
    if (!subtree.plain) return V.SUBTREE_MINMAX;
    if (state === 'matched') continue;
    const code = matchOne(name, subtree.base);
    if (code !== V.OK && code !== V.PERMITTED_VIOLATION) return code;
    state = code === V.OK ? 'matched' : 'tried';
  }
  if (state === 'tried') return V.PERMITTED_VIOLATION;
  for (const subtree of excluded) {
    if (!applies(name, type, subtree)) continue;
    if (!subtree.plain) return V.SUBTREE_MINMAX;
    const code = matchOne(name, subtree.base);
    if (code === V.OK) return V.EXCLUDED_VIOLATION;
    if (code !== V.PERMITTED_VIOLATION) return code;
  }
  return V.OK;
}

function applies(name: GeneralName, type: number, { base }: Subtree): boolean {
  if (type !== typeOf(base)) return false;
  return type !== 0 || (name.kind === 'otherName' && base.kind === 'otherName' && name.type === base.type);
}

/** An internationalised mail address is an otherName that e-mail constraints apply to (RFC 8398 §6). */
function effectiveType(name: GeneralName): number {
  return name.kind === 'otherName' && name.type === SMTP_UTF8_MAILBOX ? 1 : typeOf(name);
}

/** The CHOICE's number in GeneralName. */
function typeOf(name: GeneralName): number {
  return name.kind === 'other'
    ? name.tag & 0x1f
    : { otherName: 0, email: 1, dns: 2, directory: 4, uri: 6, ip: 7 }[name.kind];
}

function matchOne(name: GeneralName, base: GeneralName): number {
  if (name.kind === 'otherName' && name.type === SMTP_UTF8_MAILBOX && base.kind === 'email')
    return utf8Mailbox(name, base.text);
  if (name.kind === 'directory' && base.kind === 'directory')
    return name.name.canonical.startsWith(base.name.canonical) ? V.OK : V.PERMITTED_VIOLATION;
  if (name.kind === 'dns' && base.kind === 'dns') return dns(name.text, base.text);
  if (name.kind === 'email' && base.kind === 'email') return email(name.text, base.text);
  if (name.kind === 'uri' && base.kind === 'uri') return uri(name.text, base.text);
  if (name.kind === 'ip' && base.kind === 'ip') return ip(name.value, base.value);
  return V.UNSUPPORTED_CONSTRAINT_TYPE;
}

/** The base, or anything in front of it; a base that begins with a dot needs something in front only when lengths differ. */
function dns(name: string, base: string): number {
  if (base.length === 0) return V.OK;
  if (name.length < base.length) return V.PERMITTED_VIOLATION;
  const start = name.length - base.length;
  if (start > 0 && !base.startsWith('.') && name[start - 1] !== '.') return V.PERMITTED_VIOLATION;
  return sameIgnoringCase(base, name.slice(start)) ? V.OK : V.PERMITTED_VIOLATION;
}

function email(name: string, base: string): number {
  const nameAt = name.lastIndexOf('@');
  const baseAt = base.lastIndexOf('@');
  if (nameAt < 0) return V.UNSUPPORTED_NAME_SYNTAX;
  if (baseAt < 0 && base.startsWith('.')) {
    const ends = name.length > base.length && sameIgnoringCase(base, name.slice(name.length - base.length));
    return ends ? V.OK : V.PERMITTED_VIOLATION;
  }
  if (baseAt > 0) {
    // The part before the @ is compared with regard to case.
    if (baseAt !== nameAt) return V.PERMITTED_VIOLATION;
    const local = base.slice(0, baseAt);
    if (local.includes('\0') || name.slice(0, nameAt).includes('\0')) return V.UNSUPPORTED_NAME_SYNTAX;
    if (local !== name.slice(0, nameAt)) return V.PERMITTED_VIOLATION;
  }
  return sameIgnoringCase(base.slice(baseAt + 1), name.slice(nameAt + 1)) ? V.OK : V.PERMITTED_VIOLATION;
}

function utf8Mailbox(name: Extract<GeneralName, { kind: 'otherName' }>, base: string): number {
  if (base.includes('\0') || name.tag !== 0x0c) return V.UNSUPPORTED_NAME_SYNTAX;
  const mail = latin1(name.value);
  const at = mail.lastIndexOf('@');
  if (at < 0) return V.UNSUPPORTED_NAME_SYNTAX;
  const dotted = base.startsWith('.');
  const unicode = unicodeLabels(dotted ? base.slice(1) : base);
  if (unicode === null) return V.UNSPECIFIED;
  const wanted = dotted ? `.${unicode}` : unicode;
  const host = dotted ? mail.slice(-wanted.length) : mail.slice(at + 1);
  const longEnough = !dotted || mail.length > wanted.length;
  return longEnough && sameIgnoringCase(wanted, host) ? V.OK : V.PERMITTED_VIOLATION;
}

/** The host of `scheme://host[:port][/…]`; user info is not known to OpenSSL, a colon anywhere later ends the host. */
function uri(name: string, base: string): number {
  const colon = name.indexOf(':');
  if (colon < 0 || name.slice(colon + 1, colon + 3) !== '//') return V.UNSUPPORTED_NAME_SYNTAX;
  const rest = name.slice(colon + 3);
  const port = rest.indexOf(':');
  const end = port >= 0 ? port : rest.indexOf('/');
  const host = end < 0 ? rest : rest.slice(0, end);
  if (host === '') return V.UNSUPPORTED_NAME_SYNTAX;
  if (base.startsWith('.')) {
    const ends = host.length > base.length && sameIgnoringCase(host.slice(host.length - base.length), base);
    return ends ? V.OK : V.PERMITTED_VIOLATION;
  }
  return sameIgnoringCase(host, base) ? V.OK : V.PERMITTED_VIOLATION;
}

/** Address and mask; odd masks (255.0.255.0) are taken as they come. */
function ip(name: Uint8Array, base: Uint8Array): number {
  if (name.length !== 4 && name.length !== 16) return V.UNSUPPORTED_NAME_SYNTAX;
  if (base.length !== 8 && base.length !== 32) return V.UNSUPPORTED_NAME_SYNTAX;
  if (name.length * 2 !== base.length) return V.PERMITTED_VIOLATION;
  const inside = name.every((octet, i) => {
    const mask = base[name.length + i] ?? 0;
    return (octet & mask) === ((base[i] ?? 0) & mask);
  });
  return inside ? V.OK : V.PERMITTED_VIOLATION;
}

function sameIgnoringCase(a: string, b: string): boolean {
  return a.length === b.length && (a === b || lower(a) === lower(b));
}

function lower(text: string): string {
  return text.replace(/[A-Z]+/g, upper => upper.toLowerCase());
}

/** A-labels to U-labels, as UTF-8 octets one character each; null when a label is no Punycode (RFC 3492). */
function unicodeLabels(host: string): string | null {
  const labels = host.split('.').map(label => (/^xn--/i.test(label) ? punycode(label.slice(4)) : label));
  return labels.includes(null) ? null : labels.join('.');
}

function punycode(label: string): string | null {
  const split = label.lastIndexOf('-');
  const output = split > 0 ? [...label.slice(0, split)].map(c => c.charCodeAt(0)) : [];
  let [n, i, bias] = [128, 0, 72];
  for (let at = split > 0 ? split + 1 : 0; at < label.length; ) {
    const before = i;
    for (let weight = 1, k = 36; ; k += 36) {
      const c = label.charCodeAt(at++);
      const digit = c >= 48 && c < 58 ? c - 22 : c >= 65 && c < 91 ? c - 65 : c >= 97 && c < 123 ? c - 97 : -1;
      if (digit < 0) return null;
      i += digit * weight;
      const threshold = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
      if (digit < threshold) break;
      weight *= 36 - threshold;
      if (weight > 0x7fffffff || i > 0x7fffffff) return null;
    }
    let delta = Math.floor((i - before) / (before === 0 ? 700 : 2));
    delta += Math.floor(delta / (output.length + 1));
    let k = 0;
    for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
    bias = k + Math.floor((36 * delta) / (delta + 38));
    n += Math.floor(i / (output.length + 1));
    i %= output.length + 1;
    if (n > 0x10ffff || output.length > 253) return null;
    output.splice(i++, 0, n);
  }
  return latin1(new TextEncoder().encode(String.fromCodePoint(...output)));
}
