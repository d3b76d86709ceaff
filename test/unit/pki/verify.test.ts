import { describe, expect, test } from 'vitest';
import { PROFILE_NAMES, profileOf, UnknownProfile } from '../../../src/pki/profiles/index.ts';
import { TrustStore, trustStore } from '../../../src/pki/store.ts';
import { verify, verifyChain } from '../../../src/pki/verify.ts';
import { X } from '../../parity/chains.ts';
import { bits, boolean, integer, octets, oid, sequence, text, tlv } from '../../parity/der-builder.ts';
import { authority, days, dns, ecKey, type Made, NOW, server } from './maker.ts';

const root = authority('root');
const issuing = authority('issuing', root);
const leaf = server(['api.test', '*.example.com'], issuing);
const noAki = server(['api.test'], issuing, { extensions: { [X.aki]: null } });
const bareRoot = authority('bare root', null, { extensions: { [X.keyUsage]: null } });
const expired = server(['api.test'], issuing, { change: { to: days(-1) } });
const nonCa = server(['x.test'], root);
const commonName = server([], issuing, { commonName: 'api.test' });

/** Codes in the order they would surface; [] = accepted. */
function codes(
  one: Made,
  sent: readonly Made[],
  anchors: readonly Made[],
  profile: string,
  host: string | undefined = 'api.test',
): number[] {
  const store = trustStore(anchors.map(({ der }) => der));
  const verdict = verify(
    one.certificate,
    sent.map(({ certificate }) => certificate),
    store,
    { ...(host ? { host } : {}), at: NOW, profile },
  );
  return verdict.ok ? [] : [verdict.verifyCode, ...verdict.then.map(({ verifyCode }) => verifyCode)];
}

const OLD = 'python3.12';
const NEW = 'python3.13';

// Left: what a person would say. Right: the code people would see, by rule set (0 = fine).
test.each([
  ['a whole chain', [leaf, [issuing], [root]], 0, 0],
  ['the intermediate was not sent', [leaf, [], [root]], 20, 20],
  ['an unknown root', [leaf, [issuing], [bareRoot]], 20, 20],
  ['an unknown root that was sent', [leaf, [issuing, root], [bareRoot]], 19, 19],
  ['the root alone, not trusted', [root, [], [bareRoot]], 18, 18],
  ['only the intermediate is trusted', [leaf, [], [issuing]], 2, 0],
  ['the leaf itself is trusted', [leaf, [], [leaf]], 20, 0],
  ['the other order', [leaf, [root, issuing], [root]], 0, 0],
  ['expired', [expired, [issuing], [root]], 10, 10],
  [
    'an extension stands there twice: the code lies',
    [server(['api.test'], issuing, twice()), [issuing], [root]],
    20,
    20,
  ],
  ['no authority key id', [noAki, [issuing], [root]], 0, 85],
  ['a root as `openssl req -x509` makes it', [server(['api.test'], bareRoot), [], [bareRoot]], 0, 92],
  ['the issuer is no CA', [server(['api.test'], nonCa), [nonCa], [root]], 79, 79],
  ['anyExtendedKeyUsage alone', [server(['api.test'], issuing, usage('2.5.29.37.0')), [issuing], [root]], 26, 26],
  ['for clients only', [server(['api.test'], issuing, usage('1.3.6.1.5.5.7.3.2')), [issuing], [root]], 26, 26],
  [
    'P-192 is too weak',
    [server(['api.test'], issuing, { key: ecKey('weak', 'prime192v1') }), [issuing], [root]],
    66,
    66,
  ],
  [
    'an unknown critical extension',
    [
      server(['api.test'], issuing, { extensions: { '1.2.3': { critical: true, value: text(12, 'x') } } }),
      [issuing],
      [root],
    ],
    34,
    34,
  ],
  [
    'a spoilt signature',
    [server(['api.test'], issuing, { change: { spoilSignature: true } }), [issuing], [root]],
    7,
    7,
  ],
] as [string, [Made, Made[], Made[]], number, number][])('%s', (_, [one, sent, anchors], before, since) => {
  expect([codes(one, sent, anchors, OLD)[0] ?? 0, codes(one, sent, anchors, NEW)[0] ?? 0]).toEqual([before, since]);
});

test('one error hides the next: a wrong name comes before the date, a missing issuer before both', () => {
  expect(codes(expired, [issuing], [root], OLD, 'other.test')).toEqual([62, 10]);
  expect(codes(expired, [], [root], OLD, 'other.test')).toEqual([20, 62, 21, 10]);
});

test('path length counts issuers that are not self-issued, from the second on', () => {
  const short = authority('short', null, {
    extensions: { [X.basic]: { critical: true, value: sequence(boolean(true), integer(0)) } },
  });
  const between = authority('between', short);
  expect(codes(server(['api.test'], between), [between], [short], OLD)).toEqual([25]);
  expect(codes(server(['api.test'], short), [], [short], OLD)).toEqual([]);
});

test('name constraints apply to the common name, though nobody asked for it', () => {
  const limited = authority('limited', null, {
    extensions: { [X.constraints]: { critical: true, value: sequence(tlv(0xa0, sequence(dns('example.com')))) } },
  });
  const other = server([], limited, {
    commonName: 'other.test',
    extensions: { [X.san]: { critical: false, value: sequence(text(0x87, '\x01\x02\x03\x04')) } },
  });
  expect(codes(other, [], [limited], OLD, '1.2.3.4')).toEqual([47]);
  expect(codes(other, [], [limited], 'requests@python3.12', '1.2.3.4')).toEqual([]);
});

test('of two roots with one name the first is taken, and there is no way back', () => {
  const twin = authority('root', null, { extensions: { [X.ski]: null, [X.aki]: null } });
  const bare = authority('root', null, { extensions: { [X.ski]: null, [X.aki]: null } });
  const one = server(['api.test'], bare, { extensions: { [X.aki]: null } });
  expect(codes(one, [], [twin, bare], OLD)).toEqual([7]);
  expect(codes(one, [], [bare, twin], OLD)).toEqual([]);
});

describe('who asks', () => {
  test.each([
    [
      'the common name',
      commonName,
      'api.test',
      { 'python3.12': 0, 'requests@python3.12': 62, openssl: 0, 'python3.6': 0 },
    ],
    ['a trailing dot', leaf, 'api.test.', { 'python3.12': 62, 'requests@python3.12': 0, openssl: 62, 'python3.6': 62 }],
    [
      'an address in a DNS name',
      server(['1.2.3.4'], issuing),
      '1.2.3.4',
      { 'python3.12': 64, 'requests@python3.12': 64, openssl: 64, 'python3.6': 64 },
    ],
    ['a partial wildcard', server(['a*.test'], issuing), 'api.test', { 'python3.12': 62, 'python3.6': 0 }],
  ] as [string, Made, string, Record<string, number>][])('%s', (_, one, host, expected) => {
    for (const [profile, code] of Object.entries(expected))
      expect([profile, codes(one, [issuing], [root], profile, host)[0] ?? 0]).toEqual([profile, code]);
  });

  test('urllib3 decides whether requests is strict on Python 3.13', () => {
    const ask = (urllib3: string) =>
      verify(noAki.certificate, [issuing.certificate], trustStore([root.der]), {
        at: NOW,
        host: 'api.test',
        profile: profileOf('requests@python3.13', { urllib3 }),
      }).verifyCode;
    expect([ask('2.3.0'), ask('2.4.0'), ask('1.26.12')]).toEqual([0, 85, 0]);
  });

  test('urllib3 1.26 compares the name after all else, and falls back to the common name', () => {
    const old = profileOf('requests@python3.12', { urllib3: '1.26.12' });
    const ask = (one: Made, host: string) =>
      verify(one.certificate, [issuing.certificate], trustStore([root.der]), { at: NOW, host, profile: old });
    expect(ask(commonName, 'api.test.').ok).toBe(true);
    const { verifyCode, then } = ask(expired, 'other.test');
    expect(verifyCode).toBe(10);
    expect(then).toMatchObject([{ verifyCode: 62, verifyMessage: "hostname 'other.test' doesn't match 'api.test'" }]);
  });

  test('every profile of the contract exists, and says its TLS limits', () => {
    expect(PROFILE_NAMES).toHaveLength(19);
    for (const name of PROFILE_NAMES) expect(profileOf(name)).toMatchObject({ name, tls: { maxVersion: 'TLSv1.3' } });
    expect(profileOf('python3.9').tls.minVersion).toBe('TLSv1');
    expect(profileOf('python3.10').tls.minVersion).toBe('TLSv1.2');
    expect(profileOf('python3.21').strict).toBe(true);
    expect(() => profileOf('python2.7')).toThrow(UnknownProfile);
  });
});

describe('the contract’s form', () => {
  const ask = {
    leaf: leaf.der,
    untrusted: [issuing.certificate.pem()],
    anchors: [root.der],
    host: 'api.test',
    at: NOW,
    profile: OLD,
  };

  test('takes DER and PEM, and says where each certificate came from', () => {
    const { then, ...verdict } = verifyChain(ask);
    expect(then).toEqual([]);
    expect(verdict).toEqual({
      ok: true,
      verifyCode: 0,
      verifyName: 'X509_V_OK',
      verifyMessage: 'ok',
      depth: null,
      chain: [
        { sha256: leaf.certificate.sha256, subject: 'CN=server', from: 'sent' },
        { sha256: issuing.certificate.sha256, subject: 'CN=issuing', from: 'sent' },
        { sha256: root.certificate.sha256, subject: 'CN=root', from: 'store' },
      ],
    });
  });

  test('takes a store parsed before', () => {
    const store = trustStore([root.certificate.pem(), 'no certificate', Buffer.from('3003020101', 'hex')]);
    expect(store).toBeInstanceOf(TrustStore);
    expect([store.size, store.unreadable]).toEqual([1, 2]);
    expect(verifyChain({ ...ask, anchors: store, leaf: leaf.certificate.pem() }).ok).toBe(true);
  });

  test('words 62 and 64 as Python does, and as OpenSSL where that is asked', () => {
    const words = (host: string, profile: string) => verifyChain({ ...ask, host, profile }).verifyMessage;
    expect(words('other.test', OLD)).toBe("Hostname mismatch, certificate is not valid for 'other.test'.");
    expect(words('1.2.3.4', OLD)).toBe("IP address mismatch, certificate is not valid for '1.2.3.4'.");
    expect(words('other.test', 'openssl')).toBe('hostname mismatch');
  });

  test('a client’s certificate is judged for clients', () => {
    expect(verifyChain({ ...ask, purpose: 'client', host: 'api.test' }).verifyCode).toBe(26);
  });
});

test('trust settings of a TRUSTED CERTIFICATE come before all else', () => {
  const trusted = (settings: Buffer) => {
    const body = Buffer.concat([root.der, settings]).toString('base64').replace(/.{64}/g, '$&\n');
    return trustStore([`-----BEGIN TRUSTED CERTIFICATE-----\n${body}\n-----END TRUSTED CERTIFICATE-----\n`]);
  };
  const ask = (settings: Buffer) =>
    verify(leaf.certificate, [issuing.certificate], trusted(settings), { at: NOW, profile: OLD }).verifyCode;
  const serverAuth = oid('1.3.6.1.5.5.7.3.1');
  expect(ask(sequence(sequence(serverAuth)))).toBe(0);
  expect(ask(sequence(tlv(0xa0, serverAuth)))).toBe(28);
  expect(ask(sequence(sequence(oid('1.3.6.1.5.5.7.3.4'))))).toBe(28);
});

function twice() {
  const extension = { type: X.ski, critical: false, value: octets(Buffer.from('x')) };
  return {
    change: {
      extensions: [extension, extension, { type: X.keyUsage, critical: true, value: bits(Buffer.from([0xa0]), 5) }],
    },
  };
}

function usage(purpose: string) {
  return { extensions: { [X.eku]: { critical: false, value: sequence(oid(purpose)) } } };
}
