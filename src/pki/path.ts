// Which certificates lead from the leaf to a trust anchor: OpenSSL's build_chain (x509_vfy.c, 3.0 to 3.5) with
// X509_V_FLAG_TRUSTED_FIRST, the default since 1.1.0. It takes the first plausible issuer and never goes back, so a mesh
// of cross-signs costs no more than its longest path, and two roots of one name may answer 7 in one order and 0 in the other.
import { MAX_DEPTH } from './budget.ts';
import { type Certificate, couldHaveSigned, matchesAuthorityKeyId } from './certificate.ts';
import { V } from './codes.ts';
import type { TrustStore } from './store.ts';

/** The path found, and whether it is trusted. */
export interface Path {
  /** Leaf first. */
  readonly certificates: readonly Certificate[];
  /** The first so many were sent, the others come from the store. */
  readonly sent: number;
  readonly trusted: boolean;
  /** What to answer when it is not trusted; null with `aborted`. */
  readonly error: { readonly code: number; readonly depth: number } | null;
  /** Codes met on the way (28, a rejecting trust setting), before `error`. */
  readonly met: readonly { readonly code: number; readonly depth: number }[];
  /** OpenSSL gives up with an internal error: no key could be read. */
  readonly aborted: boolean;
}

export interface PathRules {
  readonly partialChain: boolean;
  /** Whole seconds since 1970. */
  readonly at: number;
  /** EKU OID that trust settings are asked for. */
  readonly trustUsage: string;
}

/**
 * Whether OpenSSL would take `issuer` for the issuer of `subject` while it builds a path (v3_purp.c
 * ossl_x509_likely_issued): names, authority key identifier, kind of key; no signature, no dates. A certificate with a
 * broken extension is nobody's issuer and nobody's subject.
 */
export function issued(issuer: Certificate, subject: Certificate): boolean {
  return (
    issuer.subject.canonical === subject.issuer.canonical &&
    issuer.extensions.broken.length === 0 &&
    subject.extensions.broken.length === 0 &&
    matchesAuthorityKeyId(issuer, subject) &&
    couldHaveSigned(issuer, subject)
  );
}

/** Builds the path. `sent` is what came besides the leaf, in the server's order. */
export function buildPath(leaf: Certificate, sent: readonly Certificate[], store: TrustStore, rules: PathRules): Path {
  const chain: Certificate[] = [leaf];
  const untrusted = [...sent];
  const met: { code: number; depth: number }[] = [];
  const maxLength = MAX_DEPTH + 1;
  let fromPeer = 1;
  let searchSent = true;
  let trust: Trust = 'unknown';

  const done = (over: Partial<Path>): Path => ({
    certificates: chain,
    sent: fromPeer,
    trusted: false,
    error: null,
    met,
    aborted: false,
    ...over,
  });
  const judge = (certificate: Certificate, depth: number): Trust => {
    const found = trustOf(certificate, rules.trustUsage);
    if (found === 'rejected') met.push({ code: V.CERT_REJECTED, depth });
    return found;
  };

  for (;;) {
    const top = chain.at(-1) ?? leaf;
    const issuer = chain.length > maxLength ? null : issuerInStore(top, store, rules.at);
    if (issuer) {
      const selfSigned = isSelfSigned(top);
      if (selfSigned === null) return done({ aborted: true });
      let found = true;
      let topSelfSigned = selfSigned;
      if (!selfSigned) {
        chain.push(issuer);
        topSelfSigned = isSelfSigned(issuer) ?? false;
      } else if (issuer.equals(top)) {
        // The copy that was sent gives way to the trusted one. Once more after that, it is the store's already.
        fromPeer = chain.length - 1;
        chain[chain.length - 1] = issuer;
      } else found = false; // same name, another certificate: a mimic
      if (found) {
        searchSent = false;
        trust = judge(issuer, chain.length - 1);
        // A rejection is passed on to a caller who may overrule it; ours goes on, as one who only collects errors does.
        if (trust === 'rejected') trust = 'unknown';
        else if (trust === 'unknown' && rules.partialChain) trust = 'trusted';
        if (trust === 'trusted') return done({ trusted: true });
        if (!topSelfSigned) continue;
      }
    }
    if (!searchSent) break;
    const next =
      isSelfSigned(top) === true || chain.length > maxLength ? null : issuerSent(top, untrusted, chain, rules.at);
    if (!next) {
      // One more look into the store happens in OpenSSL here; with trusted-first it has just been done.
      break;
    }
    untrusted.splice(untrusted.indexOf(next), 1);
    chain.push(next);
    fromPeer = chain.length;
  }

  // The leaf itself may be an anchor, but only where partial chains are allowed.
  if (fromPeer === chain.length && chain.length <= maxLength && rules.partialChain) {
    const match = store.withSubject(leaf.subject.canonical).find(anchor => anchor.equals(leaf));
    if (match && judge(match, 0) !== 'rejected') {
      chain[0] = match;
      fromPeer = 0;
      return done({ trusted: true });
    }
  }
  return done({ error: { code: whyUntrusted(chain, fromPeer, maxLength), depth: chain.length - 1 } });
}

type Trust = 'trusted' | 'rejected' | 'unknown';

function whyUntrusted(chain: readonly Certificate[], fromPeer: number, maxLength: number): number {
  const top = chain.at(-1);
  if (chain.length > maxLength) return V.CERT_CHAIN_TOO_LONG;
  if (top && isSelfSigned(top) === true)
    return chain.length === 1 ? V.DEPTH_ZERO_SELF_SIGNED_CERT : V.SELF_SIGNED_CERT_IN_CHAIN;
  return fromPeer < chain.length ? V.UNABLE_TO_GET_ISSUER_CERT : V.UNABLE_TO_GET_ISSUER_CERT_LOCALLY;
}

/** X509_self_signed: null where it fails (unreadable key, broken extension). */
export function isSelfSigned(certificate: Certificate): boolean | null {
  if (certificate.publicKey === null || certificate.extensions.broken.length > 0) return null;
  return certificate.selfSigned;
}

/** x509_trust.c trust_1oidany: explicit settings of a TRUSTED CERTIFICATE first, else self-signed ones are trusted. */
export function trustOf(certificate: Certificate, usage: string, selfSignedCounts = true): Trust {
  const { trust } = certificate;
  if (trust?.rejected.some(rejected => rejected === usage || rejected === ANY_USAGE)) return 'rejected';
  if (trust?.trusted)
    return trust.trusted.some(trusted => trusted === usage || trusted === ANY_USAGE) ? 'trusted' : 'rejected';
  return selfSignedCounts && isSelfSigned(certificate) === true ? 'trusted' : 'unknown';
}

/** Whether `at` lies inside the validity period as OpenSSL counts: the notAfter second is already outside. */
export function isTimely({ validFrom, validTo }: Certificate, at: number): boolean {
  return (
    validFrom.valid && validTo.valid && validFrom.date.getTime() / 1000 <= at && at < validTo.date.getTime() / 1000
  );
}

/** The first plausible and timely issuer, else the one that expired last (x509_lu.c X509_STORE_CTX_get1_issuer). */
function issuerInStore(subject: Certificate, store: TrustStore, at: number): Certificate | null {
  return preferTimely(
    store.withSubject(subject.issuer.canonical).filter(candidate => issued(candidate, subject)),
    at,
  );
}

/** The same among what was sent; what is in the chain already is left out, lest it go in circles (x509_vfy.c find_issuer). */
function issuerSent(
  subject: Certificate,
  untrusted: readonly Certificate[],
  chain: readonly Certificate[],
  at: number,
): Certificate | null {
  const mayRepeat = subject.selfIssued && chain.length === 1;
  return preferTimely(
    untrusted.filter(
      candidate => issued(candidate, subject) && (mayRepeat || !chain.some(used => used.equals(candidate))),
    ),
    at,
  );
}

function preferTimely(candidates: readonly Certificate[], at: number): Certificate | null {
  let last: Certificate | null = null;
  for (const candidate of candidates) {
    if (isTimely(candidate, at)) return candidate;
    if (last === null || candidate.validTo.rough > last.validTo.rough) last = candidate;
  }
  return last;
}

const ANY_USAGE = '2.5.29.37.0';

// Bits of strength each security level asks for (x509_vfy.c minbits_table).
const MIN_BITS = [0, 80, 112] as const;

/** Whether the certificate's key is strong enough; an unreadable key is not, but level 0 asks nothing. */
export function isLevelKey(certificate: Certificate, level: 0 | 1 | 2): boolean {
  return level === 0 || (certificate.publicKey !== null && certificate.key.securityBits >= MIN_BITS[level]);
}

/** Whether the certificate was signed with a strong enough digest. */
export function isLevelSignature(certificate: Certificate, level: 0 | 1 | 2): boolean {
  return level === 0 || (certificate.signatureInfo.securityBits ?? -1) >= MIN_BITS[level];
}
