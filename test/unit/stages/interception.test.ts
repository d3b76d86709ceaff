// The pure parts of looking for somebody in the middle: names, login pages, who may be asked.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileKnowledge } from '../../../src/build/compile-knowledge.ts';
import { type CertificateSpec, makePki } from '../../../src/lab/pki.ts';
import { known } from '../../../src/model/facts.ts';
import { DEFAULTS, type Options } from '../../../src/model/options.ts';
import { openWorld } from '../../../src/open-world.ts';
import { type Certificate, parseCertificate } from '../../../src/pki/certificate.ts';
import { nameFromDer } from '../../../src/pki/names.ts';
import { arranged, canariesFor, sameSigner } from '../../../src/stages/canaries.ts';
import { recognise } from '../../../src/stages/interceptor-names.ts';
import { elsewhere, loginByWords, loginInPlain, probesFor } from '../../../src/stages/portal.ts';
import { looksPublic } from '../../../src/stages/public-name.ts';
import type { Run } from '../../../src/stages/stage.ts';
import { name } from '../../parity/chains.ts';

const root = new URL('../../..', import.meta.url).pathname;
const { interceptors, canaries } = compileKnowledge(root);
const NOW = new Date('2026-11-23T12:00:00Z');

const OIDS: Readonly<Record<string, string>> = {
  C: '2.5.4.6',
  ST: '2.5.4.8',
  S: '2.5.4.8',
  L: '2.5.4.7',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  CN: '2.5.4.3',
  emailAddress: '1.2.840.113549.1.9.1',
};

/** `O=A, CN=B` as a Name. */
function named(text: string) {
  const parts = text.split(/,\s*(?=[A-Za-z]+=)/).map(part => {
    const [type = '', ...value] = part.split('=');
    return [OIDS[type] ?? '', value.join('=')] as const;
  });
  return nameFromDer(name(parts));
}

/** A leaf of which only the names matter. */
const leafBy = (issuer: string, subject = 'CN=site.example.com') =>
  ({
    issuer: named(issuer),
    subject: named(subject),
    sha256: '00',
    der: new Uint8Array(),
    spki: new Uint8Array(),
  }) as unknown as Certificate;

const AS_ASKED = { fits: true, inside: false };

const productOf = (issuer: string, fits = true, subject?: string, inside = false) =>
  recognise([leafBy(issuer, subject)], { fits, inside }, interceptors)?.product.id ?? null;

describe('products by the names they sign with', () => {
  const facts = `${root}../shared/facts/interceptors.json`;
  const observed: [string, string][] = existsSync(facts)
    ? (JSON.parse(readFileSync(facts, 'utf8')).products as { id: string; observedDN?: string }[]).flatMap(each =>
        each.observedDN ? [[each.id, each.observedDN.replace('<32 hex>', 'a'.repeat(32)).replace('<hash>', 'b')]] : [],
      )
    : [];
  test.skipIf(observed.length === 0).each(observed)('%s signs as it was seen to: %s', (id, dn) => {
    expect(productOf(dn)).toBe(id);
  });

  test.each([
    ['O=Zscaler Lab Users, CN=Zscaler-style Training CA'],
    ['O=Cloudflare, Inc., CN=Cloudflare Inc ECC CA-3'],
    ['O=Example Works, CN=mitmproxy'],
    ['O=Cisco Systems, Inc., CN=HydrantID SSL ICA G2'],
    ['CN=My Zscaler Root CA'],
    ['CN=zscaler root ca'],
    ['O=Symantec Corporation, CN=Symantec Class 3 Secure Server CA - G4'],
    ['CN=Proxy CA'],
  ])('no product: %s', dn => {
    expect(productOf(dn)).toBeNull();
  });

  test('a device’s page about itself is no interception; the same issuer for the site asked for is', () => {
    const own = 'O=Fortinet, CN=FGT60FTK1';
    expect(productOf('O=Fortinet, CN=FortiGate CA', false, own)).toBeNull();
    expect(productOf('O=Fortinet, CN=FortiGate CA', true, own)).toBe('fortigate');
    expect(productOf('O=Fortinet, CN=FortiGate CA', false)).toBe('fortigate');
    const appliance = 'CN=SophosApplianceCertificate_1';
    expect(productOf('CN=SecurityAppliance_SSL_CA', false, appliance, true)).toBeNull();
    expect(productOf('CN=SecurityAppliance_SSL_CA', true, appliance, true)).toBe('sophos-firewall');
  });

  test('a root that was not sent counts by the name of whom it signed', () => {
    const path = [leafBy('CN=Some Issuing CA'), leafBy('CN=Qustodio CA', 'CN=Some Issuing CA')];
    expect(recognise(path, { fits: true, inside: false }, interceptors)?.product.id).toBe('qustodio');
  });

  test('by fingerprint and by key, whatever it calls itself', () => {
    const { leaf } = chainOf({ leaf: { names: ['a.test'] } }, ['leaf']);
    const entry = { ...(interceptors[0] as (typeof interceptors)[number]), match: [] };
    expect(recognise([leaf], AS_ASKED, [entry])).toBeNull();
    expect(recognise([leaf], AS_ASKED, [{ ...entry, certificates: [leaf.sha256] }])?.product.id).toBe(entry.id);
    const key = createHash('sha256').update(leaf.spki).digest('base64');
    expect(recognise([leaf], AS_ASKED, [{ ...entry, keys: [key] }])?.product.id).toBe(entry.id);
    expect(recognise([leaf], AS_ASKED, [{ ...entry, kind: 'captive-portal', keys: [key] }])).toBeNull();
    expect(
      recognise([leaf], { fits: false, inside: false }, [{ ...entry, kind: 'captive-portal', keys: [key] }])?.product
        .id,
    ).toBe(entry.id);
  });
});

describe('one signer or two', () => {
  const specs: Record<string, CertificateSpec> = {
    corp: { ca: true, cn: 'Same Name' },
    twin: { ca: true, cn: 'Same Name' },
    one: { by: 'corp', names: ['one.test'] },
    two: { by: 'corp', names: ['two.test'] },
    three: { by: 'twin', names: ['three.test'] },
    keyless: { by: 'twin', names: ['three.test'], without: ['authorityKeyId'] },
    other: { ca: true, cn: 'Other' },
    east: { by: 'corp', ca: true, cn: 'East' },
    west: { by: 'corp', ca: true, cn: 'West' },
    north: { by: 'twin', ca: true, cn: 'North' },
    five: { by: 'east', names: ['five.test'] },
    six: { by: 'west', names: ['six.test'] },
    seven: { by: 'north', names: ['seven.test'] },
    four: { by: 'other', names: ['four.test'] },
  };
  const pki = makePki(specs, NOW);
  const shown = (...names: string[]) => {
    const found = arranged(names.map(each => pki.get(each)?.pem ?? ''));
    if (!found) throw new Error('unreadable');
    return found;
  };
  test.each([
    ['the same CA certificate sent with both', ['one', 'corp'], ['two', 'corp'], true],
    ['sent with one of them', ['one', 'corp'], ['two'], true],
    ['sent with neither, key identifiers agree', ['one'], ['two'], true],
    ['another key of the same name, sent', ['one', 'corp'], ['three', 'twin'], false],
    ['another key of the same name, not sent', ['one'], ['three'], false],
    ['one without a key identifier', ['one'], ['keyless'], false],
    ['another name', ['one', 'corp'], ['four', 'other'], false],
    ['two CAs under one root, which is not sent', ['five', 'east'], ['six', 'west'], true],
    ['two CAs under two roots of one name', ['five', 'east'], ['seven', 'north'], false],
    ['the very same certificate', ['one'], ['one'], true],
  ])('%s', (_what, a, b, same) => {
    expect(sameSigner(shown(...a), shown(...b))).toBe(same);
  });

  test('what cannot be read is no chain', () => {
    expect(arranged([])).toBeNull();
    expect(arranged(['not a certificate', pki.get('one')?.pem ?? ''])).toBeNull();
  });
});

describe('login pages', () => {
  const page = (status: number | null, location?: string, body = '') => ({
    status,
    headers: location === undefined ? {} : { location },
    body,
  });

  test.each([
    ['HTTP/1.1 302 Found\r\nLocation: http://login.hotel.test/?x', true],
    ['HTTP/1.0 511 Network Authentication Required\r\n', true],
    ['HTTP/1.1 400 Bad Request\r\nServer: nginx', false],
    ['HTTP/1.1 301 Moved\r\nLocation: https://site.test/', false],
    ['HTTP/1.1 301 Moved\r\nLocation: /login', false],
    ['HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)', false],
    ['SSH-2.0-OpenSSH_9.2', false],
    ['', false],
  ])('in plain: %j', (bytes, login) => {
    expect(loginInPlain(bytes, 'site.test') !== null).toBe(login);
  });

  test.each([
    [302, 'http://hotspot.train.test/login?u=site', true],
    [511, undefined, true],
    [302, 'https://www.hoster.test/', false],
    [302, 'https://site.test/login', false],
    [200, undefined, false],
    [null, undefined, false],
  ] as const)('over TLS: %s to %s', (status, location, login) => {
    expect(loginByWords(page(status, location), 'site.test') !== null).toBe(login);
  });

  test.each([
    ['<html><!-- <WISPAccessGatewayParam> --></html>', true],
    ['<meta http-equiv="refresh" content="0; url=http://portal.hotel.test/?x">', true],
    ['<meta http-equiv="refresh" content="0; url=https://site.test/login">', false],
    ['<h1>Log in to the Wi-Fi</h1>', true],
    ['<title>Hotspot login</title>', true],
    ['<h1>Sign in</h1><input name="password">', false],
    [`<meta ${'http-equiv='.repeat(5000)}`, false],
  ])('by the words of a page: %#', (body, login) => {
    expect(loginByWords(page(200, undefined, body), 'site.test') !== null).toBe(login);
  });

  test('where a redirect leads is told without what was asked for', () => {
    expect(elsewhere('http://login.test/a?secret=1#x', 'site.test')).toBe('http://login.test/a');
  });
});

describe('who is asked', () => {
  const runWith = (host: string, options: Partial<Options>): Run =>
    ({
      target: { host, port: 443, serverName: /^[\d.]+$/.test(host) ? null : host, starttls: null },
      world: openWorld({ ...DEFAULTS, ...options }, { env: {} }),
      route: { proxy: null },
      canaries: () => canaries,
      interceptors: () => interceptors,
    }) as unknown as Run;

  test.each([
    ['shop.acme-works.com', [], true],
    ['shop.acme-works.com', ['203.0.113.7'], true],
    ['shop.acme-works.com', ['10.1.2.3', '192.168.0.9'], false],
    ['shop.acme-works.com', ['10.1.2.3', '203.0.113.7'], true],
    ['shop.example.com', ['203.0.113.7'], false],
    ['intranet', [], false],
    ['git.corp', [], false],
    ['api.shop.test', [], false],
    ['printer.local', [], false],
    ['127.0.0.1', [], false],
    ['10.0.0.8', [], false],
    ['203.0.113.7', [], true],
  ])('%s at %j could be reached by the whole world: %s', (host, addresses, expected) => {
    const seen = { 'dns.addresses': known('dns.addresses', addresses, 'test') };
    expect(looksPublic(seen, runWith(host, {}))).toBe(expected);
  });

  test('built-in canaries leave the target’s own site out; given ones replace them', () => {
    expect(canariesFor(runWith('docs.python.org', {})).map(each => each.host)).toEqual([
      'www.debian.org',
      'example.com',
    ]);
    expect(canariesFor(runWith('a.test', { canaries: ['b.test:8443@127.0.0.1:9', 'nonsense::1'] }))).toEqual([
      { host: 'b.test', port: 8443, connect: { host: '127.0.0.1', port: 9 } },
    ]);
    expect(canariesFor(runWith('a.test', { canaries: [] }))).toEqual([]);
  });

  test.each<[string, Partial<Options>, number]>([
    ['the built-in probes', {}, 2],
    ['none offline', { offline: true }, 0],
    ['none offline, even if one is given', { offline: true, portalProbe: 'http://p.test/' }, 0],
    ['none with --canary none', { canaries: [] }, 0],
    ['none where canaries were chosen by hand', { canaries: ['a.test'] }, 0],
    ['the one given', { canaries: [], portalProbe: 'http://p.test/' }, 1],
    ['none with --portal-probe none', { portalProbe: null }, 0],
  ])('%s', (_what, options, count) => {
    expect(probesFor(runWith('a.test', options))).toHaveLength(count);
  });
});

function chainOf(specs: Record<string, CertificateSpec>, names: readonly string[]) {
  const pki = makePki(specs, NOW);
  const [leaf] = names.map(each => parseCertificate(pki.get(each)?.der ?? new Uint8Array()));
  if (!leaf) throw new Error('no certificate');
  return { leaf };
}
