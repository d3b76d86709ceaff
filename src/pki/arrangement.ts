// How the certificates that a server sent lie to each other: which are on the way up from the leaf, which are out of
// order, sent twice, or strangers. Only what was sent; trust anchors are somebody else's business.
import { type Certificate, isSignedBy } from './certificate.ts';
import type { TrustStore } from './store.ts';

export interface Arrangement {
  /** From the leaf upwards, as far as what was sent goes. */
  readonly path: readonly Certificate[];
  /** Certificates sent again, byte for byte. */
  readonly duplicates: readonly Certificate[];
  /** Certificates that lead nowhere from the leaf. */
  readonly unrelated: readonly Certificate[];
  /** RFC 5246 §7.4.2 asks each certificate to certify the one before it; RFC 8446 §4.4.2 only wishes for it. */
  readonly ordered: boolean;
  /** The path's last certificate is self-signed. */
  readonly topSelfSigned: boolean;
}

/** Arranges certificates in the server's order, the first of which is the leaf. @throws RangeError when there are none */
export function arrange(sent: readonly Certificate[]): Arrangement {
  const [leaf] = sent;
  if (!leaf) throw new RangeError('no certificates');
  const seen = new Set<string>();
  const unique: Certificate[] = [];
  const duplicates: Certificate[] = [];
  for (const certificate of sent) {
    (seen.has(certificate.sha256) ? duplicates : unique).push(certificate);
    seen.add(certificate.sha256);
  }
  const issued = issuing();

  const path = [leaf];
  for (;;) {
    const top = path.at(-1) ?? leaf;
    const next = issued(top, top)
      ? undefined
      : unique.find(candidate => !path.includes(candidate) && issued(candidate, top));
    if (!next) break;
    path.push(next);
  }

  // A cross-signed twin is no stranger: it issues something on the way, though the path went through its sibling.
  const related = new Set(path);
  for (const child of related) {
    for (const candidate of unique) if (!related.has(candidate) && issued(candidate, child)) related.add(candidate);
  }
  const places = path.map(certificate => unique.indexOf(certificate));
  const top = path.at(-1) ?? leaf;
  return {
    path,
    duplicates,
    unrelated: unique.filter(certificate => !related.has(certificate)),
    ordered: places.every((place, i) => i === 0 || place > (places[i - 1] ?? 0)),
    topSelfSigned: issued(top, top),
  };
}

/** Whether one certificate's key signed the other, and the names say so too. */
export const didIssue = (issuer: Certificate, subject: Certificate): boolean =>
  subject.issuer.canonical === issuer.subject.canonical && isSignedBy(subject, issuer);

/** didIssue with a budget: a server that sends a hundred certificates of one name must not keep us busy (budget.ts). */
function issuing(): (issuer: Certificate, subject: Certificate) => boolean {
  let left = 400;
  return (issuer, subject) => {
    if (subject.issuer.canonical !== issuer.subject.canonical) return false;
    left -= 1;
    return left < 0 || isSignedBy(subject, issuer);
  };
}

/** Anchors of the store whose key signed the certificate. */
export const issuersIn = (store: TrustStore, subject: Certificate): readonly Certificate[] =>
  store.withSubject(subject.issuer.canonical).filter(candidate => isSignedBy(subject, candidate));
