import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { certificateInfo, MalformedCertificate, parseCertificate } from '../../../src/pki/certificate.ts';
import { codeByName, codeName, opensslMessage } from '../../../src/pki/codes.ts';
import { readCertificates } from '../../../src/pki/containers.ts';
import { rsaSecurityBits } from '../../../src/pki/keys.ts';
import { keyPool, X } from '../../parity/chains.ts';
import { boolean, integer, octets, oid, sequence, text, tlv } from '../../parity/der-builder.ts';
import { authority, dns, server } from './maker.ts';

const root = authority('root');
const uri = (value: string) => text(0x86, value);

test('a certificate for people', () => {
  const { certificate } = server(['a.test', '*.b.test'], root, {
    extensions: {
      [X.san]: { critical: false, value: sequence(dns('a.test'), text(0x87, '\x7f\0\0\x01'), text(0x81, 'x@y')) },
    },
  });
  expect(certificateInfo(certificate, 'leaf')).toEqual({
    subject: 'CN=server',
    issuer: 'CN=root',
    sha256: certificate.sha256,
    notBefore: '2026-05-02T12:00:00.000Z',
    notAfter: '2026-07-01T12:00:00.000Z',
    names: ['a.test', '127.0.0.1'],
    key: 'EC P-256',
    role: 'leaf',
    pem: certificate.pem(),
  });
  expect(certificate.sha256).toMatch(/^[0-9a-f]{64}$/);
  expect(parseCertificate(certificate.der).equals(certificate)).toBe(true);
});

test('what stands in the extensions', () => {
  const sct = Buffer.concat([
    Buffer.from([0, 43, 0, 41, 0]),
    Buffer.alloc(32, 7),
    Buffer.from('0000019a00000000', 'hex'),
  ]);
  const { certificate } = server(['a.test'], root, {
    extensions: {
      '1.3.6.1.5.5.7.1.1': {
        critical: false,
        value: sequence(
          sequence(oid('1.3.6.1.5.5.7.48.1'), uri('http://ocsp')),
          sequence(oid('1.3.6.1.5.5.7.48.2'), uri('http://ca')),
        ),
      },
      [X.crldp]: { critical: false, value: sequence(sequence(tlv(0xa0, tlv(0xa0, uri('http://crl'))))) },
      [X.policies]: { critical: false, value: sequence(sequence(oid('2.23.140.1.2.1'))) },
      '1.3.6.1.5.5.7.1.24': { critical: false, value: sequence(integer(5)) },
      '1.3.6.1.5.5.7.48.1.5': { critical: false, value: tlv(5) },
      '1.3.6.1.4.1.11129.2.4.2': { critical: false, value: octets(sct) },
    },
  });
  expect(certificate).toMatchObject({
    caIssuersUrls: ['http://ca'],
    ocspUrls: ['http://ocsp'],
    crlUrls: ['http://crl'],
    policies: ['2.23.140.1.2.1'],
    mustStaple: true,
    ocspNoCheck: true,
    signedTimestamps: [{ logId: '07'.repeat(32), at: new Date(0x19a00000000) }],
    commonName: 'server',
    isCa: false,
    version: 3,
  });
  expect(certificate.extensions.extKeyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(root.certificate).toMatchObject({
    isCa: true,
    selfSigned: true,
    selfIssued: true,
    mustStaple: false,
    signedTimestamps: null,
  });
});

test.each([
  [
    'names of an unknown kind',
    X.san,
    sequence(text(0x89, 'x')),
    'subjectAltName',
    'a general name has the unknown tag 0x89',
  ],
  [
    'a negative path length',
    X.basic,
    sequence(boolean(true), integer(Buffer.from([0xff]))),
    'basicConstraints',
    'the path length is negative',
  ],
  ['a key usage of no bits', X.keyUsage, tlv(3, Buffer.from([7, 0])), 'keyUsage', 'no usage is set'],
  [
    'text for a list',
    X.eku,
    text(12, 'x'),
    'extKeyUsage',
    'the list of extended key usages has the ASN.1 tag 0xc, not 0x30',
  ],
  ['nothing', X.aki, Buffer.alloc(0), 'authorityKeyIdentifier', 'an ASN.1 element is missing'],
  [
    'a distribution point of nothing',
    X.crldp,
    sequence(sequence()),
    'crlDistributionPoints',
    'a distribution point names neither a place nor an issuer',
  ],
])('a certificate with %s is read, and says what is broken', (_, type, value, name, reason) => {
  const { certificate, der } = server(['a.test'], root, { extensions: { [type]: { critical: false, value } } });
  const { broken } = certificate.extensions;
  expect(broken).toMatchObject([{ oid: type, name, reason }]);
  expect(der.subarray(broken[0]?.offset).subarray(0, 1)).toEqual(Buffer.from([0x30]));
});

test.each([
  ['a padded serial number', { serial: tlv(2, Buffer.from([0, 1])) }, 'an integer is padded'],
  ['a time that is a number', { to: integer(1) }, 'a time has the ASN.1 tag 0x2, not 0x18'],
  ['a name that is none', { subject: integer(1) }, 'a distinguished name has the ASN.1 tag 0x2, not 0x30'],
])('%s cannot be read at all', (_, change, message) => {
  expect(() => server(['a.test'], root, { change })).toThrow(MalformedCertificate);
  expect(() => server(['a.test'], root, { change })).toThrow(message);
});

test.each([
  ['an hour too many', '300101250000Z'],
  ['no seconds', '3001010000Z'],
  ['the 31st of February', '300231000000Z'],
  ['an offset', '300101000000+0000'],
  ['a leap second', '301231235960Z'],
])('a validity date with %s is kept as text', (_, date) => {
  const { certificate } = server(['a.test'], root, { change: { to: text(0x17, date) } });
  expect(certificate.validTo).toMatchObject({ valid: false, text: date });
  expect(certificateInfo(certificate, 'leaf').notAfter).toBe(date);
});

test('dates on both sides of the century', () => {
  const year = (tag: number, date: string) =>
    server([], root, { change: { to: text(tag, date) } }).certificate.notAfter.getUTCFullYear();
  expect([
    year(0x17, '491231235959Z'),
    year(0x17, '500101000000Z'),
    year(0x18, '99991231235959Z'),
    year(0x18, '00010101000000Z'),
  ]).toEqual([2049, 1950, 9999, 1]);
});

test('keys by name', () => {
  const made = Object.fromEntries(keyPool().map(key => [key.name, server([], root, { key }).certificate.key]));
  expect(Object.fromEntries(Object.entries(made).map(([name, { text }]) => [name, text]))).toMatchObject({
    'p256-1': 'EC P-256',
    p521: 'EC P-521',
    k256: 'EC secp256k1',
    brainpool: 'EC brainpoolP256r1',
    rsa2048: 'RSA 2048',
    rsa1962: 'RSA 1962',
    pss: 'RSA-PSS 2048',
    ed25519: 'Ed25519',
    ed448: 'Ed448',
  });
  expect(made.p192?.securityBits).toBe(80);
});

// OpenSSL rounds: 1963 bits already count as 112 (measured through EVP_PKEY_get_security_bits, 3.0.19).
test.each([
  [512, 0],
  [1024, 80],
  [1962, 104],
  [1963, 112],
  [2048, 112],
  [3072, 128],
  [4096, 152],
  [16384, 272],
])('RSA %i is worth %i bits', (bits, strength) => {
  expect(rsaSecurityBits(bits)).toBe(strength);
});

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

test.skipIf(!existsSync(BUNDLE))(
  'every root of this machine can be read whole (skipped without a system bundle)',
  async () => {
    const { certificates, problems } = await readCertificates(readFileSync(BUNDLE));
    expect(problems).toEqual([]);
    expect(certificates.length).toBeGreaterThan(100);
    for (const certificate of certificates)
      expect([
        certificate.extensions.broken,
        certificate.publicKey === null,
        certificate.selfSigned,
        certificate.key.bits > 200,
      ]).toEqual([[], false, true, true]);
  },
);

const FACTS = new URL('../../../../shared/facts/', import.meta.url);

describe.skipIf(!existsSync(FACTS))('codes (../shared/facts; skipped where it is absent)', () => {
  test.each(['3.0', '3.5'])('names and words are those of OpenSSL %s', version => {
    const { codes } = JSON.parse(readFileSync(new URL(`codes-${version}.json`, FACTS), 'utf8')) as {
      codes: Record<string, { name: string; message: string }>;
    };
    for (const [code, { name, message }] of Object.entries(codes)) {
      expect([codeName(Number(code)), opensslMessage(Number(code)), codeByName(name)]).toEqual([
        name,
        message,
        Number(code),
      ]);
    }
  });
});

test('a code nobody knows', () => {
  expect([codeByName('X509_V_ERR_NONE'), codeName(999), opensslMessage(999)]).toEqual([
    null,
    'X509_V_ERR_999',
    'unknown certificate verification error 999',
  ]);
});
