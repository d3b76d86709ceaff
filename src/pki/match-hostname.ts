// match_hostname(), the comparison in Python code that Python 3.6's ssl and urllib3 1.26 make after the handshake.
// (Lib/ssl.py of 3.6; urllib3/util/ssl_match_hostname.py.) A chain error therefore hides a wrong name.
import type { Certificate } from './certificate.ts';
import { V } from './codes.ts';
import { attributesOf, ipOctets, OID_COMMON_NAME } from './names.ts';
import type { Profile } from './profiles/profile.ts';

/** The error after a verification that passed; null when the name is right. */
export function afterwardsMismatch(
  leaf: Certificate,
  host: string,
  _profile: Profile,
): { readonly code: number; readonly depth: number; readonly message: string } | null {
  const octets = ipOctets(host);
  const names: string[] = [];
  for (const name of leaf.altNames ?? []) {
    if (name.kind === 'dns') {
      if (octets === null && matches(name.text, host)) return null;
      names.push(name.text);
    } else if (name.kind === 'ip') {
      if (octets !== null && name.value.length === octets.length && name.value.every((octet, i) => octet === octets[i]))
        return null;
      names.push(name.text);
    }
  }
  // Any DNS or IP name keeps the common name out; without one it counts, for an address too.
  if (names.length === 0)
    for (const { text } of attributesOf(leaf.subject, OID_COMMON_NAME)) {
      if (matches(text, host)) return null;
      names.push(text);
    }
  const quoted = names.map(name => `'${name}'`);
  const message =
    quoted.length > 1
      ? `hostname '${host}' doesn't match either of ${quoted.join(', ')}`
      : quoted.length === 1
        ? `hostname '${host}' doesn't match ${quoted[0]}`
        : 'no appropriate commonName or subjectAltName fields were found';
  return { code: octets === null ? V.HOSTNAME_MISMATCH : V.IP_ADDRESS_MISMATCH, depth: 0, message };
}

/** RFC 6125 §6.4.3 as Python 3.2 to 3.6 read it: one asterisk, in the leftmost label, partial ones allowed. */
function matches(pattern: string, host: string): boolean {
  if (pattern === '') return false;
  const [left = '', ...rest] = pattern.split('.');
  const stars = left.split('*').length - 1;
  if (stars > 1) return false;
  if (stars === 0) return pattern.toLowerCase() === host.toLowerCase();
  const [first = '', ...others] = host.split('.');
  if (others.join('.').toLowerCase() !== rest.join('.').toLowerCase()) return false;
  if (left === '*') return first !== '';
  const [prefix = '', suffix = ''] = left.toLowerCase().split('*');
  const label = first.toLowerCase();
  // A-labels are compared as they are.
  if (left.toLowerCase().startsWith('xn--') || label.startsWith('xn--')) return label === left.toLowerCase();
  return label.length >= prefix.length + suffix.length && label.startsWith(prefix) && label.endsWith(suffix);
}
