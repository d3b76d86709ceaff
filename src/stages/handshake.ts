// The TLS handshake, asked for as the client would ask for it (DESIGN technique 2), and everything it shows. When it is
// refused, a second one that asks for less finds out which side lacks what.
import { type Facts, known, learnt, type Observation, type Seen, unknown } from '../model/facts.ts';
import { type HeadAnswer, headRequest } from '../net/head.ts';
import { startTls } from '../net/starttls.ts';
import { nameFromDer } from '../pki/names.ts';
import type { Profile } from '../pki/profiles/index.ts';
import type { Flight } from '../wire/flight.ts';
import { ALERTS } from '../wire/names.ts';
import { type Attempt, attempt, offerOf, profileOfRun, reasonOfAlert } from './attempt.ts';
import { askOthers, oddOnes } from './backends.ts';
import { type ClientCredentials, clientFault, readCredentials } from './client-key.ts';
import { whatIsLacking } from './lacking.ts';
import { pemOf } from './parsed.ts';
import { reopen } from './path.ts';
import type { Run, Stage } from './stage.ts';

type Gives = Extract<keyof Facts, `handshake.${string}`> | 'connect.oddBackends';

export const handshake: Stage<Gives> = {
  id: 'handshake',
  needs: [],
  after: ['connect.error', 'proxy.error'],
  gives: [
    'handshake.outcome',
    'handshake.error',
    'handshake.alert',
    'handshake.version',
    'handshake.cipher',
    'handshake.group',
    'handshake.alpn',
    'handshake.peerSpeaks',
    'handshake.firstBytes',
    'handshake.certificates',
    'handshake.staple',
    'handshake.acceptedVersion',
    'handshake.acceptedCipher',
    'handshake.lacks',
    'handshake.offered',
    'handshake.serverName',
    'handshake.clientCertificate',
    'handshake.clientCas',
    'handshake.starttls',
    'handshake.verifiedFirst',
    'handshake.clientKey',
    'handshake.clientFault',
    'handshake.httpStatus',
    'handshake.httpDate',
    'handshake.hungUp',
    'connect.oddBackends',
  ],
  share: 0.75,
  waitingFor: run => `${run.target.host} to answer the TLS handshake`,
  skip(seen) {
    if (learnt(seen, 'proxy.error')) return 'could not run: the proxy let no connection through';
    if (learnt(seen, 'proxy.url')) return null;
    return learnt(seen, 'connect.error') === null ? null : 'could not run: no connection to the server';
  },
  async *run(seen, run, signal) {
    const socket = run.line.take() ?? (await reopen(seen, run, signal));
    try {
      yield known('handshake.serverName', run.target.serverName, 'what was sent as server_name (RFC 6066 §3)');
      if (run.target.starttls) {
        const limit = run.world.within(run.world.remainingMs() * 0.6, signal);
        const upgrade = await startTls(run.target.starttls, socket, run.target.host, limit).catch(error =>
          brokenOff(error, limit.aborted),
        );
        if ('outcome' in upgrade) {
          yield unknown('handshake.starttls', upgrade.text);
          yield known('handshake.outcome', upgrade.outcome, upgrade.text);
          return { status: 'fail', text: `${run.target.starttls}: ${upgrade.text}` };
        }
        yield known(
          'handshake.starttls',
          upgrade.offered ? 'offered' : 'not-offered',
          `the ${run.target.starttls} dialogue: ${upgrade.line}`,
        );
        if (!upgrade.offered)
          return {
            status: 'fail',
            text: `${run.target.starttls}: the server does not offer TLS here (${upgrade.line})`,
          };
      } else yield known('handshake.starttls', null, 'TLS from the first byte');

      const profile = await profileOfRun(run);
      const offered =
        profile.tls.minVersion === 'TLSv1.2' ? 'TLSv1.2 and TLSv1.3' : `${profile.tls.minVersion} to TLSv1.3`;
      yield known('handshake.offered', offered, `what ${profile.name} offers`);
      const credentials = await readCredentials(run.world);
      yield known(
        'handshake.clientKey',
        credentials?.state ?? null,
        credentials?.detail ?? 'no client certificate was given',
      );

      // A silent peer may take most of the time, not all: a second look and the report need the rest.
      const limit = run.world.within(run.world.remainingMs() * 0.6, signal);
      const offer = offerOf(profile, run, credentials);
      const others = askOthers(run, offer, limit);
      const first = await attempt(socket, offer, limit);
      yield* whatWasSeen(first);
      yield known(
        'handshake.clientFault',
        clientFault(
          credentials?.certificates ?? [],
          first.flight.certificateRequest?.authorities ?? [],
          run.world.now(),
        ),
        'the certificate given, compared with the CertificateRequest',
      );
      if (first.outcome === 'completed') {
        yield* noLack();
        yield* afterwards(first, run, credentials, signal);
        yield* compared(others, first, run);
        return { status: 'ok', text: `${first.flight.version}, ${first.flight.cipher}` };
      }
      yield* refused(first, seen, run, profile, credentials, signal);
      yield* compared(others, first, run);
      return { status: 'fail', text: sentence(first) };
    } finally {
      // Whatever was left early: a socket that stays open keeps the process alive.
      socket.destroy();
    }
  },
};

/** A dialogue that never came to its end: nobody knows whether TLS is offered. */
function brokenOff(
  error: unknown,
  late: boolean,
): { readonly outcome: 'timeout' | 'reset' | 'eof'; readonly text: string } {
  const { code } = error as { code?: unknown };
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return { outcome: 'reset', text: 'the connection was reset before TLS began' };
  return late
    ? { outcome: 'timeout', text: 'the server did not answer in time before TLS began' }
    : {
        outcome: 'eof',
        text: `before TLS began: ${error instanceof Error ? error.message : 'the dialogue broke off'}`,
      };
}

async function* compared(
  others: ReturnType<typeof askOthers>,
  first: Attempt,
  run: Run,
): AsyncGenerator<Observation<Gives>> {
  const how =
    others.length === 0
      ? 'one address was reached, there is none to compare it with'
      : `a handshake with each of ${others.length + 1} addresses, judged alike`;
  yield known('connect.oddBackends', others.length === 0 ? [] : await oddOnes(others, first, run), how);
}

async function* whatWasSeen({ outcome, reason, alert, flight }: Attempt): AsyncGenerator<Observation<Gives>> {
  const how = 'read from the bytes of the handshake';
  yield known('handshake.outcome', outcome, how);
  yield known('handshake.verifiedFirst', flight.certificates.length > 0, how);
  yield known('handshake.error', reason, how);
  yield known('handshake.alert', alert, how);
  yield known('handshake.version', flight.version, how);
  yield known('handshake.cipher', flight.cipher, how);
  yield known('handshake.group', flight.group, how);
  yield known('handshake.alpn', flight.alpn, how);
  yield known('handshake.peerSpeaks', flight.peerSpeaks, how);
  yield known(
    'handshake.firstBytes',
    flight.kind === 'not-tls' ? Buffer.from(flight.firstBytes).toString('latin1') : null,
    how,
  );
  yield known(
    'handshake.clientCas',
    flight.certificateRequest?.authorities.map(nameText) ?? [],
    'the CertificateRequest',
  );
  if (flight.certificates.length > 0) {
    yield known('handshake.certificates', flight.certificates.map(pemOf), how);
    yield known('handshake.staple', flight.staple ? Buffer.from(flight.staple).toString('base64') : null, how);
  }
}

async function* noLack(): AsyncGenerator<Observation<Gives>> {
  const how = 'the handshake was completed with what the client offers';
  yield known('handshake.lacks', null, how);
  yield known('handshake.acceptedVersion', null, how);
  yield known('handshake.acceptedCipher', null, how);
}

/** After the handshake: does the server answer a request, and does it want a client certificate after all? */
async function* afterwards(
  first: Attempt,
  run: Run,
  credentials: ClientCredentials | null,
  signal: AbortSignal,
): AsyncGenerator<Observation<Gives>> {
  const { socket } = first;
  if (!socket) return;
  try {
    if (run.target.starttls) {
      yield known('handshake.httpStatus', null, 'not HTTP');
      yield known('handshake.httpDate', null, 'not HTTP');
      yield known('handshake.hungUp', null, 'not HTTP');
      const alert = first.flight.certificateRequest ? await lateAlert(first, run, signal) : null;
      if (alert !== null) {
        yield known('handshake.alert', alert, 'sent after the handshake');
        yield known('handshake.error', reasonOfAlert(alert), 'sent after the handshake');
      }
      yield known(
        'handshake.clientCertificate',
        clientCertificateState(first.flight, alert, null, credentials),
        'the handshake, and what came just after it',
      );
      return;
    }
    const { pathname, search, host } = new URL(run.target.url);
    const limit = run.world.within(Math.min(3000, run.world.remainingMs() * 0.4), signal);
    const answer = await headRequest(socket, host, `${pathname}${search}`, limit);
    const how =
      answer.end === 'answered'
        ? 'a HEAD request over the connection'
        : `a HEAD request got no HTTP answer (${answer.end})`;
    yield known('handshake.httpStatus', answer.status, how);
    const date = answer.headers.date;
    const at = date === undefined ? Number.NaN : Date.parse(date);
    yield known('handshake.httpDate', Number.isNaN(at) ? null : new Date(at).toISOString(), how);

    const late = first.again().alerts.find(alert => alert.level === 'fatal');
    const lateNumber = /SSL alert number (\d+)/.exec(answer.error?.message ?? '')?.[1];
    const alert =
      late?.name ?? (lateNumber === undefined ? null : (ALERTS[Number(lateNumber)] ?? `alert ${lateNumber}`));
    if (alert !== null && alert !== 'close_notify') {
      yield known('handshake.alert', alert, 'sent after the handshake, instead of an answer');
      yield known('handshake.error', reasonOfAlert(alert), 'sent after the handshake, instead of an answer');
    }
    const client = clientCertificateState(first.flight, alert, answer, credentials);
    yield known('handshake.clientCertificate', client, how);
    yield known('handshake.hungUp', alert === null && client !== 'closed' ? hungUp(answer, run) : null, how);
  } finally {
    first.release();
    socket.destroy();
  }
}

/** The server's verdict on a client certificate comes after a TLS 1.3 handshake; other protocols may also say nothing now. */
async function lateAlert(first: Attempt, run: Run, signal: AbortSignal): Promise<string | null> {
  const limit = run.world.within(Math.min(1000, run.world.remainingMs() * 0.2), signal);
  await new Promise<void>(resolve => {
    limit.addEventListener('abort', () => resolve(), { once: true });
    first.socket?.on('error', () => resolve()).on('close', () => resolve());
    first.socket?.resume();
  });
  return first.again().alerts.find(alert => alert.level === 'fatal')?.name ?? null;
}

/** RFC 8446 §4.4.2.4: a missing certificate is certificate_required; a bad one has its own alerts. nginx answers 400. */
function clientCertificateState(
  flight: Flight,
  alert: string | null,
  answer: HeadAnswer | null,
  credentials: ClientCredentials | null,
): Facts['handshake.clientCertificate'] {
  const given = credentials !== null && credentials.offer.cert !== undefined;
  if (!flight.certificateRequest) return 'not-requested';
  if (alert !== null && alert !== 'close_notify') return given ? 'rejected' : 'required';
  // 400 with a certificate request pending is nginx's “No required SSL certificate was sent” (or, given one, “The SSL certificate error”).
  if (answer?.status === 400) return given ? 'rejected' : 'required';
  if (answer && HUNG_UP.has(answer.end)) return 'closed';
  return given ? 'accepted' : 'optional';
}

/** A port that nobody called https may speak anything: there, a hang-up on an HTTP request says nothing. */
function hungUp({ end, error }: HeadAnswer, { target }: Run): Facts['handshake.hungUp'] {
  if (!HUNG_UP.has(end) || !(/^https:/i.test(target.input) || target.port === 443)) return null;
  return error?.code === 'ECONNRESET' ? 'reset' : 'closed';
}

const HUNG_UP: ReadonlySet<HeadAnswer['end']> = new Set(['closed', 'error']);

async function* refused(
  first: Attempt,
  seen: Seen,
  run: Run,
  profile: Profile,
  credentials: ClientCredentials | null,
  signal: AbortSignal,
): AsyncGenerator<Observation<Gives>> {
  const none = `the handshake ended before a request: ${sentence(first)}`;
  yield known('handshake.httpStatus', null, none);
  yield known('handshake.httpDate', null, none);
  yield known('handshake.hungUp', null, none);
  yield known(
    'handshake.clientCertificate',
    clientCertificateState(first.flight, first.alert, null, credentials),
    'the handshake',
  );
  if (first.outcome === 'not-tls' || first.outcome === 'timeout') return;
  const { lacks, accepted } = await whatIsLacking(first, seen, run, profile, signal);
  const how = 'a second handshake that accepts everything down to TLS 1.0';
  yield known('handshake.lacks', lacks, how);
  yield known('handshake.acceptedVersion', accepted?.flight.version ?? null, how);
  yield known('handshake.acceptedCipher', accepted?.flight.cipher ?? null, how);
  if (first.flight.certificates.length === 0 && accepted && accepted.flight.certificates.length > 0)
    yield known('handshake.certificates', accepted.flight.certificates.map(pemOf), how);
}

function sentence({ outcome, reason, alert, flight }: Attempt): string {
  switch (outcome) {
    case 'not-tls':
      return `the answer is no TLS${flight.peerSpeaks === 'unknown' ? '' : ` but ${flight.peerSpeaks}`}`;
    case 'timeout':
      return flight.kind === 'silent'
        ? 'the server accepted the connection and says nothing'
        : 'the handshake began and did not go on';
    case 'alert':
      return `the server refused: ${alert}`;
    case 'eof':
      return 'the server closed the connection in the middle of the handshake';
    case 'reset':
      return 'the connection was reset in the middle of the handshake';
    default:
      return reason ?? 'the handshake failed';
  }
}

/** A distinguished name of the CertificateRequest as text. */
function nameText(der: Uint8Array): string {
  try {
    return nameFromDer(der).text;
  } catch {
    return '(a name that cannot be read)';
  }
}
