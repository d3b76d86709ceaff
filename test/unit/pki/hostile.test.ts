// Certificates made to hurt: each must end soon, with a clear verdict and without a throw. No times are asserted; what
// would not end runs into the runner's limit.
import { describe, expect, test } from 'vitest';
import { MalformedCertificate, parseCertificate } from '../../../src/pki/certificate.ts';
import { readCertificates } from '../../../src/pki/containers.ts';
import { readCrl } from '../../../src/pki/crl.ts';
import { readOcspResponse } from '../../../src/pki/ocsp.ts';
import { pemBlocks } from '../../../src/pki/pem.ts';
import { trustStore } from '../../../src/pki/store.ts';
import { verify } from '../../../src/pki/verify.ts';
import { Dice, keyPool, randomChain, X } from '../../parity/chains.ts';
import { boolean, integer, octets, oid, sequence, text, tlv } from '../../parity/der-builder.ts';
import { authority, days, dns, ecKey, type Made, NOW, server } from './maker.ts';

const key = ecKey('one for all');
const root = authority('root', null, { key });
const ask = (leaf: Made, sent: readonly Made[], anchors: readonly Made[] = [root], host?: string) =>
  verify(
    leaf.certificate,
    sent.map(({ certificate }) => certificate),
    trustStore(anchors.map(({ certificate }) => certificate)),
    {
      at: NOW,
      profile: 'python3.12',
      ...(host ? { host } : {}),
    },
  );

describe('long ways', () => {
  const climb = (length: number) => {
    const steps = [root];
    for (let i = 1; i <= length; i++) steps.push(authority(`step ${i}`, steps.at(-1) ?? null, { key }));
    return steps;
  };

  test('99 intermediates are as many as OpenSSL allows', () => {
    const steps = climb(99);
    expect(ask(server(['a.test'], steps.at(-1) as Made, { key }), steps.slice(1).reverse())).toMatchObject({
      verifyCode: 0,
    });
  });

  test('one of 150 is too long', () => {
    const steps = climb(150);
    const verdict = ask(server(['a.test'], steps.at(-1) as Made, { key }), steps.slice(1));
    expect(verdict).toMatchObject({ verifyCode: 22, depth: 101 });
    expect(verdict.chain).toHaveLength(102);
  });

  test('two anchors that certify each other go round until the limit', () => {
    const a = authority('a', null, { key });
    const b = authority('b', a, { key });
    const around = authority('a', b, { key });
    expect(ask(server(['a.test'], around, { key }), [], [around, b])).toMatchObject({ verifyCode: 22 });
  });
});

test('a mesh of 12 × 8 cross-signs, no way of which leads home, is walked once', () => {
  // Every CA of a layer is signed by every CA of the next: 8^12 ways for whoever goes back.
  const layers: Made[][] = [];
  for (let layer = 12; layer > 0; layer--)
    layers.unshift(
      Array.from({ length: 8 }, (_, i) =>
        authority(`layer ${layer}`, layers[0]?.[i] ?? authority('nowhere', null, { key }), {
          key,
          change: { serial: integer(i + 1) },
        }),
      ),
    );
  const sent = layers.flat();
  const verdict = ask(server(['a.test'], layers[0]?.[0] as Made, { key }), sent);
  expect(verdict).toMatchObject({ verifyCode: 20, depth: 12 });
});

describe('many names', () => {
  const many = Array.from({ length: 10_000 }, (_, i) => `host${i}.example.com`);
  const trees = (n: number) => sequence(tlv(0xa1, ...Array.from({ length: n }, (_, i) => sequence(dns(`x${i}.test`)))));
  const limited = (n: number) =>
    authority('limited', root, { key, extensions: { [X.constraints]: { critical: true, value: trees(n) } } });

  test('10,000 in a certificate', () => {
    const leaf = server(many, root, { key });
    expect(ask(leaf, [], [root], 'host9999.example.com').ok).toBe(true);
    expect(ask(leaf, [], [root], 'host10000.example.com').verifyCode).toBe(62);
  });

  test('10,000 constraints on one name', () => {
    const issuing = limited(10_000);
    expect(ask(server(['a.example.com'], issuing, { key }), [issuing]).ok).toBe(true);
  });

  test('10,000 names under 10,000 constraints: OpenSSL gives up with 1, so do we', () => {
    const issuing = limited(10_000);
    expect(ask(server(many, issuing, { key }), [issuing])).toMatchObject({ verifyCode: 1, depth: 0 });
  });

  test('10,000 names under 104 constraints are still checked', () => {
    const issuing = limited(104);
    expect(ask(server(many, issuing, { key }), [issuing]).ok).toBe(true);
  });
});

test('20,000 namesakes in the store', () => {
  const twins = Array.from({ length: 200 }, (_, i) =>
    authority('root', null, { key, change: { serial: integer(i + 1), to: days(-1) } }),
  );
  const store = trustStore(
    Array.from({ length: 100 }, () => twins)
      .flat()
      .map(({ certificate }) => certificate),
  );
  expect(store.size).toBe(200);
  expect(
    verify(server(['a.test'], root, { key }).certificate, [], store, { at: NOW, profile: 'python3.12' }).verifyCode,
  ).toBe(10);
});

describe('deep and crooked ASN.1', () => {
  const deep = (n: number) => {
    let inner: Buffer = Buffer.alloc(0);
    for (let i = 0; i < n; i++) inner = tlv(0x30, inner);
    return inner;
  };
  const indefinite = Buffer.concat([Buffer.alloc(200_000, Buffer.from([0x30, 0x80])), Buffer.alloc(200_000)]);

  test.each([
    ['5,000 nested sequences', deep(5000)],
    ['100,000 nested indefinite lengths', indefinite],
    ['a length of 2^31', Buffer.from('3084ffffffff', 'hex')],
    ['a length of 127 octets', Buffer.concat([Buffer.from([0x30, 0xff]), Buffer.alloc(200, 1)])],
    ['a tag number without end', Buffer.alloc(100_000, 0xff)],
    ['nothing', Buffer.alloc(0)],
    ['one octet', Buffer.from([0x30])],
    ['zeros', Buffer.alloc(1000)],
  ])('%s', async (_, der) => {
    expect(() => parseCertificate(der)).toThrow(MalformedCertificate);
    const { certificates } = await readCertificates(der);
    expect(certificates).toEqual([]);
    expect(readOcspResponse(der, root.certificate, root.certificate, NOW)).toMatchObject({
      status: 'unknown',
      signatureValid: false,
    });
    expect(readCrl(der, root.certificate, NOW).problem).not.toBeNull();
  });

  test('in an extension they spoil only that extension', () => {
    const made = server(['a.test'], root, { key, extensions: { [X.san]: { critical: false, value: deep(3000) } } });
    expect(made.certificate.extensions.broken).toMatchObject([{ name: 'subjectAltName' }]);
    expect(ask(made, [], [root], 'a.test').verifyCode).toBe(20);
  });
});

describe('noise', () => {
  const keys = keyPool().filter(({ name }) => name.startsWith('p256'));

  test('4,000 certificates with octets turned: read, or refused with the place', () => {
    const dice = new Dice(7);
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      const { leaf } = randomChain(dice, keys);
      for (let j = 0; j < 20; j++) {
        const turned = Buffer.from(leaf);
        for (let k = dice.below(4); k >= 0; k--) turned[dice.below(turned.length)] = dice.below(256);
        const cut = dice.chance(0.2) ? turned.subarray(0, dice.below(turned.length)) : turned;
        try {
          const certificate = parseCertificate(cut);
          expect(
            typeof certificate.subject.text + certificate.extensions.all.length + certificate.key.text,
          ).toBeTruthy();
          expect([
            ...certificate.names,
            ...certificate.crlUrls,
            ...certificate.ocspUrls,
            ...certificate.policies,
          ]).toBeTruthy();
          expect([certificate.mustStaple, certificate.signedTimestamps, certificate.selfSigned]).toBeTruthy();
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedCertificate);
          expect((error as MalformedCertificate).offset).toBeLessThanOrEqual(cut.length);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(500);
    expect(refused).toBeLessThan(3500);
  });

  test('2,000 spoilt files of all wrappings: no throw', async () => {
    const dice = new Dice(8);
    const pem = root.certificate.pem();
    const signedData = sequence(
      oid('1.2.840.113549.1.7.2'),
      tlv(0xa0, sequence(integer(1), tlv(0x31), sequence(oid('1.2.840.113549.1.7.1')), tlv(0xa0, root.der), tlv(0x31))),
    );
    const pfx = sequence(integer(3), sequence(oid('1.2.840.113549.1.7.1'), tlv(0xa0, octets(sequence()))));
    const files = [Buffer.from(pem + pem), root.der, Buffer.concat([root.der, root.der]), signedData, pfx];
    for (let i = 0; i < 2000; i++) {
      const spoilt = Buffer.from(dice.pick(files));
      for (let k = dice.below(5); k > 0; k--) spoilt[dice.below(spoilt.length)] = dice.below(256);
      const { certificates, problems } = await readCertificates(spoilt, { password: 'x' });
      expect(certificates.length).toBeLessThanOrEqual(2);
      for (const { offset } of problems) expect(offset).toBeLessThanOrEqual(spoilt.length);
    }
  });
});

test.each([
  ['dashes', '-'],
  ['BEGINs', '-----BEGIN '],
  ['whole BEGIN lines', '-----BEGIN CERTIFICATE-----\n'],
  ['BEGIN and END lines', '-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n'],
  ['spaces', '-----BEGIN CERTIFICATE----- '],
  ['base64', '-----BEGIN CERTIFICATE-----\nAAAA'],
])('30 MB of %s are read once', (_, unit) => {
  const blocks = pemBlocks(Buffer.alloc(30_000_000, unit));
  expect(blocks.length).toBeLessThanOrEqual(100);
  expect(blocks.every(({ read }) => read === null)).toBe(true);
});

test('text of any kind in names comes out as it is, for the edge to make safe', () => {
  const { certificate } = server([], root, {
    commonName: '\u001b]52;c;AAAA\u0007',
    extensions: { [X.san]: { critical: false, value: sequence(dns('\u001b[2J'), text(0x82, '\xff')) } },
  });
  expect(certificate.subject.text).toBe('CN=\u001b]52;c;AAAA\u0007');
  expect(certificate.names).toEqual(['\u001b[2J', '\xff']);
});

test('basicConstraints without end of numbers', () => {
  const huge = { [X.basic]: { critical: true, value: sequence(boolean(true), tlv(2, Buffer.alloc(5000, 0x7f))) } };
  const ca = authority('huge', root, { key, extensions: huge });
  expect(ca.certificate.extensions.basicConstraints).toEqual({ ca: true, pathLength: null });
});
