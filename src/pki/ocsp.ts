// OCSP (RFC 6960): judging a response somebody else fetched or a server stapled, and the question to send for one.
import { createHash } from 'node:crypto';
import { REVOCATION_SKEW_MS } from './budget.ts';
import { type Certificate, isSignedBy, MalformedCertificate, parseCertificate, readMoment } from './certificate.ts';
import {
  bitString,
  children,
  content,
  type Element,
  element,
  encode,
  expect,
  integer,
  MalformedDer,
  oid,
  sameBytes,
  smallInteger,
  TAG,
  whole,
} from './der.ts';
import { readAlgorithm, verifySignature } from './keys.ts';
import { isTimely } from './path.ts';
import { revocationReason } from './revocation-reason.ts';

/** What a response says about one certificate. */
export interface OcspAnswer {
  /** `good` only without `problem`; `revoked` when validly signed, however old; else `unknown`. */
  readonly status: 'good' | 'revoked' | 'unknown';
  readonly revokedAt: Date | null;
  /** RFC 5280 §5.3.1: `keyCompromise`, …; null when none is given. */
  readonly reason: string | null;
  readonly thisUpdate: Date | null;
  readonly nextUpdate: Date | null;
  readonly producedAt: Date | null;
  /** Signed by the issuer, or by a responder the issuer made (EKU OCSPSigning). */
  readonly signatureValid: boolean;
  /** Why the response decides nothing, one sentence; null when it does. */
  readonly problem: string | null;
}

/** Judges a DER response about `leaf`, issued by `issuer`, at a time. Never throws for what the bytes hold. */
export function readOcspResponse(der: Uint8Array, leaf: Certificate, issuer: Certificate, at: Date): OcspAnswer {
  try {
    const basic = basicResponse(der);
    return typeof basic === 'string' ? nothing(basic) : judge(basic, leaf, issuer, at);
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return nothing(`the OCSP response cannot be read: ${error.message}`);
  }
}

/** The DER of a request about one certificate, without nonce, as responders that pre-produce answers want it (RFC 5019). */
export function ocspRequest(leaf: Certificate, issuer: Certificate): Uint8Array {
  const hash = (octets: Uint8Array) => encode(0x04, createHash('sha1').update(octets).digest());
  const algorithm = encode(0x30, Buffer.from('06052b0e03021a0500', 'hex'));
  const certId = encode(0x30, algorithm, hash(leaf.issuer.der), hash(keyOctets(issuer)), encode(0x02, leaf.serial));
  return encode(0x30, encode(0x30, encode(0x30, encode(0x30, certId))));
}

const OID_BASIC = '1.3.6.1.5.5.7.48.1.1';
const OID_OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const STATUS = ['', 'malformedRequest', 'internalError', 'tryLater', '', 'sigRequired', 'unauthorized'];
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

// A responder with its own certificate sends one or two; nobody needs more looked at.
const MAX_RESPONDER_CERTIFICATES = 8;

function nothing(problem: string): OcspAnswer {
  return { ...EMPTY, status: 'unknown', signatureValid: false, problem };
}

const EMPTY = { revokedAt: null, reason: null, thisUpdate: null, nextUpdate: null, producedAt: null } as const;

/** The BasicOCSPResponse, or why there is none. */
function basicResponse(der: Uint8Array): Element | string {
  const outer = element(der, 0);
  const [status, wrapped] = children(expect(outer, TAG.sequence, 'the response', 0));
  const code =
    smallInteger(integer(expect(status, TAG.enumerated, 'the response status', outer.at), TAG.enumerated)) ?? -1;
  if (code !== 0) return `the responder answered ${STATUS[code] || `status ${code}`}`;
  const [type, octets] = children(only(expect(wrapped, 0xa0, 'the response itself', outer.at)));
  if (!type || oid(type) !== OID_BASIC) return 'the OCSP response is of an unknown kind';
  return element(content(expect(octets, TAG.octetString, 'the response itself', outer.at)), 0);
}

function judge(basic: Element, leaf: Certificate, issuer: Certificate, at: Date): OcspAnswer {
  const [data, algorithm, signature, certificates] = children(
    expect(basic, TAG.sequence, 'the response itself', basic.at),
  );
  if (!data || !algorithm || !signature) throw new MalformedDer('the response is incomplete', basic.at);
  const parts = children(expect(data, TAG.sequence, 'the response data', data.at));
  if (parts[0]?.tag === 0xa0) parts.shift();
  const [, produced, list] = parts; // the responder's id only helps to find its key
  const producedAt = produced ? readMoment(produced).date : null;
  const single = children(expect(list, TAG.sequence, 'the list of answers', data.at))
    .map(of => children(expect(of, TAG.sequence, 'an answer', of.at)))
    .find(([certId]) => certId && isAbout(certId, leaf, issuer));
  if (!single) return { ...nothing('the OCSP response is about another certificate'), producedAt };

  const { octets, unused } = bitString(signature);
  const keys = [issuer, ...responders(certificates, issuer, at)].flatMap(({ publicKey }) => publicKey ?? []);
  const signatureValid =
    unused === 0 && keys.some(key => verifySignature(whole(data), readAlgorithm(algorithm), octets, key));

  const [, status, from, ...rest] = single;
  if (!status || !from) throw new MalformedDer('an answer is incomplete', data.at);
  const until = rest.find(({ tag }) => tag === 0xa0);
  const thisUpdate = readMoment(from).date;
  const nextUpdate = until ? readMoment(only(until)).date : null;
  const told = { thisUpdate, nextUpdate, producedAt, signatureValid };
  if (!signatureValid)
    return { ...EMPTY, ...told, status: 'unknown', problem: 'the OCSP response is not signed by the issuer' };
  const problem = stale(thisUpdate, nextUpdate, at);
  if (status.tag === 0xa1) {
    const [when, why] = children(status);
    const reason = why ? revocationReason(smallInteger(integer(only(why), TAG.enumerated))) : null;
    return { ...told, status: 'revoked', revokedAt: when ? readMoment(when).date : null, reason, problem };
  }
  if (status.tag === 0x80 && problem === null) return { ...EMPTY, ...told, status: 'good', problem };
  return { ...EMPTY, ...told, status: 'unknown', problem: problem ?? 'the responder does not know this certificate' };
}

function stale(thisUpdate: Date, nextUpdate: Date | null, at: Date): string | null {
  // Written so that an unreadable date fails.
  if (!(thisUpdate.getTime() <= at.getTime() + REVOCATION_SKEW_MS)) return 'the OCSP response is from the future';
  if (nextUpdate !== null && !(nextUpdate.getTime() >= at.getTime() - REVOCATION_SKEW_MS))
    return 'the OCSP response is out of date';
  return null;
}

function isAbout(certId: Element, leaf: Certificate, issuer: Certificate): boolean {
  const [algorithm, nameHash, keyHash, serial] = children(certId);
  if (!algorithm || !nameHash || !keyHash || !serial) return false;
  const hash = HASHES[readAlgorithm(algorithm).oid];
  if (hash === undefined || !sameBytes(integer(serial), leaf.serial)) return false;
  const digest = (octets: Uint8Array) => createHash(hash).update(octets).digest();
  return (
    sameBytes(content(nameHash), digest(issuer.subject.der)) && sameBytes(content(keyHash), digest(keyOctets(issuer)))
  );
}

/** Certificates that came along, made by the issuer for answering (RFC 6960 §4.2.2.2). */
function responders(wrapped: Element | undefined, issuer: Certificate, at: Date): Certificate[] {
  if (wrapped?.tag !== 0xa0) return [];
  return children(only(wrapped))
    .slice(0, MAX_RESPONDER_CERTIFICATES)
    .flatMap(of => {
      try {
        const responder = parseCertificate(whole(of));
        const allowed =
          responder.issuer.canonical === issuer.subject.canonical &&
          responder.extensions.extKeyUsage?.includes(OID_OCSP_SIGNING) &&
          isTimely(responder, Math.floor(at.getTime() / 1000)) &&
          isSignedBy(responder, issuer);
        return allowed ? [responder] : [];
      } catch (error) {
        if (error instanceof MalformedCertificate) return [];
        throw error;
      }
    });
}

/** The key's BIT STRING octets, which CertID hashes. */
function keyOctets({ spki }: Certificate): Uint8Array {
  const [, key] = children(element(spki, 0));
  return key ? bitString(key).octets : new Uint8Array();
}

function only(of: Element): Element {
  const [first] = children(of);
  if (!first) throw new MalformedDer('a value is missing', of.at);
  return first;
}
