// Everything a rule may speak about: one line a fact, prefix = the stage that observes it. JSON values only.
// A condition that would need a loop, arithmetic or a third level of nesting is a missing fact: compute it and name it.
import type { CertificateInfo, PathEntry, VerifyAnswer } from './certificate.ts';

export interface Facts {
  // ── clock ── late by nature: its witnesses are the answers of others
  /** This machine's clock (or --at) minus the witnesses' time, in seconds; positive = this machine is ahead. */
  'clock.skewSeconds': number;
  /** True when the skew is large enough to turn a time verdict around (expired or not yet valid here, fine there). */
  'clock.explainsVerdict': boolean;
  /** Who told the time, one sentence each. */
  'clock.witnesses': readonly string[];

  // ── dns ── about the target's own name; with a proxy the proxy resolves it and these are unknown
  'dns.addresses': readonly string[];
  'dns.error': 'not-found' | 'no-address' | 'server-failure' | 'timeout' | null;
  /** The hosts-file line that gave the answer. */
  'dns.hostsLine': string | null;
  /** A public name that the hosts file sends to this very machine. */
  'dns.pointsHome': boolean;

  // ── connect ──
  /** The address whose connection was used: the first, in resolver order, that accepted. */
  'connect.address': string;
  'connect.port': number;
  /** Why no address could be connected to; null when one could. */
  'connect.error': 'refused' | 'timeout' | 'reset' | 'unreachable' | null;
  /** Each address that failed, with the reason: `192.0.2.1: refused`. */
  'connect.failed': readonly string[];
  /** Each address that accepted. */
  'connect.reached': readonly string[];
  /** Addresses whose TLS answer differs from that of the one used, one sentence each: `192.0.2.1: certificate has expired`. */
  'connect.oddBackends': readonly string[];
  /** Every IPv6 address failed while an IPv4 one answered. */
  'connect.ipv6Broken': boolean;

  // ── proxy ──
  /** The proxy in use, credentials removed; null = direct. */
  'proxy.url': string | null;
  /** Where the choice came from: `HTTPS_PROXY`, `--proxy`, …; null when direct. */
  'proxy.from': string | null;
  'proxy.error': 'unreachable' | 'untrusted' | 'auth-required' | 'tunnel-refused' | 'scheme-mismatch' | null;
  /** What the client says of the certificate of a proxy that is reached over TLS itself; empty when it accepts it. */
  'proxy.answers': readonly VerifyAnswer[];
  /** One line about the failure: the refusal's status line, the DNS or TCP reason. */
  'proxy.detail': string | null;
  /** HTTP status of the answer to CONNECT. */
  'proxy.status': number | null;
  /** Proxy-Authenticate schemes offered with 407. */
  'proxy.authSchemes': readonly string[];
  /** Whether credentials were configured (never which). */
  'proxy.credentialsGiven': boolean;

  // ── handshake ──
  /** How the handshake ended that asked as the profile asks. */
  'handshake.outcome': 'completed' | 'not-tls' | 'timeout' | 'eof' | 'reset' | 'alert' | 'refused-here';
  /** OpenSSL's reason text, e.g. `wrong version number`; null when completed. */
  'handshake.error': string | null;
  /** The fatal alert the peer sent: RFC 8446 §6 name, e.g. `handshake_failure`. */
  'handshake.alert': string | null;
  /** `TLSv1.2`, `TLSv1.3`, … of the completed handshake, else of the ServerHello if one came. */
  'handshake.version': string | null;
  'handshake.cipher': string | null;
  'handshake.group': string | null;
  'handshake.alpn': string | null;
  /** What a peer that speaks no TLS spoke: `HTTP`, `SSH`, `SMTP`, `FTP`, …, `silence`, `unknown`. */
  'handshake.peerSpeaks': string | null;
  /** Its first bytes, printable form, at most 80 characters. */
  'handshake.firstBytes': string | null;
  /** Certificates exactly as sent (order, duplicates, strangers), PEM. Empty when none came. */
  'handshake.certificates': readonly string[];
  /** Stapled OCSP response, base64 DER. */
  'handshake.staple': string | null;
  /** After a refused handshake, the permissive second one: the version the server then chose; null = refused too. */
  'handshake.acceptedVersion': string | null;
  'handshake.acceptedCipher': string | null;
  /** What the profile's offer lacks for this server; null = nothing found lacking. */
  'handshake.lacks': 'version' | 'cipher' | 'group' | 'dh-size' | 'legacy-renegotiation' | 'sni' | null;
  /** Versions the profile offers, for people: `TLSv1.2–TLSv1.3`. */
  'handshake.offered': string;
  /** The certificates came before the handshake failed, so a client had verified them by then. */
  'handshake.verifiedFirst': boolean;
  /** The SNI that was sent; null = none. */
  'handshake.serverName': string | null;
  /** `closed` = it was asked for, and the server then hung up without a word. */
  'handshake.clientCertificate': 'not-requested' | 'optional' | 'required' | 'rejected' | 'accepted' | 'closed';
  /** Acceptable CAs of the CertificateRequest, as names. */
  'handshake.clientCas': readonly string[];
  'handshake.starttls': 'offered' | 'not-offered' | null;
  /** What is wrong with the client certificate the person gave, compared with what the server asks for. */
  'handshake.clientFault': 'expired' | 'too-early' | 'not-for-clients' | 'other-ca' | null;
  /** Fault of the key the person gave. */
  'handshake.clientKey': 'fine' | 'mismatch' | 'unreadable' | 'encrypted' | 'readable-by-others' | null;
  /** HTTP status of the request after the handshake; null when it is not HTTP. */
  'handshake.httpStatus': number | null;
  /** Date header of that answer, ISO 8601. */
  'handshake.httpDate': string | null;
  /** How the server ended the connection instead of answering the request of an https URL; null = it answered, or may yet. */
  'handshake.hungUp': 'closed' | 'reset' | null;

  // ── chain ── what was sent, and the path built from it
  'chain.certificates': readonly CertificateInfo[];
  /** Subjects, in the server's order. */
  'chain.sent': readonly string[];
  /** The path the verdict is about, leaf first. */
  'chain.path': readonly PathEntry[];
  'chain.leafSubject': string;
  'chain.leafIssuer': string;
  'chain.leafSelfSigned': boolean;
  /** The path (of what was sent) ends in a self-signed certificate. */
  'chain.topSelfSigned': boolean;
  'chain.topSubject': string;
  /** Issuer names that nobody sent and no store of this client holds, leaf side first. */
  'chain.missing': readonly string[];
  'chain.missingFoundBy': 'aia' | 'store' | 'knowledge' | null;
  /** Certificates that were found elsewhere and fill the gap, leaf side first. */
  'chain.found': readonly {
    readonly pem: string;
    readonly from: 'aia' | 'store' | 'knowledge';
    readonly where: string;
  }[];
  /** What is wrong with the chain as sent, one sentence each. */
  'chain.problems': readonly string[];
  /** AIA caIssuers URL of the certificate whose issuer is missing. */
  'chain.missingUrl': string | null;
  'chain.order': 'ordered' | 'disordered';
  'chain.duplicates': readonly string[];
  'chain.unrelated': readonly string[];
  /** Certificates whose DER or extensions could not be read, one sentence each. */
  'chain.malformed': readonly string[];
  /** An expired certificate of the sent chain that a client could do without by another path. */
  'chain.expiredCrossSign': string | null;

  /** A root of the client's store or the public list whose organisation is that of the first missing issuer; null = none. */
  'chain.missingKin': string | null;
  /** The public root above the missing issuer, as the list of public intermediates has it; null = not on that list. */
  'chain.missingRoot': string | null;
  /** The leaf carries signed certificate timestamps (RFC 6962): a public CA issued it. */
  'chain.leafLogged': boolean;

  // ── hostname ──
  /** The name the client checks: the host asked for. */
  'hostname.asked': string;
  'hostname.kind': 'dns' | 'ip';
  'hostname.matches': boolean;
  /** Names of the leaf: DNS names and IP addresses of subjectAltName. */
  'hostname.names': readonly string[];
  /** A wildcard of the certificate that would match but for the number of labels, e.g. `*.example.com` for a.b.example.com. */
  'hostname.wildcard': string | null;
  /** The CN, when it names the host and no subjectAltName does. */
  'hostname.commonNameOnly': boolean;
  'hostname.commonName': string | null;

  // ── expiry ── at the judged time
  'expiry.expired': readonly ('leaf' | 'intermediate' | 'root')[];
  'expiry.notYetValid': readonly ('leaf' | 'intermediate' | 'root')[];
  'expiry.judgedAt': string;
  'expiry.leafNotBefore': string;
  'expiry.leafNotAfter': string;
  /** Whole days until the leaf's notAfter; negative = expired since. */
  'expiry.daysLeft': number;
  /** From when until when every certificate of the path is valid, ISO 8601; from after to: never. */
  'expiry.pathFrom': string;
  'expiry.pathTo': string;

  // ── revocation ──
  'revocation.status': 'good' | 'revoked' | 'unknown';
  'revocation.revoked': readonly string[];
  'revocation.sources': readonly string[];
  'revocation.mustStaple': boolean;
  /** The handshake brought an OCSP response, and not one that is known to prove nothing. */
  'revocation.stapled': boolean;
  /** Times that the answers tell: signed ones are lower bounds, a Date header (`exact`) is the time itself; ISO 8601. */
  'revocation.times': readonly { readonly who: string; readonly at: string; readonly exact: boolean }[];

  // ── trust ── what the chosen client would answer
  'trust.profile': string;
  /** Every answer in the order it would surface; [] = accepted. */
  'trust.answers': readonly VerifyAnswer[];
  /** Their X509_V_ERR_* numbers. */
  'trust.codes': readonly number[];
  /** Those of them that only strict rules (Python 3.13) give. */
  'trust.strictCodes': readonly number[];
  /** The first one's words: `unable to get local issuer certificate`. */
  'trust.message': string | null;
  /** With missing intermediates filled in, the path ends at an anchor of the client's store. */
  'trust.anchored': boolean;
  'trust.anchor': string | null;
  /** The trust store's file or directory. */
  'trust.store': string;
  'trust.storeKind': 'given' | 'environment' | 'certifi' | 'system' | 'openssl-default' | 'none';
  /** Why this one: `REQUESTS_CA_BUNDLE`, `--ca-file`, `certifi 2024.2.2 of /usr/bin/python3`. */
  'trust.storeBecause': string;
  'trust.storeSize': number;
  'trust.storeProblem': 'path-missing' | 'unreadable' | 'empty' | 'no-certificates' | 'damaged' | null;
  /** What the client prints instead of connecting when it cannot load its store; null when it can. */
  'trust.storeRefused': string | null;
  /** A store set by environment or option failed, while the client's default store would accept. */
  'trust.defaultAccepts': boolean;
  /** Another program's list on this machine by which the chain is complete; null = none is known. */
  'trust.acceptedBy': string | null;
  /** The chain ends in a root of the public reference list. */
  'trust.publicRoot': boolean;
  /** Public root of today's list that this store lacks. */
  'trust.rootMissingFromStore': string | null;
  /** The root was public once and has been removed: its name and when. */
  'trust.rootRemoved': string | null;
  /** How that is known: its key or fingerprint, or only the name that an issuer bears. */
  'trust.rootRemovedBy': 'key' | 'name' | null;
  'trust.certifiVersion': string | null;
  'trust.openssl': string | null;
  /** What this client's OpenSSL is too old for and this connection needs: `TLS 1.2 (OpenSSL 0.9.8)`; null = nothing. */
  'trust.opensslTooOld': string | null;
  'trust.sslModule': boolean;
  /** What in the environment or call switches verification off for this client. */
  'trust.verificationDisabled': string | null;

  // ── interception ──
  'interception.product': string | null;
  'interception.kind': 'proxy' | 'antivirus' | 'developer' | 'captive-portal' | null;
  /** Strongest evidence first, one sentence each; [] = nothing points to interception. */
  'interception.signs': readonly string[];
  /** Canary hosts signed by the same private issuer. */
  'interception.canaries': readonly string[];
  'interception.sameIssuer': boolean;
  /** A host whose certificates are known to come from public CAs shows a matching one that leads to no public root. */
  'interception.publicSite': boolean;
  /** Who signs for the server when it is asked without the proxy, if that proves that the proxy re-signs; null = it does not. */
  'interception.directIssuer': string | null;
  /** What is wrong with the server's own certificate, which the one in the middle hides behind its own; null = nothing seen. */
  'interception.hiddenFault': string | null;
  /** The certificate of a private CA that Python 3.13's strict rules refuse even once it is installed, whose it is, and why. */
  'interception.faultyRoot': string | null;
}

export type FactKey = keyof Facts;

/** One thing learnt, or one thing that could not be learnt and why. Never a default, never a guess. */
export type Observation<F extends FactKey = FactKey> =
  | { readonly fact: F; readonly known: true; readonly value: Facts[F]; readonly how: string }
  | { readonly fact: F; readonly known: false; readonly why: string };

/** All that has been observed so far. */
export type Seen = { readonly [F in FactKey]?: Observation<F> };

/** A fact learnt: its value, and how, in words that can stand as evidence. */
export function known<F extends FactKey>(fact: F, value: Facts[F], how: string): Observation<F> {
  return { fact, known: true, value, how };
}

/** A fact that could not be learnt, and why. */
export function unknown<F extends FactKey>(fact: F, why: string): Observation<F> {
  return { fact, known: false, why };
}

/** The value of a fact, or undefined when it is not known. */
export function learnt<F extends FactKey>(seen: Seen, fact: F): Facts[F] | undefined {
  const observation: Observation<F> | undefined = seen[fact];
  return observation?.known ? observation.value : undefined;
}
