// Rows: what the stages saw → what must be concluded. The ranking first, then one row and one near miss for each cause.
import { describe, expect, test } from 'vitest';
import { compileKnowledge } from '../../../src/build/compile-knowledge.ts';
import { conclude, why } from '../../../src/diagnosis/conclude.ts';
import type { Diagnosis } from '../../../src/model/diagnosis.ts';
import {
  AFTER_FAILED_HANDSHAKE,
  healthyBut,
  LEAF_ALONE,
  only,
  type Row,
  SIGNED_BY_PRIVATE_ROOT,
  UNKNOWN,
} from './facts.ts';

const knowledge = compileKnowledge(new URL('../../..', import.meta.url).pathname);
const FOUND = [{ pem: '', from: 'aia', where: 'http://ca.test/r10.der' }] as const;

const primaryOf = ({ primary }: Diagnosis) => (primary ? `${primary.cause} ${primary.confidence}` : null);
const othersOf = ({ others }: Diagnosis) =>
  others.map(({ cause, severity }) => (severity === 'error' ? cause : `${cause} (${severity})`));

describe('what is primary, and what stands beside it', () => {
  test.each<[name: string, row: Row, status: string, primary: string | null, others: string[]]>([
    ['a healthy machine', {}, 'healthy', null, []],
    [
      'a warning alone stays healthy',
      { 'chain.order': 'disordered' },
      'healthy',
      null,
      ['wrong-chain-order (warning)'],
    ],
    ['expiry near is a warning', { 'expiry.daysLeft': 3 }, 'healthy', null, ['expired-leaf (warning)']],
    [
      'intermediate forgotten, AIA has it',
      {
        ...LEAF_ALONE,
        'chain.missingFoundBy': 'aia',
        'chain.found': FOUND,
        'trust.anchored': true,
        'trust.publicRoot': true,
      },
      'problem',
      'missing-intermediate certain',
      [],
    ],
    [
      'the same with --offline',
      {
        ...LEAF_ALONE,
        'chain.missingUrl': 'http://ca.test/r10.der',
        'chain.missingFoundBy': UNKNOWN,
        'trust.anchored': UNKNOWN,
        'trust.publicRoot': UNKNOWN,
      },
      'problem',
      'missing-intermediate likely',
      [],
    ],
    [
      'offline AND wrong name: what stops now is the chain',
      {
        ...LEAF_ALONE,
        'trust.codes': [20, 62],
        'chain.missingUrl': 'http://ca.test/r10.der',
        'chain.missingFoundBy': UNKNOWN,
        'trust.anchored': UNKNOWN,
        'trust.publicRoot': UNKNOWN,
        'hostname.matches': false,
      },
      'problem',
      'missing-intermediate likely',
      ['hostname-mismatch'],
    ],
    [
      'private root and expired: verification meets the root first',
      { ...SIGNED_BY_PRIVATE_ROOT, 'trust.codes': [19, 10], 'expiry.expired': ['leaf'] },
      'problem',
      'private-ca-untrusted certain',
      ['expired-leaf'],
    ],
    [
      'private root, interception not looked at',
      {
        ...SIGNED_BY_PRIVATE_ROOT,
        'interception.product': UNKNOWN,
        'interception.kind': UNKNOWN,
        'interception.signs': UNKNOWN,
        'interception.sameIssuer': UNKNOWN,
      },
      'problem',
      'private-ca-untrusted certain',
      [],
    ],
    [
      'Zscaler',
      { ...SIGNED_BY_PRIVATE_ROOT, 'interception.product': 'Zscaler', 'interception.kind': 'proxy' },
      'problem',
      'tls-interception certain',
      [],
    ],
    // A name proves nothing where the chain reaches a public root.
    [
      'an issuer named like a product, under a public root',
      { 'interception.product': 'Cisco', 'interception.kind': 'proxy' },
      'healthy',
      null,
      [],
    ],
    [
      'an interceptor this client trusts is a note',
      { 'interception.product': 'Zscaler', 'interception.kind': 'proxy', 'trust.publicRoot': false },
      'healthy',
      null,
      ['tls-interception (note)'],
    ],
    [
      'an installed interceptor root that fails the strict rules',
      {
        'interception.product': 'Zscaler',
        'interception.kind': 'proxy',
        'trust.publicRoot': false,
        'trust.codes': [89],
      },
      'problem',
      'strict-mode-violation certain',
      ['tls-interception (note)'],
    ],
    [
      'no name, no canary: without the proxy the server shows a public certificate',
      { ...SIGNED_BY_PRIVATE_ROOT, 'interception.sameIssuer': UNKNOWN, 'interception.directIssuer': 'O=CA, CN=R10' },
      'problem',
      'tls-interception certain',
      [],
    ],
    [
      'no name, no canary: a private CA signs for a site that only public CAs certify',
      { ...SIGNED_BY_PRIVATE_ROOT, 'interception.sameIssuer': UNKNOWN, 'interception.publicSite': true },
      'problem',
      'tls-interception certain',
      [],
    ],
    [
      'such a site under a root that was public once',
      {
        ...SIGNED_BY_PRIVATE_ROOT,
        'trust.rootRemoved': 'Old Root (removed 2024-01-01)',
        'trust.rootRemovedBy': 'key',
        'interception.publicSite': true,
      },
      'problem',
      'root-removed certain',
      [],
    ],
    [
      'two weak signs do not outrank what is certain',
      { ...SIGNED_BY_PRIVATE_ROOT, 'interception.sameIssuer': UNKNOWN, 'interception.signs': ['a', 'b'] },
      'problem',
      'private-ca-untrusted certain',
      ['tls-interception'],
    ],
    [
      'expired leaf',
      { 'expiry.expired': ['leaf'], 'expiry.daysLeft': -3, 'trust.codes': [10] },
      'problem',
      'expired-leaf certain',
      [],
    ],
    [
      'clock two years ahead',
      {
        'expiry.expired': ['leaf'],
        'expiry.daysLeft': -600,
        'trust.codes': [10],
        'clock.skewSeconds': 63_072_000,
        'clock.explainsVerdict': true,
      },
      'problem',
      'clock-skew certain',
      [],
    ],
    [
      'expired and wrong name: OpenSSL checks the name first',
      { 'expiry.expired': ['leaf'], 'expiry.daysLeft': -3, 'hostname.matches': false, 'trust.codes': [62, 10] },
      'problem',
      'hostname-mismatch certain',
      ['expired-leaf'],
    ],
    [
      'the proxy refuses before anything else can go wrong',
      { ...AFTER_FAILED_HANDSHAKE, 'proxy.error': 'auth-required', 'handshake.outcome': UNKNOWN, 'dns.error': UNKNOWN },
      'problem',
      'proxy-auth-required certain',
      [],
    ],
    // A client certificate is looked at after the server's chain (RFC 8446 §4.4.2).
    [
      'client certificate wanted, and an unknown root: the root comes first',
      { ...SIGNED_BY_PRIVATE_ROOT, 'handshake.clientCertificate': 'required' },
      'problem',
      'private-ca-untrusted certain',
      ['client-certificate-required'],
    ],
    [
      'revoked: the last to be noticed',
      { 'revocation.status': 'revoked', 'handshake.clientCertificate': 'required' },
      'problem',
      'client-certificate-required certain',
      ['revoked'],
    ],
    [
      'requests stops at a bad CA path before it connects',
      {
        ...LEAF_ALONE,
        'trust.storeKind': 'environment',
        'trust.storeProblem': 'path-missing',
        'trust.storeRefused': 'Could not find …',
        'chain.missing': [],
        'trust.publicRoot': true,
      },
      'problem',
      'ca-bundle-path-invalid certain',
      [],
    ],
    ['a verify error no entry knows', { 'trust.codes': [70] }, 'inconclusive', null, []],
    ['the verdict is not known', { 'trust.codes': UNKNOWN }, 'inconclusive', null, []],
    [
      'removed root that an old store still has',
      { 'trust.rootRemoved': 'X (removed 2026-04-22)', 'trust.rootRemovedBy': 'key', 'trust.publicRoot': false },
      'healthy',
      null,
      ['root-removed (warning)'],
    ],
  ])('%s', (_name, row, status, primary, others) => {
    const diagnosis = conclude(knowledge, healthyBut(row), 'en');
    expect([diagnosis.status, primaryOf(diagnosis), othersOf(diagnosis)]).toEqual([status, primary, others]);
  });

  test('nothing could be learnt: inconclusive, and it says what would decide', () => {
    const diagnosis = conclude(knowledge, only({}), 'en');
    expect([diagnosis.status, diagnosis.primary, diagnosis.others]).toEqual(['inconclusive', null, []]);
    expect(diagnosis.wouldDecide.slice(0, 2)).toEqual(['handshake.outcome', 'trust.codes']);
  });

  test('a likely cause names the facts that would make it certain', () => {
    const seen = healthyBut({
      ...LEAF_ALONE,
      'chain.missingUrl': 'http://ca.test/r10.der',
      'chain.missingFoundBy': UNKNOWN,
      'trust.anchored': UNKNOWN,
      'trust.publicRoot': UNKNOWN,
    });
    expect(conclude(knowledge, seen, 'en').primary?.wouldDecide).toEqual([
      'chain.missingFoundBy',
      'trust.anchored',
      'trust.publicRoot',
    ]);
  });

  test('evidence is what settled it, in words', () => {
    const { primary } = conclude(
      knowledge,
      healthyBut({ 'hostname.matches': false, 'hostname.asked': 'a.test', 'trust.codes': [62] }),
      'zh',
    );
    expect(primary?.evidence).toEqual([{ fact: 'hostname.matches', text: '“a.test”不在其名称之列：site.example.com' }]);
  });
});

/** Cause → [a row in which it is primary, its confidence, a row that looks alike and is not it]. */
const EACH: Record<string, [Row, string, Row]> = {
  'dns-failure': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'dns.error': 'not-found',
      'dns.addresses': [],
      'connect.error': UNKNOWN,
      'handshake.outcome': UNKNOWN,
    },
    'certain',
    { 'connect.error': 'timeout' },
  ],
  'hosts-file-redirect': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'dns.pointsHome': true,
      'dns.hostsLine': '127.0.0.1 site.example.com',
      'connect.error': 'refused',
      'handshake.outcome': UNKNOWN,
    },
    'certain',
    { 'connect.error': 'refused', 'dns.hostsLine': '127.0.0.1 localhost' },
  ],
  'connection-refused': [
    { ...AFTER_FAILED_HANDSHAKE, 'connect.error': 'refused', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'connect.error': 'timeout' },
  ],
  'connection-timeout': [
    { ...AFTER_FAILED_HANDSHAKE, 'connect.error': 'timeout', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'handshake.outcome': 'timeout' },
  ],
  'connection-reset': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'reset' },
    'certain',
    { 'handshake.outcome': 'eof' },
  ],
  'network-unreachable': [
    { ...AFTER_FAILED_HANDSHAKE, 'connect.error': 'unreachable', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'connect.failed': ['[::1]:443: refused'], 'connect.ipv6Broken': true, 'dns.addresses': ['::1', '127.0.0.1'] },
  ],
  'proxy-unreachable': [
    { ...AFTER_FAILED_HANDSHAKE, 'proxy.error': 'unreachable', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'proxy.error': 'tunnel-refused' },
  ],
  'proxy-auth-required': [
    { ...AFTER_FAILED_HANDSHAKE, 'proxy.error': 'auth-required', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'proxy.error': 'tunnel-refused', 'proxy.status': 403 },
  ],
  'proxy-tunnel-refused': [
    { ...AFTER_FAILED_HANDSHAKE, 'proxy.error': 'tunnel-refused', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'proxy.error': 'auth-required', 'proxy.status': 407 },
  ],
  'proxy-scheme-mismatch': [
    { ...AFTER_FAILED_HANDSHAKE, 'proxy.error': 'scheme-mismatch', 'handshake.outcome': UNKNOWN },
    'certain',
    { 'handshake.outcome': 'not-tls', 'handshake.peerSpeaks': 'HTTP' },
  ],
  'not-tls': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'not-tls', 'handshake.peerSpeaks': 'HTTP' },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.alert': 'protocol_version' },
  ],
  'handshake-timeout': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'timeout' },
    'certain',
    { 'connect.error': 'timeout', 'handshake.outcome': UNKNOWN },
  ],
  'unexpected-eof': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'eof' },
    'certain',
    { 'handshake.outcome': 'reset' },
  ],
  'tls-version-unsupported': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'handshake.outcome': 'alert',
      'handshake.alert': 'protocol_version',
      'handshake.lacks': 'version',
    },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.alert': 'handshake_failure', 'handshake.lacks': 'cipher' },
  ],
  'no-shared-cipher': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'handshake.outcome': 'alert',
      'handshake.alert': 'handshake_failure',
      'handshake.lacks': 'cipher',
    },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.alert': 'handshake_failure', 'handshake.lacks': 'dh-size' },
  ],
  'weak-dh': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'handshake.outcome': 'refused-here',
      'handshake.error': 'dh key too small',
      'handshake.lacks': 'dh-size',
    },
    'certain',
    { 'trust.codes': [66] },
  ],
  'legacy-renegotiation': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'refused-here', 'handshake.lacks': 'legacy-renegotiation' },
    'certain',
    { 'handshake.outcome': 'refused-here', 'handshake.lacks': 'version' },
  ],
  'sni-missing': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'handshake.outcome': 'alert',
      'handshake.alert': 'unrecognized_name',
      'handshake.serverName': null,
      'handshake.lacks': 'sni',
    },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.alert': 'unrecognized_name' },
  ],
  'unrecognized-name': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'alert', 'handshake.alert': 'unrecognized_name' },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.alert': 'unrecognized_name', 'handshake.serverName': null },
  ],
  'starttls-not-offered': [
    { ...AFTER_FAILED_HANDSHAKE, 'handshake.outcome': 'not-tls', 'handshake.starttls': 'not-offered' },
    'certain',
    { 'handshake.outcome': 'not-tls', 'handshake.starttls': 'offered' },
  ],
  'client-certificate-required': [
    { 'handshake.clientCertificate': 'required', 'handshake.outcome': 'alert', 'handshake.alert': 'handshake_failure' },
    'certain',
    { 'handshake.clientCertificate': 'optional' },
  ],
  'client-certificate-rejected': [
    {
      'handshake.clientCertificate': 'rejected',
      'handshake.outcome': 'alert',
      'handshake.alert': 'unknown_ca',
      'handshake.clientKey': 'fine',
    },
    'certain',
    { 'handshake.clientCertificate': 'required' },
  ],
  'client-key-mismatch': [
    { 'handshake.clientKey': 'mismatch', 'handshake.clientCertificate': 'required' },
    'certain',
    { 'handshake.clientKey': 'fine', 'handshake.clientCertificate': 'rejected' },
  ],
  'client-key-permissions': [{ 'handshake.clientKey': 'unreadable' }, 'certain', { 'handshake.clientKey': 'fine' }],
  'self-signed-leaf': [
    { ...SIGNED_BY_PRIVATE_ROOT, 'trust.codes': [18], 'chain.leafSelfSigned': true },
    'certain',
    SIGNED_BY_PRIVATE_ROOT,
  ],
  'private-ca-untrusted': [
    SIGNED_BY_PRIVATE_ROOT,
    'certain',
    { ...SIGNED_BY_PRIVATE_ROOT, 'trust.codes': [18], 'chain.leafSelfSigned': true },
  ],
  'missing-intermediate': [
    { ...LEAF_ALONE, 'chain.missingFoundBy': 'aia', 'chain.found': FOUND, 'trust.anchored': true },
    'certain',
    SIGNED_BY_PRIVATE_ROOT,
  ],
  'stale-trust-store': [
    {
      ...LEAF_ALONE,
      'chain.missing': [],
      'trust.publicRoot': true,
      'trust.rootMissingFromStore': 'CN=New Root',
      'trust.storeKind': 'system',
    },
    'certain',
    SIGNED_BY_PRIVATE_ROOT,
  ],
  'root-removed': [
    {
      ...LEAF_ALONE,
      'chain.missing': ['CN=Old Root'],
      'trust.rootRemoved': 'Old Root (removed 2026-04-22)',
      'trust.rootRemovedBy': 'key',
      'chain.missingUrl': 'http://ca.test/old.der',
    },
    'certain',
    { ...LEAF_ALONE, 'chain.missingUrl': 'http://ca.test/r10.der' },
  ],
  'trust-store-missing': [
    {
      ...SIGNED_BY_PRIVATE_ROOT,
      'trust.storeKind': 'openssl-default',
      'trust.storeProblem': 'path-missing',
      'trust.storeSize': 0,
    },
    'certain',
    {
      ...SIGNED_BY_PRIVATE_ROOT,
      'trust.storeKind': 'environment',
      'trust.storeProblem': 'path-missing',
      'trust.storeSize': 0,
    },
  ],
  'expired-root-cross-sign': [
    { 'trust.codes': [10], 'expiry.expired': ['intermediate'], 'chain.expiredCrossSign': 'CN=X1 by X3' },
    'certain',
    { 'trust.codes': [10], 'expiry.expired': ['intermediate'] },
  ],
  'wrong-chain-order': [{ 'chain.order': 'disordered' }, 'warning', {}],
  'unrelated-extra-certs': [
    { 'chain.unrelated': ['CN=Stranger'] },
    'warning',
    { 'chain.duplicates': ['CN=site.example.com'] },
  ],
  'duplicate-certs': [
    { 'chain.duplicates': ['CN=site.example.com'] },
    'warning',
    { 'chain.unrelated': ['CN=Stranger'] },
  ],
  'invalid-ca': [{ 'trust.codes': [79] }, 'certain', { 'trust.codes': [92] }],
  'path-length-exceeded': [{ 'trust.codes': [25] }, 'certain', { 'trust.codes': [79] }],
  'name-constraint-violation': [{ 'trust.codes': [47] }, 'certain', { 'trust.codes': [62], 'hostname.matches': false }],
  'invalid-purpose': [{ 'trust.codes': [26] }, 'certain', { 'trust.codes': [79] }],
  'unhandled-critical-extension': [{ 'trust.codes': [34] }, 'certain', { 'trust.codes': [91] }],
  'bad-signature': [{ 'trust.codes': [7] }, 'certain', { 'trust.codes': [68] }],
  'weak-key': [{ 'trust.codes': [66] }, 'certain', { 'trust.codes': [68] }],
  'weak-signature': [{ 'trust.codes': [68] }, 'certain', { 'trust.codes': [67] }],
  'strict-mode-violation': [{ 'trust.codes': [92] }, 'certain', { 'trust.codes': [79] }],
  'malformed-certificate': [
    { ...LEAF_ALONE, 'chain.malformed': ['the server’s own certificate: subjectAltName cannot be read'] },
    'certain',
    { ...LEAF_ALONE, 'chain.missingUrl': 'http://ca.test/r10.der' },
  ],
  'hostname-mismatch': [
    { 'hostname.matches': false, 'trust.codes': [62] },
    'certain',
    { 'hostname.matches': false, 'hostname.wildcard': '*.example.com', 'trust.codes': [62] },
  ],
  'wildcard-depth': [
    { 'hostname.matches': false, 'hostname.wildcard': '*.example.com', 'trust.codes': [62] },
    'certain',
    { 'hostname.matches': false, 'trust.codes': [62] },
  ],
  'ip-address-mismatch': [
    { 'hostname.matches': false, 'hostname.kind': 'ip', 'hostname.asked': '192.0.2.1', 'trust.codes': [64] },
    'certain',
    { 'hostname.matches': false, 'trust.codes': [62] },
  ],
  'common-name-only': [
    { 'hostname.matches': false, 'hostname.commonNameOnly': true, 'trust.codes': [62] },
    'certain',
    { 'hostname.matches': false, 'hostname.commonName': 'other', 'trust.codes': [62] },
  ],
  'expired-leaf': [
    { 'expiry.expired': ['leaf'], 'expiry.daysLeft': -1, 'trust.codes': [10] },
    'certain',
    { 'expiry.expired': ['intermediate'], 'trust.codes': [10] },
  ],
  'expired-intermediate': [
    { 'expiry.expired': ['intermediate'], 'trust.codes': [10] },
    'certain',
    { 'expiry.expired': ['intermediate'] },
  ],
  'expired-root': [
    { 'expiry.expired': ['root'], 'trust.codes': [10] },
    'certain',
    { 'expiry.expired': ['leaf'], 'trust.codes': [10] },
  ],
  'not-yet-valid': [
    { 'expiry.notYetValid': ['leaf'], 'trust.codes': [9] },
    'certain',
    { 'expiry.expired': ['leaf'], 'trust.codes': [10] },
  ],
  'clock-skew': [
    {
      'expiry.notYetValid': ['leaf'],
      'trust.codes': [9],
      'clock.skewSeconds': -90_000_000,
      'clock.explainsVerdict': true,
    },
    'certain',
    { 'expiry.notYetValid': ['leaf'], 'trust.codes': [9] },
  ],
  revoked: [{ 'revocation.status': 'revoked' }, 'certain', { 'revocation.status': 'unknown' }],
  'must-staple-missing': [
    { 'revocation.mustStaple': true },
    'certain',
    { 'revocation.mustStaple': true, 'revocation.stapled': true },
  ],
  'tls-interception': [
    { ...SIGNED_BY_PRIVATE_ROOT, 'interception.sameIssuer': true, 'interception.signs': ['same issuer'] },
    'certain',
    SIGNED_BY_PRIVATE_ROOT,
  ],
  'antivirus-interception': [
    {
      ...SIGNED_BY_PRIVATE_ROOT,
      'interception.product': 'Avast',
      'interception.kind': 'antivirus',
      'interception.sameIssuer': true,
    },
    'certain',
    { ...SIGNED_BY_PRIVATE_ROOT, 'interception.product': 'Zscaler', 'interception.kind': 'proxy' },
  ],
  'dev-proxy': [
    {
      ...SIGNED_BY_PRIVATE_ROOT,
      'interception.product': 'mitmproxy',
      'interception.kind': 'developer',
      'interception.sameIssuer': true,
    },
    'certain',
    { ...SIGNED_BY_PRIVATE_ROOT, 'interception.product': 'Zscaler', 'interception.kind': 'proxy' },
  ],
  'captive-portal': [
    {
      'hostname.matches': false,
      'trust.codes': [62],
      'interception.kind': 'captive-portal',
      'interception.signs': ['a login page'],
    },
    'certain',
    { 'hostname.matches': false, 'trust.codes': [62] },
  ],
  'ca-bundle-path-invalid': [
    {
      ...SIGNED_BY_PRIVATE_ROOT,
      'trust.storeKind': 'environment',
      'trust.storeProblem': 'path-missing',
      'trust.storeSize': 0,
    },
    'certain',
    { ...SIGNED_BY_PRIVATE_ROOT, 'trust.storeKind': 'environment' },
  ],
  'ca-bundle-override': [
    {
      ...LEAF_ALONE,
      'chain.missing': [],
      'trust.publicRoot': true,
      'trust.storeKind': 'environment',
      'trust.defaultAccepts': true,
      'trust.rootMissingFromStore': 'CN=CA Root',
    },
    'certain',
    { ...SIGNED_BY_PRIVATE_ROOT, 'trust.storeKind': 'environment' },
  ],
  'outdated-certifi': [
    { ...LEAF_ALONE, 'chain.missing': [], 'trust.publicRoot': true, 'trust.rootMissingFromStore': 'CN=New Root' },
    'certain',
    SIGNED_BY_PRIVATE_ROOT,
  ],
  'verification-disabled': [{ 'trust.verificationDisabled': 'PYTHONHTTPSVERIFY=0' }, 'warning', {}],
  'outdated-openssl': [
    {
      ...AFTER_FAILED_HANDSHAKE,
      'trust.opensslTooOld': 'TLS 1.2 (OpenSSL 1.0.0)',
      'handshake.outcome': 'alert',
      'handshake.lacks': 'version',
    },
    'certain',
    { 'handshake.outcome': 'alert', 'handshake.lacks': 'version' },
  ],
  'ssl-module-missing': [{ 'trust.sslModule': false }, 'certain', {}],
  'mixed-backends': [
    { 'connect.failed': ['192.0.2.2:443: refused'] },
    'warning',
    {
      ...AFTER_FAILED_HANDSHAKE,
      'connect.failed': ['192.0.2.1:443: refused'],
      'connect.error': 'refused',
      'handshake.outcome': UNKNOWN,
    },
  ],
};

describe('each cause is found, and not in the case that looks like it', () => {
  test.each(Object.entries(EACH))('%s', (cause, [row, confidence, nearMiss]) => {
    const found = conclude(knowledge, healthyBut(row), 'en');
    if (confidence === 'warning') expect([found.status, othersOf(found)]).toEqual(['healthy', [`${cause} (warning)`]]);
    else expect([found.status, primaryOf(found)]).toEqual(['problem', `${cause} ${confidence}`]);
    const missed = conclude(knowledge, healthyBut(nearMiss), 'en');
    expect([missed.primary?.cause, ...missed.others.map(other => other.cause)]).not.toContain(cause);
  });

  test('no cause is left out', () => {
    expect(Object.keys(EACH).sort()).toEqual(knowledge.causes.map(cause => cause.id));
  });

  test.each(['en', 'zh'] as const)('every sentence can be said in %s, with nothing left to fill', lang => {
    for (const [row] of Object.values(EACH)) {
      const about = { host: 'site.example.com', port: 443, url: 'https://site.example.com/' };
      const { primary, others } = conclude(knowledge, healthyBut(row), lang, about);
      for (const finding of [primary, ...others])
        expect(JSON.stringify(finding)).not.toMatch(/\{(?:[a-z]+\.[A-Za-z]+|host|port|url|endpoint)(?:\|[a-z]+)?\}/);
    }
  });
});

test('why: the conditions as a tree, with the truth at each leaf', () => {
  const cause = knowledge.causes.find(each => each.id === 'self-signed-leaf');
  if (!cause) throw new Error('no such cause');
  const [certain] = why(cause, healthyBut({ 'chain.leafSelfSigned': true, 'trust.anchored': UNKNOWN }));
  expect(certain?.why.truth).toBe('unknown');
  expect(certain?.why.members.map(member => [member.text, member.truth, member.seen])).toEqual([
    ['chain.leafSelfSigned is true', true, 'true (test)'],
    ['trust.anchored is false', 'unknown', 'test'],
  ]);
});
