// match_hostname(), the comparison in Python code that Python 3.6's ssl and urllib3 1.26 make after the handshake.
// (Lib/ssl.py of 3.6; urllib3/util/ssl_match_hostname.py.) A chain error therefore hides a wrong name.
import type { Certificate } from './certificate.ts';
import { V } from './codes.ts';
import { sameBytes } from './der.ts';
import { attributesOf, ipOctets, OID_COMMON_NAME } from './names.ts';

/** The error after a verification that passed; null when the name is right. */
export function afterwardsMismatch(
  leaf: Certificate,
  host: string,
): { readonly code: number; readonly depth: number; readonly message: string } | null {
  const octets = ipOctets(host);
  const fail = (message: string) => ({
    code: octets === null ? V.HOSTNAME_MISMATCH : V.IP_ADDRESS_MISMATCH,
    depth: 0,
    message,
  });
  const names: string[] = [];
  for (const name of leaf.altNames ?? []) {
    if (name.kind === 'dns') {
      if (octets === null) {
        if (tooManyWildcards(name.text)) return fail(`too many wildcards in certificate DNS name: ${quote(name.text)}`);
        if (matches(name.text, host)) return null;
      }
      names.push(name.text);
    } else if (name.kind === 'ip') {
      if (octets !== null && sameBytes(name.value, octets)) return null;
      names.push(name.value.length === 16 ? fullIpv6(name.value) : name.text);
    }
  }
  // Any DNS or IP name keeps the common name out; without one it counts, for an address too.
  if (names.length === 0)
    for (const { text } of attributesOf(leaf.subject, OID_COMMON_NAME)) {
      if (tooManyWildcards(text)) return fail(`too many wildcards in certificate DNS name: ${quote(text)}`);
      if (matches(text, host)) return null;
      names.push(text);
    }
  const [first] = names;
  if (first === undefined) return fail('no appropriate commonName or subjectAltName fields were found');
  return fail(
    names.length > 1
      ? `hostname ${quote(host)} doesn't match either of ${names.map(quote).join(', ')}`
      : `hostname ${quote(host)} doesn't match ${quote(first)}`,
  );
}

/** Python gives up on the whole certificate at such a name (CVE-2013-2099). */
function tooManyWildcards(pattern: string): boolean {
  return (pattern.split('.')[0] ?? '').split('*').length > 2;
}

/** RFC 6125 §6.4.3 as Python 3.2 to 3.6 read it: one asterisk, in the leftmost label, partial ones allowed. */
function matches(pattern: string, host: string): boolean {
  if (pattern === '') return false;
  const [left = '', ...rest] = pattern.split('.');
  if (!left.includes('*')) return pattern.toLowerCase() === host.toLowerCase();
  const [first = '', ...others] = host.split('.');
  if (others.length !== rest.length || others.join('.').toLowerCase() !== rest.join('.').toLowerCase()) return false;
  if (left === '*') return first !== '';
  const label = first.toLowerCase();
  // A-labels are compared as they are; the prefix is looked for in lower case only, as Python does.
  if (left.startsWith('xn--') || host.startsWith('xn--')) return label === left.toLowerCase();
  const [prefix = '', suffix = ''] = left.toLowerCase().split('*');
  return label.length >= prefix.length + suffix.length && label.startsWith(prefix) && label.endsWith(suffix);
}

/** repr() of a text without control characters. */
function quote(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\');
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

/** getpeercert() writes an IPv6 name out in full, in capitals. */
function fullIpv6(octets: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) =>
    (((octets[2 * i] ?? 0) << 8) | (octets[2 * i + 1] ?? 0)).toString(16),
  );
  return groups.join(':').toUpperCase();
}
