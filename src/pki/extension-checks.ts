// Extensions of a path against its purpose, leaf first (x509_vfy.c check_extensions, v3_purp.c), with the strict set of
// X509_V_FLAG_X509_STRICT in OpenSSL's order: the first one that fails is the one people see.
import type { Certificate } from './certificate.ts';
import { V } from './codes.ts';
import { isCritical, KU, OID } from './extensions.ts';
import { sameAlgorithm } from './keys.ts';
import { trustOf } from './path.ts';

export interface Fault {
  readonly code: number;
  readonly depth: number;
}

/** All faults of the path in the order OpenSSL would report them. */
export function checkExtensions(
  chain: readonly Certificate[],
  sent: number,
  purpose: 'server' | 'client',
  strict: boolean,
): Fault[] {
  const faults: Fault[] = [];
  // -1: leaf, may be a CA or not. 0: below a proxy certificate, may not. 1: must be one.
  let mustBeCa = -1;
  let pathLength = 0;
  let proxyPathLength = 0;
  chain.forEach((certificate, depth) => {
    const fail = (when: boolean, code: number) => when && faults.push({ code, depth });
    const { extensions } = certificate;
    const last = depth === chain.length - 1;
    const proxy = extensions.proxyPathLength !== null;
    fail(extensions.unhandledCritical.length > 0, V.UNHANDLED_CRITICAL_EXTENSION);
    fail(proxy, V.PROXY_CERTIFICATES_NOT_ALLOWED);
    const ca = extensions.broken.length > 0 ? 0 : caKind(certificate);
    if (mustBeCa < 0) fail(strict && ca > 1, V.INVALID_CA);
    else if (mustBeCa === 0) fail(ca !== 0, V.INVALID_NON_CA);
    // An old-style CA (kinds 3 to 5) passes as the last of the path only, and in strict mode nowhere.
    else fail(ca === 0 || ((!last || strict) && ca !== 1), V.INVALID_CA);
    // A path of one certificate escapes this and the strict set, on purpose: RFC 6818 §2.
    if (chain.length > 1) {
      if (certificate.publicKey === null) fail(true, V.UNSPECIFIED);
      fail(certificate.key.explicitCurve, V.EC_KEY_EXPLICIT_PARAMS);
      if (strict) for (const code of strictFaults(certificate, last)) fail(true, code);
    }
    fail(!isFitFor(certificate, purpose, mustBeCa > 0, depth >= sent, strict), V.INVALID_PURPOSE);
    // A leaf's or first issuer's own pathlen cannot be exceeded by anything below; OpenSSL looks from depth 2 on.
    const limit = extensions.basicConstraints?.pathLength ?? null;
    fail(depth > 1 && limit !== null && pathLength > limit + proxyPathLength, V.PATH_LENGTH_EXCEEDED);
    if (depth > 0 && !certificate.selfIssued) pathLength++;
    if (proxy) {
      const proxyLimit = extensions.proxyPathLength ?? -1;
      if (proxyLimit !== -1) {
        fail(proxyPathLength > proxyLimit, V.PROXY_PATH_LENGTH_EXCEEDED);
        proxyPathLength = proxyLimit;
      }
      proxyPathLength++;
      mustBeCa = 0;
    } else mustBeCa = 1;
  });
  return faults;
}

/** X509_V_OK, or why the issuer's keyUsage forbids it to sign the subject (v3_purp.c ossl_x509_signing_allowed). */
export function forbidsSigning(issuer: Certificate, subject: Certificate): number {
  const usage = issuer.extensions.keyUsage;
  if (usage === null) return V.OK;
  if (subject.extensions.proxyPathLength !== null)
    return usage & KU.digitalSignature ? V.OK : V.KEYUSAGE_NO_DIGITAL_SIGNATURE;
  return usage & KU.keyCertSign ? V.OK : V.KEYUSAGE_NO_CERTSIGN;
}

/** RFC 5280 as OpenSSL enforces it in strict mode, in its order. */
function strictFaults(certificate: Certificate, last: boolean): number[] {
  const { extensions, subject } = certificate;
  const { basicConstraints, keyUsage, subjectAltName, authorityKeyId, subjectKeyId } = extensions;
  const ca = basicConstraints?.ca ?? false;
  const usage = keyUsage ?? 0;
  const faults: [boolean, number][] = [];
  if (basicConstraints !== null && basicConstraints.pathLength !== null)
    faults.push(
      [!ca, V.PATHLEN_INVALID_FOR_NON_CA],
      [(usage & KU.keyCertSign) === 0, V.PATHLEN_WITHOUT_KU_KEY_CERT_SIGN],
    );
  faults.push(
    [ca && !isCritical(extensions, OID.basicConstraints), V.CA_BCONS_NOT_CRITICAL],
    [ca && keyUsage === null, V.CA_CERT_MISSING_KEY_USAGE],
    [!ca && (usage & KU.keyCertSign) !== 0, V.KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA],
    [certificate.issuer.size === 0, V.ISSUER_NAME_EMPTY],
    [(ca || (usage & KU.cRLSign) !== 0 || subjectAltName === null) && subject.size === 0, V.SUBJECT_NAME_EMPTY],
    [
      subject.size === 0 && subjectAltName !== null && !isCritical(extensions, OID.subjectAltName),
      V.EMPTY_SUBJECT_SAN_NOT_CRITICAL,
    ],
    [subjectAltName?.length === 0, V.EMPTY_SUBJECT_ALT_NAME],
    [
      !sameAlgorithm(certificate.signatureAlgorithm, certificate.innerSignatureAlgorithm),
      V.SIGNATURE_ALGORITHM_INCONSISTENCY,
    ],
    // A critical key identifier (90, 91) cannot come up: it is an unhandled critical extension, and OpenSSL notes no more after one.
    [
      authorityKeyId !== null && isCritical(extensions, OID.authorityKeyIdentifier),
      V.AUTHORITY_KEY_IDENTIFIER_CRITICAL,
    ],
    [subjectKeyId !== null && isCritical(extensions, OID.subjectKeyIdentifier), V.SUBJECT_KEY_IDENTIFIER_CRITICAL],
  );
  if (certificate.version >= 3)
    faults.push(
      [!last && (authorityKeyId?.keyId ?? null) === null, V.MISSING_AUTHORITY_KEY_IDENTIFIER],
      [ca && subjectKeyId === null, V.MISSING_SUBJECT_KEY_IDENTIFIER],
    );
  else faults.push([extensions.all.length > 0, V.EXTENSIONS_REQUIRE_VERSION_3]);
  return faults.flatMap(([fails, code]) => (fails ? [code] : []));
}

/** check_purpose: a broken certificate is fit for anything unless strict; a TRUSTED CERTIFICATE's settings come first. */
function isFitFor(
  certificate: Certificate,
  purpose: 'server' | 'client',
  mustBeCa: boolean,
  anchor: boolean,
  strict: boolean,
): boolean {
  const usage = purpose === 'server' ? SERVER_AUTH : CLIENT_AUTH;
  const trust = anchor ? trustOf(certificate, usage, false) : 'unknown';
  if (trust !== 'unknown') return trust === 'trusted';
  const { extensions } = certificate;
  if (extensions.broken.length > 0) return !strict;
  const { extKeyUsage, keyUsage, netscapeCertType } = extensions;
  // anyExtendedKeyUsage alone does not do, on purpose: OpenSSL's check_purpose_ssl_server does not look at XKU_ANYEKU.
  const usages = purpose === 'server' ? [SERVER_AUTH, MS_SGC, NETSCAPE_SGC] : [CLIENT_AUTH];
  if (extKeyUsage !== null && !usages.some(oid => extKeyUsage.includes(oid))) return false;
  if (mustBeCa) {
    const ca = caKind(certificate);
    return ca !== 0 && (ca !== 5 || ((netscapeCertType ?? 0) & NS_SSL_CA) !== 0);
  }
  const netscape = purpose === 'server' ? NS_SSL_SERVER : NS_SSL_CLIENT;
  const keys =
    purpose === 'server'
      ? KU.digitalSignature | KU.keyEncipherment | KU.keyAgreement
      : KU.digitalSignature | KU.keyAgreement;
  return (
    (netscapeCertType === null || (netscapeCertType & netscape) !== 0) && (keyUsage === null || (keyUsage & keys) !== 0)
  );
}

/** v3_purp.c check_ca: 0 no CA, 1 CA, 3 self-signed of version 1, 4 by keyUsage alone, 5 by Netscape's extension. */
function caKind(certificate: Certificate): number {
  const { basicConstraints, keyUsage, netscapeCertType } = certificate.extensions;
  if (keyUsage !== null && (keyUsage & KU.keyCertSign) === 0) return 0;
  if (basicConstraints !== null) return basicConstraints.ca ? 1 : 0;
  if (certificate.version === 1 && certificate.selfSigned) return 3;
  if (keyUsage !== null) return 4;
  return netscapeCertType !== null && (netscapeCertType & NS_ANY_CA) !== 0 ? 5 : 0;
}

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const MS_SGC = '1.3.6.1.4.1.311.10.3.3';
const NETSCAPE_SGC = '2.16.840.1.113730.4.1';
const NS_SSL_CLIENT = 0x80;
const NS_SSL_SERVER = 0x40;
const NS_SSL_CA = 0x04;
const NS_ANY_CA = 0x07;
