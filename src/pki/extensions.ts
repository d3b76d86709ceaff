// X.509 v3 extensions, read as OpenSSL's x509v3_cache_extensions reads them: what it fails on is marked broken here too,
// because that mark (EXFLAG_INVALID) is what turns a broken subjectAltName into “unable to get local issuer certificate”.
import {
  bitString,
  boolean,
  children,
  content,
  type Element,
  element,
  expect,
  integer,
  isList,
  items,
  MalformedDer,
  oid,
  smallInteger,
  string,
  TAG,
} from './der.ts';
import { type GeneralName, readAttribute, readGeneralName, readGeneralNames } from './names.ts';

/** One extension as it stands in the certificate. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  /** Content of the OCTET STRING. */
  readonly value: Uint8Array;
  /** Where the extension begins in the certificate's DER. */
  readonly offset: number;
}

/** An extension that cannot be read, or stands there twice. */
export interface BrokenExtension {
  readonly oid: string;
  /** RFC 5280's word for it, or the OID. */
  readonly name: string;
  readonly reason: string;
  /** In the certificate's DER. */
  readonly offset: number;
}

export interface BasicConstraints {
  readonly ca: boolean;
  /** null = no limit. */
  readonly pathLength: number | null;
}

export interface AuthorityKeyIdentifier {
  readonly keyId: Uint8Array | null;
  readonly issuer: readonly GeneralName[] | null;
  readonly serial: Uint8Array | null;
}

/** One subtree of a name constraint. */
export interface Subtree {
  readonly base: GeneralName;
  /** False when `minimum` is not 0 or `maximum` is there: OpenSSL answers 49 when it meets such a one. */
  readonly plain: boolean;
}

export interface NameConstraints {
  readonly permitted: readonly Subtree[];
  readonly excluded: readonly Subtree[];
}

/** A signed certificate timestamp (RFC 6962 §3.2). */
export interface SignedTimestamp {
  /** SHA-256 of the log's key, lower-case hex. */
  readonly logId: string;
  readonly at: Date;
}

export interface Extensions {
  readonly all: readonly Extension[];
  readonly broken: readonly BrokenExtension[];
  /** Critical ones OpenSSL's verifier does not handle, in order. */
  readonly unhandledCritical: readonly string[];
  readonly subjectAltName: readonly GeneralName[] | null;
  readonly basicConstraints: BasicConstraints | null;
  /** KU_* bits as OpenSSL packs them: digitalSignature 0x80 … cRLSign 0x02, encipherOnly 0x01, decipherOnly 0x8000. */
  readonly keyUsage: number | null;
  /** OIDs. */
  readonly extKeyUsage: readonly string[] | null;
  readonly netscapeCertType: number | null;
  readonly subjectKeyId: Uint8Array | null;
  readonly authorityKeyId: AuthorityKeyIdentifier | null;
  readonly nameConstraints: NameConstraints | null;
  /** null = not a proxy certificate (RFC 3820); -1 = no limit. */
  readonly proxyPathLength: number | null;
  readonly freshestCrl: boolean;
}

export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ipAddrBlocks: '1.3.6.1.5.5.7.1.7',
  autonomousSysIds: '1.3.6.1.5.5.7.1.8',
  proxyCertInfo: '1.3.6.1.5.5.7.1.14',
  tlsFeature: '1.3.6.1.5.5.7.1.24',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  signedTimestamps: '1.3.6.1.4.1.11129.2.4.2',
  netscapeCertType: '2.16.840.1.113730.1.1',
} as const;

/** keyUsage bits as OpenSSL packs them (x509v3.h KU_*). */
export const KU = {
  digitalSignature: 0x80,
  nonRepudiation: 0x40,
  keyEncipherment: 0x20,
  dataEncipherment: 0x10,
  keyAgreement: 0x08,
  keyCertSign: 0x04,
  cRLSign: 0x02,
  encipherOnly: 0x01,
  decipherOnly: 0x8000,
} as const;

/** Reads the elements of the Extensions sequence. Throws MalformedDer for what keeps OpenSSL from reading the certificate. */
export function listExtensions(sequence: Element): Extension[] {
  return items(sequence, TAG.sequence, 'the list of extensions', sequence.at).map(of => {
    expect(of, TAG.sequence, 'an extension', of.at);
    const parts = children(of);
    const type = expect(parts[0], TAG.oid, 'the type of an extension', of.at);
    const flag = parts[1]?.tag === TAG.boolean ? parts[1] : undefined;
    const value = parts[flag ? 2 : 1];
    if (!value || parts.length !== (flag ? 3 : 2))
      throw new MalformedDer('an extension has the wrong number of parts', of.at);
    return {
      oid: oid(type),
      critical: flag ? boolean(flag) : false,
      value: string(value, TAG.octetString, 'the value of an extension'),
      offset: of.at,
    };
  });
}

/** Decodes what OpenSSL caches of a certificate's extensions. Never throws: what cannot be read is in `broken`. */
export function readExtensions(all: readonly Extension[]): Extensions {
  const broken: BrokenExtension[] = [];
  const flaw = (type: string, reason: string, offset: number) =>
    broken.push({ oid: type, name: NAMES[type] ?? type, reason, offset });

  /** X509_get_ext_d2i: null when absent, and null with a mark when unreadable or there twice. Trailing octets are ignored, as there. */
  const read = <T>(type: string, decode: (of: Element) => T): T | null => {
    const [found, twin] = all.filter(extension => extension.oid === type);
    if (!found) return null;
    if (twin) {
      flaw(type, 'it stands there twice', twin.offset);
      return null;
    }
    try {
      return decode(element(found.value, 0));
    } catch (error) {
      if (!(error instanceof MalformedDer)) throw error;
      flaw(type, error.message, found.offset);
      return null;
    }
  };

  const basicConstraints = read(OID.basicConstraints, readBasicConstraints);
  const proxyPathLength = read(OID.proxyCertInfo, readProxyCertInfo);
  if (proxyPathLength !== null) {
    const alternative = all.find(({ oid }) => oid === OID.subjectAltName || oid === OID.issuerAltName);
    if (basicConstraints?.ca || alternative)
      flaw(OID.proxyCertInfo, 'a proxy certificate may be no CA and have no alternative names', 0);
  }
  const keyUsage = read(OID.keyUsage, of => packBits(bitString(of).octets));
  if (keyUsage === 0) flaw(OID.keyUsage, 'no usage is set', all.find(({ oid }) => oid === OID.keyUsage)?.offset ?? 0);
  const extKeyUsage = read(OID.extKeyUsage, of =>
    items(of, TAG.sequence, 'the list of extended key usages', of.at).map(child => oid(child)),
  );
  const netscapeCertType = read(OID.netscapeCertType, of => bitString(of).octets[0] ?? 0);
  const subjectKeyId = read(OID.subjectKeyIdentifier, of => string(of, TAG.octetString, 'the key identifier'));
  const authorityKeyId = read(OID.authorityKeyIdentifier, readAuthorityKeyIdentifier);
  const subjectAltName = read(OID.subjectAltName, of =>
    items(of, TAG.sequence, 'the list of names', of.at).map(readGeneralName),
  );
  const nameConstraints = read(OID.nameConstraints, readNameConstraints);
  read(OID.crlDistributionPoints, readDistributionPoints);
  read(OID.ipAddrBlocks, of => items(of, TAG.sequence, 'the address blocks', of.at));
  read(OID.autonomousSysIds, of => children(expect(of, TAG.sequence, 'the AS identifiers', of.at)));

  return {
    all,
    broken,
    unhandledCritical: all.filter(({ oid, critical }) => critical && !HANDLED.has(oid)).map(({ oid }) => oid),
    subjectAltName,
    basicConstraints,
    keyUsage,
    extKeyUsage,
    netscapeCertType,
    subjectKeyId,
    authorityKeyId,
    nameConstraints,
    proxyPathLength,
    freshestCrl: all.some(({ oid }) => oid === OID.freshestCrl),
  };
}

/** Whether an extension is there and critical, as OpenSSL notes it: it stops looking at the first unhandled critical one. */
export function isCritical({ all }: Extensions, type: string): boolean {
  for (const extension of all) {
    if (!extension.critical) continue;
    if (!HANDLED.has(extension.oid)) return false;
    if (extension.oid === type) return true;
  }
  return false;
}

/** URLs by access method: where the issuer's certificate is, and whom to ask about revocation. Unreadable = none. */
export function authorityInfoAccess(all: readonly Extension[]): {
  readonly caIssuers: string[];
  readonly ocsp: string[];
} {
  const found = { caIssuers: [] as string[], ocsp: [] as string[] };
  tolerant(all, OID.authorityInfoAccess, of => {
    for (const description of children(of)) {
      const [method, location] = children(description);
      if (!method || location?.tag !== 0x86) continue;
      const type = oid(method);
      const name = readGeneralName(location);
      if (name.kind !== 'uri') continue;
      if (type === '1.3.6.1.5.5.7.48.2') found.caIssuers.push(name.text);
      if (type === '1.3.6.1.5.5.7.48.1') found.ocsp.push(name.text);
    }
  });
  return found;
}

/** URLs of the CRL distribution points. Unreadable = none. */
export function crlUrls(all: readonly Extension[]): string[] {
  return (
    tolerant(all, OID.crlDistributionPoints, of =>
      readDistributionPoints(of).flatMap(names => names.flatMap(name => (name.kind === 'uri' ? [name.text] : []))),
    ) ?? []
  );
}

/** Policy OIDs. Unreadable = none. */
export function policies(all: readonly Extension[]): string[] {
  return (
    tolerant(all, OID.certificatePolicies, of =>
      children(of).flatMap(policy =>
        children(policy)
          .slice(0, 1)
          .map(type => oid(type)),
      ),
    ) ?? []
  );
}

/** Whether the certificate demands a stapled OCSP answer (RFC 7633: status_request, 5). */
export function mustStaple(all: readonly Extension[]): boolean {
  return (
    tolerant(all, OID.tlsFeature, of => children(of).some(feature => smallInteger(integer(feature)) === 5)) ?? false
  );
}

/** Embedded signed certificate timestamps; null when the extension is absent or unreadable. */
export function signedTimestamps(all: readonly Extension[]): SignedTimestamp[] | null {
  return tolerant(all, OID.signedTimestamps, of => {
    const list = content(expect(of, TAG.octetString, 'the list of timestamps', of.at));
    const view = new DataView(list.buffer, list.byteOffset, list.byteLength);
    const found: SignedTimestamp[] = [];
    // opaque SerializedSCT<1..2^16-1>: two octets of length each, after two of the whole list.
    for (let at = 2; at + 2 <= list.length; ) {
      const length = view.getUint16(at);
      if (at + 2 + length > list.length) throw new MalformedDer('a timestamp is cut short', of.at);
      if (length >= 41 && list[at + 2] === 0) {
        const logId = Buffer.from(list.subarray(at + 3, at + 35)).toString('hex');
        found.push({ logId, at: new Date(Number(view.getBigUint64(at + 35))) });
      }
      at += 2 + length;
    }
    return found;
  });
}

/** Reads for information only: the first of its kind, and nothing when it cannot be read. */
function tolerant<T>(all: readonly Extension[], type: string, decode: (of: Element) => T): T | null {
  const found = all.find(extension => extension.oid === type);
  if (!found) return null;
  try {
    return decode(element(found.value, 0));
  } catch (error) {
    if (error instanceof MalformedDer) return null;
    throw error;
  }
}

function readBasicConstraints(of: Element): BasicConstraints {
  const parts = children(expect(of, TAG.sequence, 'the constraints', of.at));
  const ca = parts[0]?.tag === TAG.boolean ? parts.shift() : undefined;
  const length = parts[0]?.tag === TAG.integer ? parts.shift() : undefined;
  if (parts.length > 0) throw new MalformedDer('the constraints have too many parts', of.at);
  if (!length) return { ca: ca ? boolean(ca) : false, pathLength: null };
  const octets = integer(length);
  const value = smallInteger(octets);
  if (value === null) throw new MalformedDer('the path length is negative', length.at);
  // Beyond a C long OpenSSL's ASN1_INTEGER_get answers -1, which it then takes for “no limit”.
  return { ca: ca ? boolean(ca) : false, pathLength: octets.length > 8 ? null : value };
}

function readProxyCertInfo(of: Element): number {
  const parts = children(expect(of, TAG.sequence, 'the proxy information', of.at));
  const length = parts[0]?.tag === TAG.integer ? parts.shift() : undefined;
  const policy = expect(parts.shift(), TAG.sequence, 'the proxy policy', of.at);
  if (parts.length > 0) throw new MalformedDer('the proxy information has too many parts', of.at);
  const [language, text, ...rest] = children(policy);
  oid(expect(language, TAG.oid, 'the proxy policy language', policy.at));
  if (text) expect(text, TAG.octetString, 'the proxy policy text', text.at);
  if (rest.length > 0) throw new MalformedDer('the proxy policy has too many parts', policy.at);
  return length ? (smallInteger(integer(length)) ?? -1) : -1;
}

function readAuthorityKeyIdentifier(of: Element): AuthorityKeyIdentifier {
  const parts = children(expect(of, TAG.sequence, 'the identifier', of.at));
  const keyId = isList(parts[0], 0x80) ? parts.shift() : undefined;
  const issuer = isList(parts[0], 0xa1) ? parts.shift() : undefined;
  const serial = parts[0]?.tag === 0x82 ? parts.shift() : undefined;
  const [extra] = parts;
  if (extra) throw new MalformedDer('the identifier has an unknown part', extra.at);
  return {
    keyId: keyId ? string(keyId, 0x80, 'the key identifier') : null,
    issuer: issuer ? readGeneralNames(issuer) : null,
    serial: serial ? integer(serial, 0x82) : null,
  };
}

function readNameConstraints(of: Element): NameConstraints {
  const parts = children(expect(of, TAG.sequence, 'the constraints', of.at));
  const permitted = isList(parts[0], 0xa0) ? parts.shift() : undefined;
  const excluded = isList(parts[0], 0xa1) ? parts.shift() : undefined;
  const [extra] = parts;
  if (extra) throw new MalformedDer('the constraints have an unknown part', extra.at);
  return {
    permitted: permitted ? children(permitted).map(readSubtree) : [],
    excluded: excluded ? children(excluded).map(readSubtree) : [],
  };
}

function readSubtree(of: Element): Subtree {
  const parts = children(expect(of, TAG.sequence, 'a subtree', of.at));
  const base = parts.shift();
  if (!base) throw new MalformedDer('a subtree is empty', of.at);
  const minimum = parts[0]?.tag === 0x80 ? integer(parts.shift() ?? of, 0x80) : null;
  const maximum = parts[0]?.tag === 0x81 ? integer(parts.shift() ?? of, 0x81) : null;
  if (parts.length > 0) throw new MalformedDer('a subtree has an unknown part', of.at);
  return { base: readGeneralName(base), plain: maximum === null && (minimum === null || smallInteger(minimum) === 0) };
}

/** Each point's full names. */
function readDistributionPoints(of: Element): GeneralName[][] {
  return items(of, TAG.sequence, 'the list of distribution points', of.at).map(point => {
    const parts = children(expect(point, TAG.sequence, 'a distribution point', point.at));
    const name = parts[0]?.tag === 0xa0 ? parts.shift() : undefined;
    const reasons = isList(parts[0], 0x81) ? parts.shift() : undefined;
    const issuer = isList(parts[0], 0xa2) ? parts.shift() : undefined;
    const [extra] = parts;
    if (extra) throw new MalformedDer('a distribution point has an unknown part', extra.at);
    if (reasons) bitString(reasons, 0x81);
    const issuers = issuer ? readGeneralNames(issuer) : [];
    if (!name) {
      // RFC 5280 §4.2.1.13; OpenSSL refuses the certificate (v3_purp.c setup_dp).
      if (issuers.length === 0)
        throw new MalformedDer('a distribution point names neither a place nor an issuer', point.at);
      return [];
    }
    const [choice, ...more] = children(name);
    if (!choice || more.length > 0) throw new MalformedDer('a distribution point name is not one name', name.at);
    if (isList(choice, 0xa0)) return readGeneralNames(choice);
    if (!isList(choice, 0xa1)) throw new MalformedDer('a distribution point name is of an unknown kind', choice.at);
    children(choice).map(readAttribute);
    return [];
  });
}

function packBits(octets: Uint8Array): number {
  return (octets[0] ?? 0) | ((octets[1] ?? 0) << 8);
}

// Critical extensions the verifier takes care of (v3_purp.c X509_supported_extension, 3.0 to 3.5). A critical key
// identifier is not among them, on purpose: such a certificate is 34, not 90 or 91.
const HANDLED: ReadonlySet<string> = new Set<string>([
  OID.netscapeCertType,
  OID.keyUsage,
  OID.subjectAltName,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.crlDistributionPoints,
  OID.extKeyUsage,
  OID.ipAddrBlocks,
  OID.autonomousSysIds,
  OID.ocspNoCheck,
  '2.5.29.36', // policyConstraints
  OID.proxyCertInfo,
  OID.nameConstraints,
  '2.5.29.33', // policyMappings
  '2.5.29.54', // inhibitAnyPolicy
]);

const NAMES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(OID).map(([name, type]) => [type, name]),
);
