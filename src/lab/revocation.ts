// Makes OCSP responses (RFC 6960) and CRLs (RFC 5280 §5), right ones and wrong ones. As in pki.ts, what is not given is
// what a good CA would write.
import { createHash, sign } from 'node:crypto';
import { bits, int, octets, oid, seq, tagged, time } from './der.ts';
import { algorithmOf, type Made, moment, type Pki } from './pki.ts';

export type RevocationReason =
  | 'unspecified'
  | 'keyCompromise'
  | 'superseded'
  | 'cessationOfOperation'
  | 'removeFromCRL';

export interface OcspPlan {
  /** The certificate it is about. */
  readonly about: string;
  readonly says: 'good' | 'revoked' | 'unknown';
  /** Whose key signs; default: the issuer. Another certificate of the plan is sent along. */
  readonly by?: string;
  /** The responder's refusal instead of an answer: 1 malformedRequest, 2 internalError, 3 tryLater, 6 unauthorized. */
  readonly refuses?: number;
  readonly reason?: RevocationReason;
  /** Days relative to now. */
  readonly revoked?: number;
  readonly produced?: number;
  readonly from?: number;
  /** null = no nextUpdate. */
  readonly to?: number | null;
  readonly badSignature?: boolean;
}

export interface CrlPlan {
  readonly issuer: string;
  readonly revokes: readonly string[];
  readonly reason?: RevocationReason;
  readonly revoked?: number;
  readonly from?: number;
  readonly to?: number | null;
  /** Sign with another certificate's key. */
  readonly keyOf?: string;
  readonly badSignature?: boolean;
  /** So many further entries. */
  readonly filler?: number;
}

/** DER of an OCSPResponse about one certificate. */
export function makeOcsp(plan: OcspPlan, pki: Pki, now: Date): Uint8Array {
  if (plan.refuses !== undefined) return seq(tagged(0x0a, Uint8Array.of(plan.refuses)));
  const certificate = one(pki, plan.about);
  const issuer = one(pki, certificate.spec.by ?? certificate.name);
  const signer = plan.by === undefined ? issuer : one(pki, plan.by);
  const hash = (content: Uint8Array) => octets(createHash('sha1').update(content).digest());
  const certId = seq(
    seq(oid('1.3.14.3.2.26'), Uint8Array.of(5, 0)),
    hash(issuer.subject),
    hash(keyBits(issuer)),
    int(certificate.serial),
  );
  const at = (days: number) => generalizedTime(moment(days, now));
  const status = {
    good: tagged(0x80),
    unknown: tagged(0x82),
    revoked: tagged(
      0xa1,
      at(plan.revoked ?? -2),
      tagged(0xa0, tagged(0x0a, Uint8Array.of(REASONS[plan.reason ?? 'keyCompromise']))),
    ),
  }[plan.says];
  const data = seq(
    tagged(0xa1, signer.subject),
    at(plan.produced ?? plan.from ?? -0.1),
    seq(seq(certId, status, at(plan.from ?? -0.1), ...(plan.to === null ? [] : [tagged(0xa0, at(plan.to ?? 6))]))),
  );
  const along = signer === issuer ? [] : [tagged(0xa0, seq(signer.der))];
  const basic = seq(...signed(data, signer, plan.badSignature ?? false), ...along);
  return seq(tagged(0x0a, Uint8Array.of(0)), tagged(0xa0, seq(oid('1.3.6.1.5.5.7.48.1.1'), octets(basic))));
}

/** DER of a CertificateList. */
export function makeCrl(plan: CrlPlan, pki: Pki, now: Date): Uint8Array {
  const issuer = one(pki, plan.issuer);
  const signer = one(pki, plan.keyOf ?? plan.issuer);
  const when = time(moment(plan.revoked ?? -2, now));
  const reason = seq(
    seq(oid('2.5.29.21'), octets(tagged(0x0a, Uint8Array.of(REASONS[plan.reason ?? 'keyCompromise'])))),
  );
  const entries = [
    ...Array.from({ length: plan.filler ?? 0 }, (_, i) => seq(int(1_000_000 + i), when)),
    ...plan.revokes.map(name => seq(int(one(pki, name).serial), when, reason)),
  ];
  const { identifier } = algorithmOf(signer.key, 'sha256');
  const list = seq(
    int(1),
    identifier,
    issuer.subject,
    time(moment(plan.from ?? -1, now)),
    ...(plan.to === null ? [] : [time(moment(plan.to ?? 6, now))]),
    ...(entries.length > 0 ? [seq(...entries)] : []),
    tagged(
      0xa0,
      seq(seq(oid('2.5.29.35'), octets(seq(tagged(0x80, issuer.keyId)))), seq(oid('2.5.29.20'), octets(int(7)))),
    ),
  );
  return seq(...signed(list, signer, plan.badSignature ?? false));
}

const REASONS: Readonly<Record<RevocationReason, number>> = {
  unspecified: 0,
  keyCompromise: 1,
  superseded: 4,
  cessationOfOperation: 5,
  removeFromCRL: 8,
};

function signed(content: Uint8Array, signer: Made, bad: boolean): [Uint8Array, Uint8Array, Uint8Array] {
  const { identifier, digest } = algorithmOf(signer.key, 'sha256');
  const signature = Buffer.from(sign(digest, content, signer.key));
  if (bad) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  return [content, identifier, bits(signature)];
}

/** The content of subjectPublicKey, which CertID hashes. */
function keyBits({ spki }: Made): Uint8Array {
  // SEQUENCE { AlgorithmIdentifier, BIT STRING }: skip two headers and the first element.
  const outer = headerLength(spki, 0);
  const algorithm = outer + headerLength(spki, outer) + (spki[outer + 1] ?? 0);
  return spki.subarray(algorithm + headerLength(spki, algorithm) + 1);
}

const headerLength = (der: Uint8Array, at: number) => 2 + ((der[at + 1] ?? 0) & 0x80 ? (der[at + 1] ?? 0) & 0x7f : 0);

const generalizedTime = (at: Date) =>
  tagged(0x18, Buffer.from(`${at.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));

function one(pki: Pki, name: string): Made {
  const found = pki.get(name);
  if (!found) throw new Error(`the scenario has no certificate '${name}'`);
  return found;
}
