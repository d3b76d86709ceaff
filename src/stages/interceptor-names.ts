// Is a certificate the work of a known product? By fingerprint, by key, or by the names it signs with. Whether that
// proves anything is the caller's question: anybody can call an issuer so, but only a stranger to the public roots may.
import { createHash } from 'node:crypto';
import type { Interceptor, InterceptorMatch } from '../model/knowledge.ts';
import type { Certificate } from '../pki/certificate.ts';
import { attributesOf, type Name, OID_COMMON_NAME, OID_EMAIL } from '../pki/names.ts';

export interface Recognised {
  readonly product: Interceptor;
  readonly how: string;
}

/**
 * The product that made this chain, or null.
 * @param path from the leaf upwards, as far as it was sent or found
 * @param asked what was asked for: whether the leaf names it, and whether it is an address inside a network
 */
export function recognise(
  path: readonly Certificate[],
  { fits, inside }: { readonly fits: boolean; readonly inside: boolean },
  interceptors: readonly Interceptor[],
): Recognised | null {
  for (const product of interceptors) {
    // A login page's certificate is at home on its own host.
    if (product.kind === 'captive-portal' && fits) continue;
    const certificate = path.find(each => isListed(each, product));
    if (certificate) return { product, how: `“${certificate.subject.text}” is known by its fingerprint` };
  }
  const [leaf] = path;
  if (!leaf) return null;
  for (const product of interceptors) {
    for (const match of product.match) {
      const named = namesAt(match.where, path).find(name => fields(match, name));
      // A device's page about itself: its own certificate, of its own CA, for a name that nobody asked for.
      const own = !fits && (inside || fields(match, leaf.subject, 'O'));
      if (named && !own) return { product, how: `“${named.text}” is the name that ${product.product} signs with` };
    }
  }
  return null;
}

function isListed(certificate: Certificate, { certificates, keys }: Interceptor): boolean {
  if (certificates.includes(certificate.sha256)) return true;
  if (certificates.some(print => print.length === 40) && certificates.includes(digest('sha1', certificate.der, 'hex')))
    return true;
  return keys.length > 0 && keys.includes(digest('sha256', certificate.spki, 'base64'));
}

const digest = (algorithm: string, bytes: Uint8Array, form: 'hex' | 'base64') =>
  createHash(algorithm).update(bytes).digest(form);

/** Names a pattern may look at. The signer of the topmost certificate counts as a root: few servers send theirs. */
function namesAt(where: InterceptorMatch['where'], path: readonly Certificate[]): readonly Name[] {
  if (where === 'anyIssuer') return path.map(certificate => certificate.issuer);
  const end = where === 'leafIssuer' ? path[0] : path.at(-1);
  return end ? [end.issuer] : [];
}

/** All the attributes that the pattern names; with `only`, that one, and it must be named. */
function fields({ fields: wanted }: InterceptorMatch, name: Name, only?: string): boolean {
  const asked = Object.entries(wanted).filter(([type]) => only === undefined || type === only);
  return (
    asked.length > 0 &&
    asked.every(([type, pattern]) => {
      const expression = new RegExp(pattern, 'u');
      // Zscaler's name ends in a blank.
      return attributesOf(name, OIDS[type] ?? '').some(({ text }) => expression.test(text.slice(0, 300).trim()));
    })
  );
}

const OIDS: Readonly<Record<string, string>> = {
  CN: OID_COMMON_NAME,
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: OID_EMAIL,
};
