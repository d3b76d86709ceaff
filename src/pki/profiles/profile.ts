// What a profile says: data only, so that the verifier stays one function and the handshake stage can read the TLS limits.
import type { CommonName } from '../names.ts';

export interface TlsLimits {
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.3';
  /** OpenSSL cipher string, with the security level it sets or inherits. */
  readonly ciphers: string;
}

export interface Profile {
  readonly name: string;
  /** `openssl`: the library by itself. `ssl`: Python's ssl module. `requests`: requests over urllib3 over ssl. */
  readonly library: 'openssl' | 'ssl' | 'requests';
  /** `3.12`; null for plain OpenSSL. */
  readonly python: string | null;
  /** urllib3's version the rules are those of; null when it takes no part. */
  readonly urllib3: string | null;
  /** X509_V_FLAG_X509_STRICT. */
  readonly strict: boolean;
  /** X509_V_FLAG_PARTIAL_CHAIN. */
  readonly partialChain: boolean;
  /** OpenSSL security level: what keys and digests must stand (x509_vfy.c check_key_level). */
  readonly securityLevel: 0 | 1 | 2;
  /** Who compares the host: OpenSSL during verification, or match_hostname() in Python after it. */
  readonly hostCheck: 'openssl' | 'match_hostname';
  readonly commonName: CommonName;
  /** The host is checked without its trailing dot. */
  readonly stripsTrailingDot: boolean;
  readonly tls: TlsLimits;
}
