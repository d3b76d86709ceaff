// Python's ssl.create_default_context() by version, and OpenSSL by itself. Sources: CPython Modules/_ssl.c and Lib/ssl.py.
import type { Profile, TlsLimits } from './profile.ts';

/** libssl as s_client or a C program meets it: security level 2 (the default of 3.2 and later, and of Debian's 3.0). */
export const OPENSSL: Profile = {
  name: 'openssl',
  library: 'openssl',
  python: null,
  urllib3: null,
  strict: false,
  partialChain: false,
  securityLevel: 2,
  hostCheck: 'openssl',
  commonName: 'fallback',
  stripsTrailingDot: false,
  tls: { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', ciphers: 'DEFAULT@SECLEVEL=2' },
};

// 3.10 raised the floor: TLS 1.2, security level 2, no static RSA (bpo-43998).
const SINCE_310: TlsLimits = {
  minVersion: 'TLSv1.2',
  maxVersion: 'TLSv1.3',
  ciphers: '@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:!aDSS:!SHA1:!AESCCM',
};

// 3.7 to 3.9 took OpenSSL's own list; their OpenSSL (1.1.1) was at security level 1.
const SINCE_37: TlsLimits = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.3',
  ciphers: 'DEFAULT:!aNULL:!eNULL:!MD5:!3DES:!DES:!RC4:!IDEA:!SEED:!aDSS:!SRP:!PSK:@SECLEVEL=1',
};

const BEFORE_37: TlsLimits = {
  minVersion: 'TLSv1',
  maxVersion: 'TLSv1.3',
  ciphers:
    'ECDH+AESGCM:ECDH+CHACHA20:DH+AESGCM:DH+CHACHA20:ECDH+AES256:DH+AES256:ECDH+AES128:DH+AES:ECDH+HIGH:DH+HIGH:RSA+AESGCM:RSA+AES:RSA+HIGH:!aNULL:!eNULL:!MD5:!3DES:@SECLEVEL=1',
};

function python(version: string, over: Partial<Profile>): [string, Profile] {
  const name = `python${version}`;
  return [name, { ...OPENSSL, name, library: 'ssl', python: version, tls: SINCE_310, ...over }];
}

const OLD = { securityLevel: 1, tls: SINCE_37 } as const;
// 3.13 sets VERIFY_X509_PARTIAL_CHAIN and VERIFY_X509_STRICT in create_default_context (gh-107361).
const STRICT = { strict: true, partialChain: true } as const;

/** By name, oldest first. */
export const PYTHONS: Readonly<Record<string, Profile>> = Object.fromEntries([
  // 3.6 still compared names itself, after OpenSSL had accepted the chain; 3.7 left it to X509_check_host.
  python('3.6', { ...OLD, tls: BEFORE_37, hostCheck: 'match_hostname' }),
  python('3.7', OLD),
  python('3.8', OLD),
  python('3.9', OLD),
  python('3.10', {}),
  python('3.11', {}),
  python('3.12', {}),
  python('3.13', STRICT),
  python('3.14', STRICT),
]);
