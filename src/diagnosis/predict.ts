// What the chosen client would answer, in its own words: verification in OpenSSL's codes, everything before it in the
// sentence Python prints. Pure: from facts only.
import type { VerifyAnswer } from '../model/certificate.ts';
import { type Facts, learnt, type Seen } from '../model/facts.ts';
import type { Prediction } from '../model/report.ts';

/** The prediction for a profile; `ok` is null when the evidence does not decide. */
export function predict(seen: Seen, profile: string): Prediction {
  const [ofProxy, ...next] = learnt(seen, 'proxy.error') === 'untrusted' ? (learnt(seen, 'proxy.answers') ?? []) : [];
  if (ofProxy) return refusedBy(ofProxy, next, profile);
  const before = failureBeforeVerification(seen);
  if (before) return { ...SILENT, profile, ok: false, text: before };
  const answers = learnt(seen, 'trust.answers');
  if (learnt(seen, 'trust.storeRefused'))
    return { ...SILENT, profile, ok: false, text: learnt(seen, 'trust.storeRefused') ?? null };
  const [first, ...then] = answers ?? [];
  if (first) return refusedBy(first, then, profile);
  const after = failureAfterVerification(seen);
  if (after && (answers || learnt(seen, 'handshake.outcome') !== 'completed'))
    return { ...SILENT, profile, ok: false, text: after };
  const accepted = answers !== undefined && learnt(seen, 'handshake.outcome') === 'completed';
  return accepted ? { ...ACCEPTED, profile } : { ...SILENT, profile, ok: null };
}

const refusedBy = (first: VerifyAnswer, then: readonly VerifyAnswer[], profile: string): Prediction => ({
  profile,
  ok: false,
  verifyCode: first.verifyCode,
  verifyName: first.verifyName,
  verifyMessage: first.verifyMessage,
  text: `[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${first.verifyMessage}`,
  then,
});

const ACCEPTED = {
  ok: true,
  verifyCode: 0,
  verifyName: 'X509_V_OK',
  verifyMessage: 'ok',
  text: null,
  then: [],
} as const;
const SILENT = { verifyCode: null, verifyName: null, verifyMessage: null, text: null, then: [] } as const;

function failureBeforeVerification(seen: Seen): string | null {
  const proxy = learnt(seen, 'proxy.error');
  if (proxy) return PROXY[proxy](learnt(seen, 'proxy.status') ?? null, learnt(seen, 'proxy.detail') ?? '');
  const dns = learnt(seen, 'dns.error');
  if (dns) return DNS[dns];
  const connect = learnt(seen, 'connect.error');
  if (connect) return CONNECT[connect];
  // Loaded when the connection is about to be made, before anything is sent.
  const key = learnt(seen, 'handshake.clientKey');
  if (key) {
    const text = CLIENT_KEY[key];
    if (text !== null) return text;
  }
  const outcome = learnt(seen, 'handshake.outcome');
  if (outcome === undefined || outcome === 'completed') return null;
  // The Certificate message comes before the key exchange and before the server minds the client's certificate: Python
  // has verified the chain by then, and says that first.
  return learnt(seen, 'handshake.verifiedFirst') ? null : handshakeText(outcome, seen);
}

function failureAfterVerification(seen: Seen): string | null {
  const outcome = learnt(seen, 'handshake.outcome');
  if (outcome !== undefined && outcome !== 'completed' && learnt(seen, 'handshake.verifiedFirst'))
    return handshakeText(outcome, seen);
  const client = learnt(seen, 'handshake.clientCertificate');
  if ((client === 'required' || client === 'rejected') && (outcome !== 'completed' || learnt(seen, 'handshake.alert')))
    return handshakeText('alert', seen);
  const hungUp = client === 'closed' ? client : learnt(seen, 'handshake.hungUp');
  return hungUp ? HUNG_UP[hungUp] : null;
}

const HUNG_UP = {
  closed: 'Remote end closed connection without response',
  reset: '[Errno 104] Connection reset by peer',
} as const;

function handshakeText(outcome: NonNullable<Facts['handshake.outcome']>, seen: Seen): string {
  const error = learnt(seen, 'handshake.error');
  if (outcome === 'timeout') return 'The read operation timed out';
  if (outcome === 'reset') return '[Errno 104] Connection reset by peer';
  if (outcome === 'eof') return '[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred in violation of protocol';
  return error ? `[SSL: ${error.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}] ${error}` : 'the TLS handshake failed';
}

const DNS: Readonly<Record<NonNullable<Facts['dns.error']>, string>> = {
  'not-found': '[Errno -2] Name or service not known',
  'no-address': '[Errno -5] No address associated with hostname',
  'server-failure': '[Errno -3] Temporary failure in name resolution',
  timeout: '[Errno -3] Temporary failure in name resolution',
};

const CONNECT: Readonly<Record<NonNullable<Facts['connect.error']>, string>> = {
  refused: '[Errno 111] Connection refused',
  timeout: '[Errno 110] Connection timed out',
  reset: '[Errno 104] Connection reset by peer',
  unreachable: '[Errno 101] Network is unreachable',
};

const CLIENT_KEY: Readonly<Record<NonNullable<Facts['handshake.clientKey']>, string | null>> = {
  fine: null,
  'readable-by-others': null,
  mismatch: '[X509: KEY_VALUES_MISMATCH] key values mismatch',
  unreadable: '[SSL] PEM lib',
  encrypted: 'Enter PEM pass phrase:',
};

const PROXY: Readonly<Record<NonNullable<Facts['proxy.error']>, (status: number | null, detail: string) => string>> = {
  unreachable: (_status, detail) => `Cannot connect to proxy. ${detail}`.trim(),
  untrusted: (_status, detail) => `Cannot connect to proxy. ${detail}`.trim(),
  'auth-required': status => `Tunnel connection failed: ${status ?? 407} Proxy Authentication Required`,
  'tunnel-refused': (status, detail) => `Tunnel connection failed: ${status ?? ''} ${detail}`.trim(),
  'scheme-mismatch': (_status, detail) => `Cannot connect to proxy. ${detail}`.trim(),
};
