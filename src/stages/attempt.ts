// One handshake as a stage sees it: what was asked, and what the recorded bytes say of it.
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { rulesOf } from '../clients/client.ts';
import type { Facts } from '../model/facts.ts';
import { handshake, type Offer } from '../net/tls.ts';
import type { Profile } from '../pki/profiles/index.ts';
import { type Flight, readFlight } from '../wire/flight.ts';
import { ALERTS } from '../wire/names.ts';
import type { ClientCredentials } from './client-key.ts';
import type { Run } from './stage.ts';

export interface Attempt {
  readonly outcome: NonNullable<Facts['handshake.outcome']>;
  /** OpenSSL's reason text; null when completed. */
  readonly reason: string | null;
  /** Name of the peer's fatal alert. */
  readonly alert: string | null;
  readonly flight: Flight;
  /** Still open; null when the handshake failed. */
  readonly socket: TLSSocket | null;
  /** What the server has sent by now, read again: TLS 1.3 refuses a client certificate after the handshake. */
  readonly again: () => Flight;
  readonly release: () => void;
}

/** The handshake's own options for a profile (DESIGN technique 2). */
export function offerOf(profile: Profile, run: Run, credentials: ClientCredentials | null): Offer {
  return {
    serverName: run.target.serverName,
    minVersion: profile.tls.minVersion,
    maxVersion: 'TLSv1.3',
    ciphers: profile.tls.ciphers,
    // http.client and urllib3 ask for http/1.1; the ssl module by itself asks for nothing.
    alpn: run.target.starttls ? [] : ['http/1.1'],
    ...(credentials?.offer ?? {}),
  };
}

export const profileOfRun = async (run: Run): Promise<Profile> => rulesOf(await run.client);

/** Shakes hands over an open transport. Never rejects. */
export async function attempt(transport: Duplex, offer: Offer, signal: AbortSignal): Promise<Attempt> {
  const result = await handshake(transport, offer, signal);
  const again = () => readFlight({ received: result.received(), keylog: result.keylog });
  const flight = again();
  const fatal = flight.alerts.findLast(alert => alert.level === 'fatal');
  const alert =
    fatal?.name ?? (result.alertNumber === null ? null : (ALERTS[result.alertNumber] ?? `alert ${result.alertNumber}`));
  return {
    outcome: outcomeOf(result.end, flight, alert),
    reason: result.end === 'completed' ? null : reasonOf(result.end, result.reason, flight, alert),
    alert,
    flight,
    socket: result.socket,
    again,
    release: result.release,
  };
}

function outcomeOf(end: string, flight: Flight, alert: string | null): Attempt['outcome'] {
  if (end === 'completed') return 'completed';
  if (flight.kind === 'not-tls') return 'not-tls';
  if (alert !== null) return 'alert';
  if (end === 'aborted') return 'timeout';
  if (end === 'reset') return 'reset';
  if (end === 'eof') return 'eof';
  return 'refused-here';
}

/** What OpenSSL calls it: for an alert its name in OpenSSL's list, whatever this Node's version prints. */
function reasonOf(end: string, reason: string | null, flight: Flight, alert: string | null): string | null {
  if (flight.kind === 'not-tls') return 'wrong version number';
  if (alert !== null) return reasonOfAlert(alert);
  if (end === 'eof') return 'unexpected eof while reading';
  return reason;
}

/** An alert as OpenSSL words it: `tlsv1 alert protocol version`, `sslv3 alert handshake failure`. */
export function reasonOfAlert(alert: string): string {
  const words = alert.replaceAll('_', ' ');
  if (OLD_ALERTS.has(alert)) return `sslv3 alert ${words}`;
  if (alert === 'certificate_required' || alert === 'missing_extension') return `tlsv13 alert ${words}`;
  // The extension alerts of RFC 6066 lack the word (ssl_err.c SSL_R_TLSV1_UNRECOGNIZED_NAME).
  return alert === 'unrecognized_name' || alert === 'unsupported_extension' ? `tlsv1 ${words}` : `tlsv1 alert ${words}`;
}

/** Alerts of SSL 3.0, which OpenSSL goes on calling so (ssl/ssl_err.c). */
const OLD_ALERTS: ReadonlySet<string> = new Set([
  'unexpected_message',
  'bad_record_mac',
  'decompression_failure',
  'handshake_failure',
  'no_certificate',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'illegal_parameter',
]);
