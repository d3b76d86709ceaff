// A refused handshake asked again with everything we have: what would the server have taken, and which side lacks what?
import { constants } from 'node:crypto';
import { isIP } from 'node:net';
import type { Facts, Seen } from '../model/facts.ts';
import type { Profile } from '../pki/profiles/index.ts';
import { type Attempt, attempt } from './attempt.ts';
import { reopen } from './path.ts';
import type { Run } from './stage.ts';

export interface Lack {
  /** null = even the second handshake was refused, or nothing was found lacking. */
  readonly lacks: Facts['handshake.lacks'];
  readonly accepted: Attempt | null;
}

/** Asks again, permissively; at most two more connections. */
export async function whatIsLacking(
  first: Attempt,
  seen: Seen,
  run: Run,
  profile: Profile,
  signal: AbortSignal,
): Promise<Lack> {
  const again = async (serverName: string | null): Promise<Attempt | null> => {
    try {
      const offer = {
        serverName,
        minVersion: 'TLSv1' as const,
        maxVersion: 'TLSv1.3' as const,
        ciphers: 'ALL:COMPLEMENTOFALL:!eNULL:!aNULL@SECLEVEL=0',
        alpn: [],
        secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT | constants.SSL_OP_ALLOW_UNSAFE_LEGACY_RENEGOTIATION,
      };
      return await attempt(await reopen(seen, run, signal), offer, signal);
    } catch {
      return null;
    }
  };
  const second = await again(run.target.serverName);
  second?.socket?.destroy();
  const answered = second !== null && second.flight.version !== null;
  // A server that minds the SNI will take a hello without one, or another.
  if (!answered && run.target.serverName !== null && first.alert === 'unrecognized_name') {
    const nameless = await again(null);
    nameless?.socket?.destroy();
    if (nameless?.flight.version) return { lacks: null, accepted: nameless };
  }
  if (!answered && run.target.serverName === null && isIP(run.target.host) === 0) {
    const named = await again(run.target.host);
    named?.socket?.destroy();
    if (named?.flight.version) return { lacks: 'sni', accepted: named };
  }
  if (!answered) return { lacks: fromReason(first), accepted: null };
  return { lacks: compare(first, second, profile), accepted: second };
}

/** Our own OpenSSL stands for the client's: what it refuses in the server's answer, Python's refuses too. */
function fromReason({ reason }: Attempt): Facts['handshake.lacks'] {
  if (reason === null) return null;
  if (/dh key too small/.test(reason)) return 'dh-size';
  if (/legacy renegotiation/.test(reason)) return 'legacy-renegotiation';
  // Before TLS 1.2 the key exchange is signed with SHA-1, which security level 1 refuses (OpenSSL 3, t1_lib.c).
  if (/legacy sigalg disallowed|unsupported protocol|alert protocol version|version too low/.test(reason))
    return 'version';
  return null;
}

function compare(first: Attempt, second: Attempt, profile: Profile): Facts['handshake.lacks'] {
  const said = fromReason(first);
  if (said !== null) return said;
  const { version, cipher, dhBits } = second.flight;
  if (version !== null && ORDER.indexOf(version) < ORDER.indexOf(profile.tls.minVersion)) return 'version';
  if (dhBits !== null && dhBits < 2048) return 'dh-size';
  if (second.flight.secureRenegotiation === false && first.outcome === 'refused-here') return 'legacy-renegotiation';
  if (cipher !== null && first.flight.version === null) return 'cipher';
  return null;
}

const ORDER = ['SSLv3', 'TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];
