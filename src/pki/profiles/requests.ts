// requests: what urllib3 changes of the Python it runs on. Sources: urllib3 1.26 and 2.x, util/ssl_.py and connection.py.
import type { Profile } from './profile.ts';

/** The profile of requests on a Python with a urllib3 of this version (default: the newest that runs there). */
export function requestsOn(base: Profile, urllib3: string = newestFor(base.python)): Profile {
  const old = before(urllib3, 2, 0);
  return {
    ...base,
    name: `requests@${base.name}`,
    library: 'requests',
    urllib3,
    // urllib3 makes its own context, so create_default_context's flags are not set; 2.4 copied them for Python 3.13 and later.
    strict: base.strict && !before(urllib3, 2, 4),
    partialChain: base.partialChain && !before(urllib3, 2, 4),
    // 1.26 turns check_hostname off and compares by itself, after the handshake; 2.x leaves it to OpenSSL and never asks for the common name.
    hostCheck: old ? 'match_hostname' : 'openssl',
    commonName: old ? 'fallback' : 'never',
    stripsTrailingDot: true,
    tls: {
      ...base.tls,
      // 2.x asks for 1.2 at least, whatever the build of Python would take.
      minVersion: old || base.tls.minVersion === 'TLSv1.3' ? base.tls.minVersion : 'TLSv1.2',
      ciphers: old ? `${OLD_CIPHERS}:@SECLEVEL=${base.securityLevel}` : base.tls.ciphers,
    },
  };
}

function newestFor(python: string | null): string {
  return { '3.6': '1.26.20', '3.7': '2.0.7', '3.8': '2.2.3' }[python ?? ''] ?? '2.5.0';
}

function before(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split('.').map(part => Number.parseInt(part, 10));
  return a < major || (a === major && b < minor);
}

const OLD_CIPHERS =
  'ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM:DHE+CHACHA20:ECDH+AESGCM:DH+AESGCM:ECDH+AES:DH+AES:RSA+AESGCM:RSA+AES:!aNULL:!eNULL:!MD5:!DSS';
