// Random chains with random faults: what real CAs never issue and real attackers do. Everything but the key material and
// ECDSA's nonces follows from the seed.
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { bits, boolean, integer, octets, oid, sequence, set, text, time, tlv } from './der-builder.ts';

/** A question for both judges. */
export interface Chain {
  readonly leaf: Buffer;
  readonly untrusted: readonly Buffer[];
  readonly anchors: readonly Buffer[];
  /** Epoch seconds. */
  readonly at: number;
  readonly level: 0 | 1 | 2;
  readonly strict: boolean;
  readonly partial: boolean;
  readonly host: string | null;
  readonly ip: boolean;
  readonly nocn: boolean;
  readonly client: boolean;
  /** What was done to it, for people. */
  readonly faults: readonly string[];
}

/** Deterministic pseudo-random numbers (mulberry32). */
export class Dice {
  #state: number;
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }
  below(n: number): number {
    return Math.floor(this.next() * n);
  }
  chance(p: number): boolean {
    return this.next() < p;
  }
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }
  shuffle<T>(list: readonly T[]): T[] {
    const found = [...list];
    for (let i = found.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [found[i], found[j]] = [found[j] as T, found[i] as T];
    }
    return found;
  }
}

export interface Key {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly spki: Buffer;
  /** subjectKeyIdentifier: SHA-1 of the SPKI will do. */
  readonly id: Buffer;
}

/** Keys to draw from: made once, for RSA ones cost most of a second. */
export function keyPool(): Key[] {
  const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const made: [string, { publicKey: KeyObject; privateKey: KeyObject }][] = [
    ...[1, 2, 3, 4, 5, 6].map((i): [string, ReturnType<typeof ec>] => [`p256-${i}`, ec('P-256')]),
    ['p384', ec('P-384')],
    ['p521', ec('P-521')],
    ['p192', ec('prime192v1')],
    ['p224', ec('secp224r1')],
    ['k256', ec('secp256k1')],
    ['brainpool', ec('brainpoolP256r1')],
    ['explicit', generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' })],
    ['binary', ec('sect283k1')],
    ['small', ec('secp160r1')],
    ['wap', ec('wap-wsg-idm-ecid-wtls9')],
    ['x25519', generateKeyPairSync('x25519')],
    ['rsa2048', rsa(2048)],
    ['rsa1962', rsa(1962)],
    ['rsa1024', rsa(1024)],
    ['rsa768', rsa(768)],
    ['pss', generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
    ['pss-sha256', restrictedPss()],
    ['ed25519', generateKeyPairSync('ed25519')],
    ['ed25519-2', generateKeyPairSync('ed25519')],
    ['ed448', generateKeyPairSync('ed448')],
  ];
  return made.map(([name, { publicKey, privateKey }]) => {
    const spki = publicKey.export({ format: 'der', type: 'spki' });
    return { name, privateKey, spki, id: createHash('sha1').update(spki).digest() };
  });
}

/** A PSS key that allows SHA-256 only; @types/node still asks for the options' deprecated names as well. */
function restrictedPss(): { publicKey: KeyObject; privateKey: KeyObject } {
  const options = { modulusLength: 2048, hashAlgorithm: 'sha256', mgf1HashAlgorithm: 'sha256', saltLength: 32 };
  return generateKeyPairSync('rsa-pss', options as never) as never;
}

/** Everything a certificate is made of; raw parts are already DER. */
export interface Draft {
  subject: Buffer;
  issuer: Buffer;
  key: Key;
  spki: Buffer | null;
  signer: Key;
  signature: SignatureScheme | null;
  /** Written outside instead of the scheme that was used inside. */
  outer: Buffer | null;
  from: Buffer;
  to: Buffer;
  version: number;
  serial: Buffer;
  extensions: { type: string; critical: boolean; value: Buffer }[];
  spoilSignature: boolean;
}

interface SignatureScheme {
  readonly algorithm: Buffer;
  sign(data: Buffer, key: KeyObject): Buffer;
}

const NULL = tlv(0x05);

/** How this key would sign, with a digest that may be weak. */
function scheme(key: Key, dice: Dice | null): SignatureScheme {
  const weak = dice?.chance(0.04) ?? false;
  const type = key.privateKey.asymmetricKeyType;
  const digest = weak
    ? (dice?.pick(['sha1', 'md5', 'sha224'] as const) ?? 'sha1')
    : (dice?.pick(['sha256', 'sha256', 'sha384', 'sha512'] as const) ?? 'sha256');
  if (type === 'ed25519' || type === 'ed448')
    return {
      algorithm: sequence(oid(type === 'ed25519' ? '1.3.101.112' : '1.3.101.113')),
      sign: (data, with_) => sign(null, data, with_),
    };
  if (type === 'ec') {
    const used = digest === 'md5' ? 'sha1' : digest;
    const arcs = { sha1: '1', sha224: '3.1', sha256: '3.2', sha384: '3.3', sha512: '3.4' }[used];
    return { algorithm: sequence(oid(`1.2.840.10045.4.${arcs}`)), sign: (data, with_) => sign(used, data, with_) };
  }
  if (type === 'rsa-pss' || (dice?.chance(0.2) ?? false)) {
    const fixed = key.name === 'pss-sha256';
    const hash = fixed || digest === 'md5' || digest === 'sha224' ? 'sha256' : digest;
    const size = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 }[hash];
    const salt = fixed ? 32 : (dice?.pick([size, size, 0, 20]) ?? size);
    const hashOid = {
      sha1: '1.3.14.3.2.26',
      sha256: '2.16.840.1.101.3.4.2.1',
      sha384: '2.16.840.1.101.3.4.2.2',
      sha512: '2.16.840.1.101.3.4.2.3',
    }[hash];
    const identifier = sequence(oid(hashOid), NULL);
    const parameters = sequence(
      tlv(0xa0, identifier),
      tlv(0xa1, sequence(oid('1.2.840.113549.1.1.8'), identifier)),
      tlv(0xa2, integer(salt)),
    );
    return {
      algorithm: sequence(oid('1.2.840.113549.1.1.10'), parameters),
      sign: (data, with_) =>
        sign(hash, data, { key: with_, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt }),
    };
  }
  const last = { md5: 4, sha1: 5, sha256: 11, sha384: 12, sha512: 13, sha224: 14 }[digest];
  return {
    algorithm: sequence(oid(`1.2.840.113549.1.1.${last}`), NULL),
    sign: (data, with_) => sign(digest, data, with_),
  };
}

/** Signs a draft. */
export function issue(draft: Draft): Buffer {
  const used = draft.signature ?? scheme(draft.signer, null);
  const extensions = draft.extensions.map(({ type, critical, value }) =>
    sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value)),
  );
  const tbs = sequence(
    ...(draft.version > 1 ? [tlv(0xa0, integer(draft.version - 1))] : []),
    draft.serial,
    used.algorithm,
    draft.issuer,
    sequence(draft.from, draft.to),
    draft.subject,
    draft.spki ?? draft.key.spki,
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  );
  const signature = signed(used, tbs, draft.signer.privateKey);
  if (draft.spoilSignature) signature[signature.length - 1] = (signature[signature.length - 1] ?? 0) ^ 1;
  return sequence(tbs, draft.outer ?? used.algorithm, bits(signature));
}

/** A key too small for the digest and salt it was given makes no signature; a wrong one stands in for it. */
function signed(used: SignatureScheme, data: Buffer, key: KeyObject): Buffer {
  try {
    return used.sign(data, key);
  } catch {
    return Buffer.alloc(96, 1);
  }
}

export const X = {
  ski: '2.5.29.14',
  keyUsage: '2.5.29.15',
  san: '2.5.29.17',
  basic: '2.5.29.19',
  constraints: '2.5.29.30',
  crldp: '2.5.29.31',
  policies: '2.5.29.32',
  aki: '2.5.29.35',
  eku: '2.5.29.37',
  proxy: '1.3.6.1.5.5.7.1.14',
  netscape: '2.16.840.1.113730.1.1',
} as const;

/** A name from pairs of attribute type and value; `tag` is the string type. */
export function name(parts: readonly (readonly [type: string, value: string])[], tag = 0x0c): Buffer {
  return sequence(...parts.map(([type, value]) => set(sequence(oid(type), text(tag, value)))));
}

const CN = '2.5.4.3';
const O = '2.5.4.10';
const EMAIL = '1.2.840.113549.1.9.1';
const DAY = 86_400;
/** When the chains are judged, unless told otherwise. */
export const NOON = 1_764_000_000;
const SIGNATURE_OIDS = [
  ...[1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16].map(last => `1.2.840.113549.1.1.${last}`),
  ...['1', '2', '3', '3.1', '3.2', '3.3', '3.4'].map(last => `1.2.840.10045.4.${last}`),
  ...[1, 2, 3, 9, 10, 11, 12, 13, 14, 15, 16].map(last => `2.16.840.1.101.3.4.3.${last}`),
  ...[
    '1.3.14.3.2.3',
    '1.3.14.3.2.15',
    '1.3.14.3.2.29',
    '1.3.36.3.3.1.2',
    '2.5.8.3.100',
    '1.2.840.10040.4.3',
    '1.3.101.112',
    '1.3.101.113',
  ],
];
const HOSTS = [
  'example.com',
  'www.example.com',
  'a.b.example.com',
  'api.test',
  'xn--bcher-kva.example',
  'under_score.example.com',
  'example.com.',
  'WWW.Example.COM',
  '192.0.2.7',
  '2001:db8::7',
  '10.0.0.1',
];
const SAN_DNS = [
  'example.com',
  '*.example.com',
  'www.example.com',
  '*.test',
  'api.test',
  '*.b.example.com',
  'w*.example.com',
  'xn--*.example',
  '*.example.com.',
  'EXAMPLE.com',
  '',
  'a.b.example.com',
  'under_score.example.com',
  '*',
  '*.com',
  'bad..name',
  '-x.example.com',
  '192.0.2.7',
];
const SUBTREES: readonly Buffer[] = [
  text(0x82, 'example.com'),
  text(0x82, '.example.com'),
  text(0x82, 'test'),
  text(0x82, ''),
  text(0x82, 'b.example.com'),
  text(0x87, '\xc0\x00\x02\x00\xff\xff\xff\x00'),
  text(0x87, '\x0a\x00\x00\x00\xff\x00\x00\x00'),
  text(0x87, '\xc0\x00\x02'),
  tlv(0x87, Buffer.from(`20010db8${'0'.repeat(24)}ffffffff${'0'.repeat(24)}`, 'hex')),
  text(0x81, 'example.com'),
  text(0x81, '.example.com'),
  text(0x81, 'a@example.com'),
  text(0x86, 'example.com'),
  text(0x86, '.example.com'),
  tlv(0xa4, name([[O, 'Example']])),
  tlv(0xa4, name([[O, 'eXample ']], 0x13)),
  tlv(0xa4, name([])),
  tlv(0x88, Buffer.from([0x2a, 3])),
  tlv(0xa0, oid('1.2.3.4'), tlv(0xa0, text(0x0c, 'x'))),
];
const ALT_NAMES: readonly Buffer[] = [
  text(0x87, '\xc0\x00\x02\x07'),
  tlv(0x87, Buffer.from('20010db8000000000000000000000007', 'hex')),
  text(0x87, '\x0a\x00\x00\x01'),
  text(0x87, '\x0a\x00\x01'),
  text(0x81, 'a@example.com'),
  text(0x81, 'A@EXAMPLE.com'),
  text(0x81, 'nobody'),
  text(0x86, 'https://www.example.com/x'),
  text(0x86, 'https://example.com:8443/x'),
  text(0x86, 'urn:x'),
  tlv(
    0xa4,
    name([
      [O, 'Example'],
      [CN, 'x'],
    ]),
  ),
  tlv(0x88, Buffer.from([0x2a, 3])),
  tlv(0xa0, oid('1.2.3.4'), tlv(0xa0, text(0x0c, 'x'))),
  tlv(0xa0, oid('1.3.6.1.5.5.7.8.9'), tlv(0xa0, text(0x0c, 'b@example.com'))),
];
const EKUS = [
  '1.3.6.1.5.5.7.3.1',
  '1.3.6.1.5.5.7.3.2',
  '2.5.29.37.0',
  '1.3.6.1.4.1.311.10.3.3',
  '2.16.840.1.113730.4.1',
  '1.3.6.1.5.5.7.3.9',
  '1.2.3',
];

/** One random chain: a sound one of up to four issuers, to which up to a few things happened. */
export function randomChain(
  dice: Dice,
  keys: readonly Key[],
  now: number = NOON,
): Chain & { readonly leafKey: KeyObject } {
  const faults: string[] = [];
  const fault = (p: number, what: string) => {
    const hit = dice.chance(p);
    if (hit) faults.push(what);
    return hit;
  };
  const good = keys.filter(({ name }) => /^(p256|p384|p521|rsa2048|ed|k256|brain|pss)/.test(name));
  const drawKey = () => (dice.chance(0.9) ? dice.pick(good) : dice.pick(keys));
  const height = dice.pick([0, 1, 1, 2, 2, 2, 3, 3, 4]);
  const p = dice.pick([0, 0.005, 0.01, 0.02, 0.06]);

  const drafts: Draft[] = [];
  for (let i = height; i >= 0; i--) {
    const root = i === height;
    const leaf = i === 0;
    const above = drafts[0];
    const key = drawKey();
    const subject = drawSubject(dice, i, leaf, fault, p);
    const signer = above?.key ?? key;
    const draft: Draft = {
      subject,
      issuer: above?.subject ?? subject,
      key,
      spki: null,
      signer,
      signature: scheme(signer, dice),
      outer: null,
      from: time(now - 100 * DAY),
      to: time(now + 100 * DAY),
      version: 3,
      serial: integer(1 + dice.below(1_000_000)),
      extensions: [],
      spoilSignature: false,
    };
    sound(draft, above, leaf, root, dice);
    spoil(draft, above, leaf, i, dice, fault, p, now);
    drafts.unshift(draft);
  }
  const certificates = drafts.map(issue);
  return {
    ...arrange(certificates, drafts, dice, keys, fault, p, now),
    faults,
    leafKey: (drafts[0] as Draft).key.privateKey,
  };
}

function drawSubject(
  dice: Dice,
  i: number,
  leaf: boolean,
  fault: (p: number, what: string) => boolean,
  p: number,
): Buffer {
  if (fault(p, `empty subject ${i}`)) return name([]);
  const tag = dice.pick([0x0c, 0x0c, 0x13, 0x16, 0x14]);
  const parts: [string, string][] = [];
  if (dice.chance(0.5)) parts.push([O, dice.pick(['Example', 'EXAMPLE', ' Example  Inc ', 'Other'])]);
  if (dice.chance(0.05)) parts.push([EMAIL, dice.pick(['a@example.com', 'x', 'a@other.test'])]);
  if (!leaf) parts.push([CN, dice.chance(0.9) ? `CA ${i}` : 'CA 1']);
  else if (dice.chance(0.5)) parts.push([CN, dice.pick([...HOSTS, ...SAN_DNS, 'Somebody'])]);
  if (parts.length === 0) parts.push([O, 'Example']);
  return name(parts, tag);
}

/** The extensions an honest CA would put there. */
function sound(draft: Draft, above: Draft | undefined, leaf: boolean, root: boolean, dice: Dice): void {
  const add = (type: string, critical: boolean, value: Buffer) => draft.extensions.push({ type, critical, value });
  add(X.ski, false, octets(draft.key.id));
  if (!root || dice.chance(0.5)) add(X.aki, false, sequence(tlv(0x80, (above ?? draft).key.id)));
  if (leaf) {
    if (dice.chance(0.7)) add(X.basic, true, sequence());
    if (dice.chance(0.7)) add(X.keyUsage, true, bits(Buffer.from([0xa0]), 5));
    if (dice.chance(0.7)) add(X.eku, false, sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')));
    if (dice.chance(0.85)) {
      const names = Array.from({ length: 1 + dice.below(3) }, () =>
        text(0x82, dice.chance(0.5) ? '*.example.com' : dice.pick(SAN_DNS)),
      );
      if (dice.chance(0.4)) names.push(dice.pick(ALT_NAMES));
      add(X.san, false, sequence(...dice.shuffle(names)));
    }
  } else {
    add(X.basic, true, sequence(boolean(true), ...(dice.chance(0.2) ? [integer(dice.below(3))] : [])));
    add(X.keyUsage, true, bits(Buffer.from([0x06]), 1));
    if (dice.chance(0.2)) {
      const tree = () => sequence(dice.pick(SUBTREES));
      const list = () => Array.from({ length: 1 + dice.below(2) }, tree);
      const kind = dice.below(3);
      add(
        X.constraints,
        true,
        sequence(...(kind < 2 ? [tlv(0xa0, ...list())] : []), ...(kind > 0 ? [tlv(0xa1, ...list())] : [])),
      );
    }
  }
}

function spoil(
  draft: Draft,
  above: Draft | undefined,
  leaf: boolean,
  i: number,
  dice: Dice,
  fault: (p: number, what: string) => boolean,
  p: number,
  now: number,
): void {
  const extensions = draft.extensions;
  const put = (type: string, critical: boolean, value: Buffer) => {
    draft.extensions = draft.extensions.filter(one => one.type !== type);
    draft.extensions.push({ type, critical, value });
  };
  if (fault(p, `${i} expired`)) draft.to = time(now - dice.pick([1, DAY]));
  if (fault(p, `${i} not yet valid`)) draft.from = time(now + dice.pick([1, DAY]));
  if (fault(p, `${i} on the edge`)) draft.to = time(now);
  if (fault(p, `${i} on the other edge`)) draft.from = time(now);
  if (fault(p, `${i} odd time`))
    draft.to = dice.pick([
      text(0x17, '3001010000Z'),
      text(0x18, '20300101000000+0000'),
      text(0x18, '20300231000000Z'),
      text(0x17, '301301000000Z'),
      text(0x18, '20300101000060Z'),
      text(0x18, '20400229120000Z'),
    ]);
  if (fault(p, `${i} bad signature`)) draft.spoilSignature = true;
  if (fault(p, `${i} other signer`)) {
    draft.signer = draft.key;
    draft.signature = null;
  }
  if (fault(p, `${i} other algorithm outside`)) draft.outer = sequence(oid('1.2.840.113549.1.1.5'), NULL);
  if (fault(p / 2, `${i} unknown algorithm`)) draft.outer = sequence(oid('1.2.3.4'));
  if (fault(p, `${i} other algorithm inside`)) {
    const algorithm = sequence(oid(dice.pick(SIGNATURE_OIDS)), ...(dice.chance(0.5) ? [NULL] : []));
    draft.signature = { algorithm, sign: () => Buffer.alloc(64, 1) };
  }
  if (fault(p, `${i} version`)) draft.version = dice.pick([1, 2, 4]);
  if (fault(p, `${i} unreadable key`))
    draft.spki = dice.pick([
      sequence(sequence(oid('1.2.3.4')), bits(Buffer.from([1, 2]))),
      sequence(sequence(oid('1.2.840.10045.2.1'), oid('1.2.840.10045.3.1.7')), bits(Buffer.from([4, 1]))),
    ]);
  if (fault(p, `${i} odd serial`))
    draft.serial = dice.pick([integer(0), integer(Buffer.from([0xff])), integer(Buffer.from([0x80, 1]))]);
  if (fault(p, `${i} without extension`)) extensions.splice(dice.below(extensions.length + 1), 1);
  if (fault(p, `${i} without extensions`)) draft.extensions = [];
  if (fault(p, `${i} critical turned`)) {
    const one = draft.extensions[dice.below(Math.max(1, draft.extensions.length))];
    if (one) one.critical = !one.critical;
  }
  if (fault(p, `${i} basic constraints`))
    put(
      X.basic,
      dice.chance(0.5),
      dice.pick([
        sequence(),
        sequence(boolean(true)),
        sequence(integer(0)),
        sequence(boolean(true), integer(0)),
        sequence(boolean(true), integer(Buffer.from([0xff]))),
        sequence(boolean(true), integer(1), integer(1)),
        sequence(tlv(1, Buffer.from([1]))),
        sequence(boolean(true), integer(Buffer.from('00ffffffffffffffff', 'hex'))),
      ]),
    );
  if (fault(p, `${i} key usage`))
    put(
      X.keyUsage,
      dice.chance(0.5),
      dice.pick([
        bits(Buffer.from([0x80]), 7),
        bits(Buffer.from([0x04]), 2),
        bits(Buffer.from([0x84]), 2),
        bits(Buffer.from([0x02]), 1),
        bits(Buffer.from([0]), 7),
        bits(Buffer.from([])),
        bits(Buffer.from([0x08, 0x80]), 7),
        bits(Buffer.from([0x01]), 4),
        Buffer.from([3, 2, 9, 0x80]),
      ]),
    );
  if (fault(p, `${i} extended key usage`))
    put(X.eku, dice.chance(0.3), sequence(...Array.from({ length: dice.below(3) }, () => oid(dice.pick(EKUS)))));
  if (fault(p, `${i} netscape`)) put(X.netscape, false, bits(Buffer.from([dice.pick([0x80, 0x40, 0x04, 0x02, 0])]), 0));
  if (fault(p, `${i} netscape CA only`)) {
    draft.extensions = draft.extensions.filter(({ type }) => type !== X.basic && type !== X.keyUsage);
    put(X.netscape, false, bits(Buffer.from([dice.pick([0x07, 0x02, 0x04, 0x40])]), 0));
  }
  if (fault(p, `${i} authority key id`)) {
    const issuer = tlv(0xa1, tlv(0xa4, dice.pick([draft.issuer, (above ?? draft).issuer, draft.subject])));
    const serial = (above ?? draft).serial.subarray(2);
    put(
      X.aki,
      dice.chance(0.1),
      dice.pick([
        sequence(),
        sequence(tlv(0x80, Buffer.from('wrong'))),
        sequence(issuer, tlv(0x82, serial)),
        sequence(issuer),
        sequence(tlv(0x82, serial)),
        sequence(tlv(0x82, Buffer.from([9, 9]))),
        sequence(tlv(0x80, (above ?? draft).key.id), issuer, tlv(0x82, serial)),
        sequence(tlv(0xa1, text(0x82, 'x'))),
      ]),
    );
  }
  if (fault(p, `${i} subject key id`))
    put(X.ski, dice.chance(0.1), dice.pick([octets(Buffer.from('other')), octets(Buffer.alloc(0)), text(0x0c, 'x')]));
  if (fault(p, `${i} proxy`))
    put(
      X.proxy,
      true,
      sequence(...(dice.chance(0.5) ? [integer(dice.below(2))] : []), sequence(oid('1.3.6.1.5.5.7.21.1'))),
    );
  if (fault(p, `${i} unknown extension`)) put('1.2.3.4.5', dice.chance(0.5), text(0x0c, 'x'));
  if (fault(p, `${i} policies`)) put(X.policies, dice.chance(0.5), sequence(sequence(oid('2.23.140.1.2.1'))));
  if (fault(p, `${i} CRL points`))
    put(
      X.crldp,
      dice.chance(0.2),
      dice.pick([
        sequence(),
        sequence(sequence()),
        sequence(sequence(tlv(0xa0, tlv(0xa0, text(0x86, 'http://x/'))))),
        sequence(sequence(tlv(0x81, Buffer.from([1, 2])))),
        sequence(sequence(tlv(0xa2, tlv(0xa4, name([[O, 'x']]))))),
        sequence(sequence(tlv(0xa0, tlv(0xa1, sequence(oid(CN), text(0x0c, 'x')))))),
      ]),
    );
  if (fault(p, `${i} names`))
    put(
      X.san,
      dice.chance(0.5),
      dice.pick([
        sequence(),
        sequence(text(0x82, dice.pick(SAN_DNS)), dice.pick(ALT_NAMES)),
        sequence(dice.pick(ALT_NAMES)),
        sequence(text(0x89, 'x')),
        text(0x0c, 'x'),
      ]),
    );
  if (fault(p, `${i} constraint limits`))
    put(
      X.constraints,
      true,
      sequence(
        tlv(
          0xa0,
          sequence(
            dice.pick(SUBTREES),
            dice.pick([tlv(0x80, Buffer.from([0])), tlv(0x80, Buffer.from([1])), tlv(0x81, Buffer.from([1]))]),
          ),
        ),
      ),
    );
  if (fault(p, `${i} twice`)) {
    const one = draft.extensions[dice.below(Math.max(1, draft.extensions.length))];
    if (one) draft.extensions.push({ ...one });
  }
  if (fault(p, `${i} cut extension`)) {
    const one = draft.extensions[dice.below(Math.max(1, draft.extensions.length))];
    if (one)
      one.value = dice.pick([one.value.subarray(0, -1), Buffer.concat([one.value, Buffer.from([0])]), Buffer.alloc(0)]);
  }
  if (!leaf && fault(p, `${i} self-issued`)) draft.subject = draft.issuer;
  if (fault(p / 2, `${i} other issuer`)) draft.issuer = name([[CN, 'Nobody']]);
}

function arrange(
  certificates: readonly Buffer[],
  drafts: readonly Draft[],
  dice: Dice,
  keys: readonly Key[],
  fault: (p: number, what: string) => boolean,
  p: number,
  now: number,
): Omit<Chain, 'faults'> {
  const [leaf = Buffer.alloc(0), ...others] = certificates;
  const root = certificates.at(-1) ?? leaf;
  const anchors: Buffer[] = [root];
  let untrusted = others.slice(0, dice.chance(0.3) ? undefined : -1);
  const again = (draft: Draft | undefined, change: Partial<Draft>) => (draft ? [issue({ ...draft, ...change })] : []);
  const some = () => drafts[dice.below(drafts.length)];
  if (fault(p, 'intermediate left out')) untrusted.splice(dice.below(untrusted.length + 1), 1);
  if (fault(p, 'shuffled')) untrusted = dice.shuffle(untrusted);
  if (fault(p, 'twice')) untrusted.push(...untrusted);
  if (fault(p, 'leaf again')) untrusted.push(leaf);
  if (fault(p, 'intermediate is anchor')) anchors.push(dice.pick(certificates));
  if (fault(p, 'root is no anchor')) anchors.shift();
  if (fault(p, 'expired twin sent')) untrusted.unshift(...again(some(), { to: time(now - DAY) }));
  if (fault(p, 'expired twin trusted'))
    anchors.unshift(...again(some(), { to: time(now - 2 * DAY) }), ...again(some(), { to: time(now - DAY) }));
  if (fault(p, 'fresh twin trusted')) anchors.push(...again(some(), { serial: integer(77) }));
  if (fault(p, 'namesake trusted')) {
    const key = dice.pick(keys);
    anchors[dice.chance(0.5) ? 'unshift' : 'push'](...again(some(), { key, signer: key, signature: null }));
  }
  if (fault(p, 'namesake sent')) {
    const key = dice.pick(keys);
    untrusted.unshift(...again(some(), { key, signer: key, signature: null }));
  }
  if (fault(p, 'cross-signed')) {
    const key = dice.pick(keys);
    const other = name([[CN, 'Cross']]);
    untrusted.push(...again(drafts.at(-1), { issuer: other, signer: key, signature: null }));
    if (dice.chance(0.7))
      anchors.push(...again(drafts.at(-1), { issuer: other, subject: other, key, signer: key, signature: null }));
  }
  if (fault(p / 2, 'octet turned')) {
    const list = dice.chance(0.5) ? untrusted : anchors;
    const at = dice.below(Math.max(1, list.length));
    const turned = Buffer.from(list[at] ?? leaf);
    const place = dice.below(turned.length);
    turned[place] = (turned[place] ?? 0) ^ (1 << dice.below(8));
    if (list.length > 0 && dice.chance(0.5)) list[at] = turned;
    else list.push(turned);
  }
  let first = leaf;
  if (fault(p / 2, 'octet of the leaf turned')) {
    first = Buffer.from(leaf);
    const place = dice.below(first.length);
    first[place] = (first[place] ?? 0) ^ (1 << dice.below(8));
  }
  // Half of the hosts are ones that an everyday certificate of ours would match, lest all end at 62.
  const host = dice.chance(0.3) ? null : dice.chance(0.6) ? 'www.example.com' : dice.pick(HOSTS);
  const strict = dice.chance(0.4);
  return {
    leaf: first,
    untrusted,
    anchors,
    at: now,
    level: dice.pick([2, 2, 2, 1, 0] as const),
    strict,
    partial: strict ? dice.chance(0.9) : dice.chance(0.1),
    host,
    ip: host !== null && /^[\d.]+$|:/.test(host),
    nocn: dice.chance(0.3),
    client: dice.chance(0.1),
  };
}
