// Certificate revocation lists (RFC 5280 §5). The list of entries is never turned into objects: looking one up is a scan
// over the octets (200,000 entries, 7 MB: 20 ms on Node 20, 2026-11-23).
import { REVOCATION_SKEW_MS } from './budget.ts';
import { type Certificate, readMoment } from './certificate.ts';
import {
  bitString,
  boolean,
  children,
  content,
  type Element,
  element,
  expect,
  integer,
  MalformedDer,
  oid,
  sameBytes,
  smallInteger,
  TAG,
  whole,
} from './der.ts';
import { readAlgorithm, sameAlgorithm, verifySignature } from './keys.ts';
import { readName } from './names.ts';
import { revocationReason } from './revocation-reason.ts';

export interface RevokedEntry {
  readonly revokedAt: Date;
  readonly reason: string | null;
}

export interface CertificateRevocationList {
  /** Name of who signed it, as text. */
  readonly issuer: string;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  readonly signatureValid: boolean;
  /** Why the list decides nothing, one sentence; null when it does. */
  readonly problem: string | null;
  /** The entry of a serial number (content octets); null when it is not on the list. Linear in the list's length. */
  lookup(serial: Uint8Array): RevokedEntry | null;
}

/** Judges a DER list by the issuer's key, at a time. Never throws for what the bytes hold. */
export function readCrl(der: Uint8Array, issuer: Certificate, at: Date): CertificateRevocationList {
  try {
    return judge(der, issuer, at);
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return {
      issuer: '',
      thisUpdate: null,
      nextUpdate: null,
      signatureValid: false,
      problem: `the CRL cannot be read: ${error.message}`,
      lookup: () => null,
    };
  }
}

const OID_REASON = '2.5.29.21';
const OID_DELTA = '2.5.29.27';
const OID_ISSUING_POINT = '2.5.29.28';
const HANDLED_CRITICAL = new Set([OID_ISSUING_POINT]);

function judge(der: Uint8Array, issuer: Certificate, at: Date): CertificateRevocationList {
  const outer = expect(element(der, 0), TAG.sequence, 'the CRL', 0);
  const [tbs, algorithm, signature] = children(outer);
  if (!tbs || !algorithm || !signature) throw new MalformedDer('the CRL is incomplete', 0);
  const parts = children(expect(tbs, TAG.sequence, 'the part to be signed', tbs.at));
  if (parts[0]?.tag === TAG.integer) parts.shift();
  const inner = readAlgorithm(expect(parts.shift(), TAG.sequence, 'the signature algorithm', tbs.at));
  const name = readName(expect(parts.shift(), TAG.sequence, 'the issuer', tbs.at));
  const from = parts.shift();
  if (!from) throw new MalformedDer('the time of the CRL is missing', tbs.at);
  const until = parts[0]?.tag === TAG.utcTime || parts[0]?.tag === TAG.generalizedTime ? parts.shift() : undefined;
  const revoked = parts[0]?.tag === TAG.sequence ? parts.shift() : undefined;
  const extensions = parts[0]?.tag === 0xa0 ? parts.shift() : undefined;

  const outside = readAlgorithm(algorithm);
  const { octets, unused } = bitString(signature);
  const key = issuer.publicKey;
  const ours = name.canonical === issuer.subject.canonical;
  const signatureValid =
    ours &&
    unused === 0 &&
    key !== null &&
    sameAlgorithm(outside, inner) &&
    verifySignature(whole(tbs), outside, octets, key);
  const thisUpdate = readMoment(from).date;
  const nextUpdate = until ? readMoment(until).date : null;
  return {
    issuer: name.text,
    thisUpdate,
    nextUpdate,
    signatureValid,
    problem:
      (ours ? null : 'the CRL is from another issuer') ??
      (signatureValid ? null : 'the CRL is not signed by the issuer') ??
      stale(thisUpdate, nextUpdate, at) ??
      (extensions ? scopeProblem(extensions) : null),
    lookup: serial => (revoked ? find(revoked, serial) : null),
  };
}

function stale(thisUpdate: Date, nextUpdate: Date | null, at: Date): string | null {
  // Written so that an unreadable date fails.
  if (!(thisUpdate.getTime() <= at.getTime() + REVOCATION_SKEW_MS)) return 'the CRL is from the future';
  if (nextUpdate !== null && !(nextUpdate.getTime() >= at.getTime() - REVOCATION_SKEW_MS))
    return 'the CRL is out of date';
  return null;
}

/** A list of changes, or one with entries of other issuers, says nothing by itself. */
function scopeProblem(wrapped: Element): string | null {
  const [list] = children(wrapped);
  for (const extension of list ? children(list) : []) {
    const [type, flag, last] = children(extension);
    if (!type) continue;
    const kind = oid(type);
    if (kind === OID_DELTA) return 'the CRL lists changes only';
    const critical = flag?.tag === TAG.boolean && boolean(flag);
    if (critical && !HANDLED_CRITICAL.has(kind)) return `the CRL has the unknown critical extension ${kind}`;
    // indirectCRL [4] of the issuing distribution point.
    if (kind === OID_ISSUING_POINT && last && children(element(content(last), 0)).some(({ tag }) => tag === 0x84))
      return 'the CRL speaks for several issuers';
  }
  return null;
}

function find(list: Element, serial: Uint8Array): RevokedEntry | null {
  const { bytes } = list;
  try {
    for (let at = list.from; at < list.to; ) {
      const entry = element(bytes, at, list.to);
      const number = element(bytes, entry.from, entry.to);
      if (number.to - number.from === serial.length && sameBytes(content(number), serial)) return readEntry(entry);
      at = entry.next;
    }
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
  }
  return null;
}

function readEntry(of: Element): RevokedEntry {
  const [, when, extensions] = children(of);
  const revokedAt = when ? readMoment(when).date : new Date(Number.NaN);
  for (const extension of extensions ? children(extensions) : []) {
    const parts = children(extension);
    const [type] = parts;
    const value = parts.at(-1);
    if (!type || !value || oid(type) !== OID_REASON) continue;
    return { revokedAt, reason: revocationReason(smallInteger(integer(element(content(value), 0), TAG.enumerated))) };
  }
  return { revokedAt, reason: null };
}
