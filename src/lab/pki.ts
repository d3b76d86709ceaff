// Makes certificates, right ones and wrong ones: every field can be given, and what is not given is what a good CA would
// write. Keys and signatures are node:crypto's; the encoding is ours, because faults are the point.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { ipOctets } from '../pki/names.ts';
import { bits, bool, int, NULL, octets, oid, pem, seq, set, tagged, time, utf8 } from './der.ts';

export type KeyKind = 'rsa' | 'rsa-1024' | 'ecdsa' | 'ecdsa-384' | 'ed25519';

export interface Extra {
  readonly oid: string;
  readonly critical?: boolean;
  /** Content of the OCTET STRING, hex. */
  readonly hex: string;
}

export interface CertificateSpec {
  /** Name of the issuer in the same PKI; absent = self-signed. */
  readonly by?: string;
  readonly key?: KeyKind;
  /** Use another certificate's key. */
  readonly keyOf?: string;
  /** Common name; null = an empty subject. */
  readonly cn?: string | null;
  readonly organisation?: string;
  /** The whole subject instead: attribute (CN, O, OU, C) and text, in order. */
  readonly subject?: readonly (readonly [string, string])[];
  /** Instead of the key's own identifier, hex. */
  readonly keyId?: string;
  /** subjectAltName: DNS names and IP addresses; null = no extension. */
  readonly names?: readonly string[] | null;
  readonly ca?: boolean;
  readonly pathLength?: number;
  /** Days relative to now; or an ISO date. */
  readonly from?: number | string;
  readonly to?: number | string;
  /** UTCTime content as it stands, instead of `to`. */
  readonly rawTo?: string;
  readonly signature?: 'sha256' | 'sha384' | 'sha1' | 'md5';
  /** Flip a bit of the signature. */
  readonly badSignature?: boolean;
  /** Leave out, by name: basicConstraints, keyUsage, extKeyUsage, subjectKeyId, authorityKeyId. */
  readonly without?: readonly string[];
  readonly basicConstraintsCritical?: boolean;
  /** Bits of KeyUsage by RFC 5280 name. */
  readonly keyUsage?: readonly string[];
  readonly extKeyUsage?: readonly string[];
  /** permitted and excluded DNS subtrees. */
  readonly permitted?: readonly string[];
  readonly excluded?: readonly string[];
  readonly caIssuers?: string | readonly string[];
  readonly ocsp?: string | readonly string[];
  readonly crl?: string | readonly string[];
  readonly mustStaple?: boolean;
  /** Embedded SCTs: days relative to now. */
  readonly scts?: readonly number[];
  readonly extra?: readonly Extra[];
  /** 1 = as of old, without any extension. */
  readonly version?: 1 | 3;
  readonly serial?: number;
}

export interface Made {
  readonly name: string;
  readonly der: Uint8Array;
  readonly pem: string;
  readonly key: KeyObject;
  readonly keyPem: string;
  readonly spec: CertificateSpec;
  /** DER of the subject. */
  readonly subject: Uint8Array;
  /** DER of the SubjectPublicKeyInfo. */
  readonly spki: Uint8Array;
  readonly keyId: Uint8Array;
  readonly serial: Uint8Array;
}

export type Pki = ReadonlyMap<string, Made>;

/** Makes all certificates of a plan, issuers before those they sign. @throws Error for an issuer that is not in the plan */
export function makePki(plan: Readonly<Record<string, CertificateSpec>>, now: Date): Pki {
  const made = new Map<string, Made>();
  const make = (name: string, trail: readonly string[]): Made => {
    const done = made.get(name);
    if (done) return done;
    const spec = plan[name];
    if (!spec || trail.includes(name)) throw new Error(`the lab has no certificate '${name}'`);
    const issuer = spec.by === undefined ? null : make(spec.by, [...trail, name]);
    const key = spec.keyOf === undefined ? freshKey(spec.key ?? 'ecdsa') : make(spec.keyOf, [...trail, name]).key;
    const certificate = makeCertificate(name, spec, key, issuer, now);
    made.set(name, certificate);
    return certificate;
  };
  for (const name of Object.keys(plan)) make(name, []);
  return made;
}

/** One certificate. */
export function makeCertificate(
  name: string,
  spec: CertificateSpec,
  key: KeyObject,
  issuer: Made | null,
  now: Date,
): Made {
  const spki = spkiOf(key);
  const keyId =
    spec.keyId === undefined
      ? createHash('sha1').update(spki.subarray(-65)).digest()
      : new Uint8Array(Buffer.from(spec.keyId, 'hex'));
  const subject = spec.subject
    ? seq(...spec.subject.map(([type, text]) => attribute(ATTRIBUTES[type] ?? type, text)))
    : distinguishedName(spec.cn === undefined ? name : spec.cn, spec.organisation);
  const serial =
    spec.serial === undefined ? Buffer.concat([Uint8Array.of(0x4c), randomBytes(15)]) : Buffer.from([spec.serial]);
  const signer = issuer?.key ?? key;
  const algorithm = algorithmOf(signer, spec.signature ?? 'sha256');
  const tbs = seq(
    ...(spec.version === 1 ? [] : [tagged(0xa0, int(2))]),
    int(serial),
    algorithm.identifier,
    issuer?.subject ?? subject,
    seq(
      time(moment(spec.from ?? -1, now)),
      spec.rawTo === undefined ? time(moment(spec.to ?? 90, now)) : tagged(0x17, Buffer.from(spec.rawTo)),
    ),
    subject,
    spki,
    ...(spec.version === 1 ? [] : [tagged(0xa3, seq(...extensions(spec, keyId, issuer?.keyId ?? keyId, now)))]),
  );
  const signature = Buffer.from(sign(algorithm.digest, tbs, signer));
  if (spec.badSignature) signature[signature.length - 1] = (signature.at(-1) ?? 0) ^ 1;
  const der = seq(tbs, algorithm.identifier, bits(signature));
  return {
    name,
    der,
    pem: pem('CERTIFICATE', der),
    key,
    keyPem: key.export({ type: 'pkcs8', format: 'pem' }) as string,
    spec,
    subject,
    spki,
    keyId,
    serial,
  };
}

const rsaKeys: KeyObject[] = [];
let nextRsa = 0;

/** RSA keys take 100 ms and more: a few are made once in a process and used in turn. */
export function freshKey(kind: KeyKind): KeyObject {
  switch (kind) {
    case 'rsa': {
      const key = rsaKeys[nextRsa % 4] ?? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      rsaKeys[nextRsa % 4] = key;
      nextRsa += 1;
      return key;
    }
    case 'rsa-1024':
      return generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey;
    case 'ecdsa':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    case 'ecdsa-384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey;
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey;
  }
}

/** The signature algorithm of a key: its AlgorithmIdentifier, and node:crypto's digest name (null for Ed25519). */
export function algorithmOf(
  key: KeyObject,
  digest: 'sha256' | 'sha384' | 'sha1' | 'md5',
): { readonly identifier: Uint8Array; readonly digest: string | null } {
  if (key.asymmetricKeyType === 'ed25519') return { identifier: seq(oid('1.3.101.112')), digest: null };
  if (key.asymmetricKeyType === 'rsa') {
    const arc = { sha256: 11, sha384: 12, sha1: 5, md5: 4 }[digest];
    return { identifier: seq(oid(`1.2.840.113549.1.1.${arc}`), NULL), digest };
  }
  const id = {
    sha256: '1.2.840.10045.4.3.2',
    sha384: '1.2.840.10045.4.3.3',
    sha1: '1.2.840.10045.4.1',
    md5: '1.2.840.10045.4.3.2',
  }[digest];
  return { identifier: seq(oid(id)), digest: digest === 'md5' ? 'sha256' : digest };
}

export function distinguishedName(cn: string | null, organisation?: string): Uint8Array {
  return seq(
    ...(organisation ? [attribute('2.5.4.10', organisation)] : []),
    ...(cn === null ? [] : [attribute('2.5.4.3', cn)]),
  );
}

const attribute = (type: string, text: string) => set(seq(oid(type), utf8(text)));
const ATTRIBUTES: Readonly<Record<string, string>> = { CN: '2.5.4.3', C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11' };

const spkiOf = (key: KeyObject) => createPublicKey(key).export({ type: 'spki', format: 'der' });

function extensions(spec: CertificateSpec, keyId: Uint8Array, issuerKeyId: Uint8Array, now: Date): Uint8Array[] {
  const list: Uint8Array[] = [];
  const wanted = (name: string) => !spec.without?.includes(name);
  const add = (id: string, critical: boolean, content: Uint8Array) =>
    list.push(seq(oid(id), ...(critical ? [bool(true)] : []), octets(content)));
  const ca = spec.ca ?? false;
  if (wanted('basicConstraints'))
    add(
      '2.5.29.19',
      spec.basicConstraintsCritical ?? true,
      ca ? seq(bool(true), ...(spec.pathLength === undefined ? [] : [int(spec.pathLength)])) : seq(),
    );
  if (wanted('keyUsage'))
    add(
      '2.5.29.15',
      true,
      keyUsage(spec.keyUsage ?? (ca ? ['keyCertSign', 'cRLSign'] : ['digitalSignature', 'keyEncipherment'])),
    );
  if (spec.extKeyUsage !== undefined || (!ca && wanted('extKeyUsage')))
    add(
      '2.5.29.37',
      false,
      seq(...(spec.extKeyUsage ?? ['serverAuth', 'clientAuth']).map(use => oid(EXT_KEY_USAGES[use] ?? use))),
    );
  if (wanted('subjectKeyId')) add('2.5.29.14', false, octets(keyId));
  if (wanted('authorityKeyId') && (spec.by !== undefined || !ca))
    add('2.5.29.35', false, seq(tagged(0x80, issuerKeyId)));
  if (spec.names !== null && spec.names !== undefined && spec.names.length > 0)
    add('2.5.29.17', spec.cn === null, seq(...spec.names.map(generalName)));
  if (spec.permitted || spec.excluded)
    add('2.5.29.30', true, seq(...subtrees(0xa0, spec.permitted), ...subtrees(0xa1, spec.excluded)));
  const access = [
    ...listOf(spec.ocsp).map(url => ['1.3.6.1.5.5.7.48.1', url] as const),
    ...listOf(spec.caIssuers).map(url => ['1.3.6.1.5.5.7.48.2', url] as const),
  ];
  if (access.length > 0)
    add(
      '1.3.6.1.5.5.7.1.1',
      false,
      seq(...access.map(([method, url]) => seq(oid(method), tagged(0x86, Buffer.from(url))))),
    );
  if (spec.crl)
    add(
      '2.5.29.31',
      false,
      seq(...listOf(spec.crl).map(url => seq(tagged(0xa0, tagged(0xa0, tagged(0x86, Buffer.from(url))))))),
    );
  if (spec.mustStaple) add('1.3.6.1.5.5.7.1.24', false, seq(int(5)));
  if (spec.scts) add('1.3.6.1.4.1.11129.2.4.2', false, octets(sctList(spec.scts.map(days => moment(days, now)))));
  for (const extra of spec.extra ?? []) add(extra.oid, extra.critical ?? false, Buffer.from(extra.hex, 'hex'));
  return list;
}

export const listOf = (one: string | readonly string[] | undefined): readonly string[] =>
  one === undefined ? [] : typeof one === 'string' ? [one] : one;

const EXT_KEY_USAGES: Readonly<Record<string, string>> = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  any: '2.5.29.37.0',
};

const KEY_USAGES = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
];

function keyUsage(names: readonly string[]): Uint8Array {
  const positions = names.map(name => KEY_USAGES.indexOf(name));
  const value = positions.reduce((all, position) => all | (0x80 >> position), 0);
  return bits(Uint8Array.of(value), 7 - Math.max(...positions));
}

function generalName(name: string): Uint8Array {
  const address = isIP(name) === 0 ? null : ipOctets(name);
  return address ? tagged(0x87, address) : tagged(0x82, Buffer.from(name, 'latin1'));
}

const subtrees = (tag: number, names: readonly string[] | undefined) =>
  names ? [tagged(tag, ...names.map(name => seq(tagged(0x82, Buffer.from(name)))))] : [];

/** SignedCertificateTimestampList (RFC 6962 §3.3) of a log that does not exist: nobody here checks its signature. */
function sctList(times: readonly Date[]): Uint8Array {
  const prefixed = (content: Uint8Array) =>
    Buffer.concat([Uint8Array.of(content.length >> 8, content.length & 255), content]);
  const scts = times.map(at => {
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(at.getTime()));
    return prefixed(
      Buffer.concat([
        Uint8Array.of(0),
        Buffer.alloc(32, 7),
        stamp,
        Uint8Array.of(0, 0, 4, 3),
        prefixed(Buffer.alloc(70, 1)),
      ]),
    );
  });
  return prefixed(Buffer.concat(scts));
}

export const moment = (at: number | string, now: Date): Date =>
  typeof at === 'number' ? new Date(now.getTime() + at * 86_400_000) : new Date(at);
