// Facts of a run as tests need them: a healthy one that rows change, and one of which nothing is known.
import { type FactKey, type Facts, known, type Seen, unknown } from '../../../src/model/facts.ts';

/** A fact that could not be learnt. */
export const UNKNOWN = Symbol('unknown');

export type Row = { readonly [F in FactKey]?: Facts[F] | typeof UNKNOWN };

/** The healthy machine, changed by the row. */
export const healthyBut = (row: Row): Seen => seenOf({ ...HEALTHY, ...row });

/** Nothing learnt but the row. */
export const only = (row: Row): Seen => seenOf({ ...BLIND, ...row });

export const SIGNED_BY_PRIVATE_ROOT: Row = {
  'trust.codes': [19],
  'trust.anchored': false,
  'trust.publicRoot': false,
  'trust.defaultAccepts': false,
  'chain.topSelfSigned': true,
  'chain.topSubject': 'O=Corp, CN=Corp Root',
};

export const LEAF_ALONE: Row = {
  'trust.codes': [20],
  'trust.anchored': false,
  'trust.publicRoot': false,
  'trust.defaultAccepts': false,
  'chain.missing': ['O=CA, CN=R10'],
};

const FINE: { readonly [F in FactKey]?: Facts[F] } = {
  'clock.skewSeconds': 0,
  'clock.explainsVerdict': false,
  'clock.witnesses': ['the server’s Date header says 2026-11-23T12:00:00Z'],
  'dns.addresses': ['192.0.2.1'],
  'dns.error': null,
  'dns.hostsLine': null,
  'dns.pointsHome': false,
  'connect.address': '192.0.2.1',
  'connect.port': 443,
  'connect.error': null,
  'connect.failed': [],
  'connect.reached': ['192.0.2.1:443'],
  'connect.oddBackends': [],
  'connect.ipv6Broken': false,
  'proxy.url': null,
  'proxy.from': null,
  'proxy.error': null,
  'proxy.detail': null,
  'proxy.status': null,
  'proxy.authSchemes': [],
  'proxy.credentialsGiven': false,
  'handshake.outcome': 'completed',
  'handshake.error': null,
  'handshake.alert': null,
  'handshake.version': 'TLSv1.3',
  'handshake.peerSpeaks': null,
  'handshake.firstBytes': null,
  'handshake.acceptedVersion': null,
  'handshake.acceptedCipher': null,
  'handshake.lacks': null,
  'handshake.offered': 'TLSv1.2–TLSv1.3',
  'handshake.serverName': 'site.example.com',
  'handshake.clientCertificate': 'not-requested',
  'handshake.clientCas': [],
  'handshake.starttls': null,
  'handshake.clientKey': null,
  'handshake.httpStatus': 200,
  'chain.sent': ['CN=site.example.com', 'O=CA, CN=R10'],
  'chain.leafSubject': 'CN=site.example.com',
  'chain.leafIssuer': 'O=CA, CN=R10',
  'chain.leafSelfSigned': false,
  'chain.topSelfSigned': false,
  'chain.topSubject': 'O=CA, CN=R10',
  'chain.missing': [],
  'chain.missingFoundBy': null,
  'chain.missingUrl': null,
  'chain.missingKin': null,
  'chain.leafLogged': false,
  'chain.found': [],
  'chain.order': 'ordered',
  'chain.duplicates': [],
  'chain.unrelated': [],
  'chain.malformed': [],
  'chain.expiredCrossSign': null,
  'hostname.asked': 'site.example.com',
  'hostname.kind': 'dns',
  'hostname.matches': true,
  'hostname.names': ['site.example.com'],
  'hostname.wildcard': null,
  'hostname.commonNameOnly': false,
  'hostname.commonName': null,
  'expiry.expired': [],
  'expiry.notYetValid': [],
  'expiry.judgedAt': '2026-11-23T12:00:00Z',
  'expiry.leafNotBefore': '2026-10-01T00:00:00Z',
  'expiry.leafNotAfter': '2027-01-01T00:00:00Z',
  'expiry.daysLeft': 39,
  'revocation.status': 'good',
  'revocation.revoked': [],
  'revocation.sources': [],
  'revocation.mustStaple': false,
  'revocation.stapled': false,
  'trust.profile': 'requests@python3.12',
  'trust.answers': [],
  'trust.codes': [],
  'trust.strictCodes': [],
  'trust.message': null,
  'trust.anchored': true,
  'trust.anchor': 'O=CA, CN=CA Root',
  'trust.store': '/usr/lib/python3/certifi/cacert.pem',
  'trust.storeKind': 'certifi',
  'trust.storeBecause': 'certifi 2026.7.22 of /usr/bin/python3',
  'trust.storeSize': 121,
  'trust.storeProblem': null,
  'trust.storeRefused': null,
  'trust.defaultAccepts': true,
  'trust.publicRoot': true,
  'trust.rootMissingFromStore': null,
  'trust.rootRemoved': null,
  'trust.rootRemovedBy': null,
  'trust.certifiVersion': '2026.7.22',
  'trust.openssl': 'OpenSSL 3.0.19',
  'trust.opensslTooOld': null,
  'trust.sslModule': true,
  'trust.verificationDisabled': null,
  'interception.product': null,
  'interception.kind': null,
  'interception.signs': [],
  'interception.canaries': [],
  'interception.sameIssuer': false,
  'interception.publicSite': false,
  'interception.directIssuer': null,
  'interception.hiddenFault': null,
  'interception.faultyRoot': null,
};

const HEALTHY: Row = FINE;

/** No certificate came: what follows from one is not known. */
export const AFTER_FAILED_HANDSHAKE: Row = Object.fromEntries(
  (
    [
      'chain.',
      'hostname.',
      'expiry.',
      'revocation.',
      'trust.c',
      'trust.a',
      'trust.p',
      'trust.d',
      'trust.r',
      'trust.m',
    ] as const
  ).flatMap(prefix =>
    keysOf()
      .filter(key => key.startsWith(prefix))
      .map(key => [key, UNKNOWN]),
  ),
);
const BLIND: Row = Object.fromEntries(keysOf().map(key => [key, UNKNOWN]));

function keysOf(): FactKey[] {
  return Object.keys(FINE) as FactKey[];
}

function seenOf(row: Row): Seen {
  return Object.fromEntries(
    Object.entries(row).map(([fact, value]) => [
      fact,
      value === UNKNOWN ? unknown(fact as FactKey, 'test') : known(fact as FactKey, value as never, 'test'),
    ]),
  );
}
