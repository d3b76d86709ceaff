// Who can say whether one certificate is revoked, asked all at once: a stapled OCSP response, OCSP responders (AIA) and
// CRLs (CRL distribution points). Plain http only, capped; an answer counts only when the issuer's key stands behind it.
// Nobody reachable means nobody knows: never “revoked”, never “good”.
import { type Fetched, type FetchOptions, fetchBytes } from '../net/http.ts';
import type { Certificate } from '../pki/certificate.ts';
import { readCrl } from '../pki/crl.ts';
import { ocspRequest, readOcspResponse } from '../pki/ocsp.ts';
import type { World } from '../world.ts';

/** One source's answer about one certificate. */
export interface Said {
  /** `OCSP http://…`, `CRL http://…`, `the stapled OCSP response`. */
  readonly source: string;
  /** null = it decides nothing, and `why` says why. */
  readonly status: 'good' | 'revoked' | 'unknown' | null;
  /** `2026-11-01, keyCompromise`; null unless revoked. */
  readonly since: string | null;
  readonly why: string | null;
  /** Times it tells, for whoever doubts a clock: signed ones are lower bounds, a Date header is the time itself. */
  readonly times: readonly { readonly at: Date; readonly exact: boolean }[];
}

/** A certificate and who signed it. */
export interface Question {
  readonly certificate: Certificate;
  readonly issuer: Certificate;
}

/** What a stapled response says about the leaf. */
export function askStaple(der: Uint8Array, { certificate, issuer }: Question, at: Date): Said {
  return { source: 'the stapled OCSP response', ...judgeOcsp(der, { certificate, issuer }, at) };
}

/** Where a certificate says it can be asked about, at most two of each kind. Other schemes than http are left out. */
export function placesOf(certificate: Certificate): readonly { readonly kind: 'OCSP' | 'CRL'; readonly url: string }[] {
  const http = (urls: readonly string[]) => urls.filter(url => /^http:/i.test(url)).slice(0, 2);
  return [
    ...http(certificate.ocspUrls).map(url => ({ kind: 'OCSP' as const, url })),
    ...http(certificate.crlUrls).map(url => ({ kind: 'CRL' as const, url })),
  ];
}

/**
 * Asks every place at the same time. As soon as one has decided, the others get one second more: a certificate that is
 * good by OCSP need not wait for a list of megabytes, and a list that comes soon may still say otherwise. Never rejects.
 */
export async function askPlaces(question: Question, world: World, signal: AbortSignal): Promise<readonly Said[]> {
  const places = placesOf(question.certificate);
  const limit = world.within(PATIENCE_MS, signal);
  const hurry = new AbortController();
  const follow = () => hurry.abort(limit.reason);
  if (limit.aborted) follow();
  else limit.addEventListener('abort', follow, { once: true });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.all(
      places.map(async ({ kind, url }) => {
        const said = await (kind === 'OCSP' ? askOcsp : askCrl)(url, question, world, hurry.signal);
        if (said.status !== null && timer === undefined) timer = setTimeout(() => hurry.abort(), AFTER_AN_ANSWER_MS);
        return said;
      }),
    );
  } finally {
    clearTimeout(timer);
    limit.removeEventListener('abort', follow);
  }
}

const PATIENCE_MS = 3000;
const AFTER_AN_ANSWER_MS = 1000;

async function askOcsp(url: string, question: Question, world: World, signal: AbortSignal): Promise<Said> {
  const source = `OCSP ${url}`;
  const request = ocspRequest(question.certificate, question.issuer);
  const how = { purpose: 'ocsp' as const, maxBytes: 64 << 10, signal };
  const posted = await fetched(url, world, { ...how, body: request, contentType: 'application/ocsp-request' });
  // Responders that hand out answers made beforehand may know GET only (RFC 6960 §A.1, RFC 5019 §5).
  const answer =
    posted.ok || !/HTTP (400|404|405|501)/.test(posted.why)
      ? posted
      : await fetched(askedByGet(url, request), world, how);
  if (!answer.ok) return { source, ...silent(answer.why) };
  const said = judgeOcsp(answer.body, question, world.now());
  return { source: shown(source, answer), ...said, times: [...said.times, ...datesOf(answer)] };
}

const askedByGet = (url: string, request: Uint8Array) =>
  `${url.replace(/\/$/, '')}/${encodeURIComponent(Buffer.from(request).toString('base64'))}`;

/** 16 MiB hold a million entries; real lists are split long before. */
const MAX_CRL_BYTES = 16 << 20;

async function askCrl(
  url: string,
  { certificate, issuer }: Question,
  world: World,
  signal: AbortSignal,
): Promise<Said> {
  const source = `CRL ${url}`;
  const answer = await fetched(url, world, { purpose: 'crl', maxBytes: MAX_CRL_BYTES, signal });
  if (!answer.ok) return { source, ...silent(answer.why) };
  const der = unwrapped(answer.body);
  const now = world.now();
  const list = readCrl(der, issuer, now);
  // A revocation stays one when the list has run out (RFC 5280 §5: entries leave only after the certificate has expired).
  const usable =
    list.problem === null || (list.thisUpdate !== null && readCrl(der, issuer, list.thisUpdate).problem === null);
  const entry = list.signatureValid && usable ? list.lookup(certificate.serial) : null;
  const told = {
    source: shown(source, answer),
    times: [
      ...(list.signatureValid && list.thisUpdate ? [{ at: list.thisUpdate, exact: false }] : []),
      ...datesOf(answer),
    ],
  };
  if (entry && entry.reason !== 'removeFromCRL')
    return { ...told, status: 'revoked', since: sinceOf(entry.revokedAt, entry.reason), why: null };
  if (list.problem !== null) return { ...told, status: null, since: null, why: list.problem };
  return { ...told, status: 'good', since: null, why: null };
}

function judgeOcsp(der: Uint8Array, { certificate, issuer }: Question, at: Date): Omit<Said, 'source'> {
  const answer = readOcspResponse(der, certificate, issuer, at);
  // A wrong clock must not keep a response from telling the time: judged at its own hour, is it signed?
  const { producedAt } = answer;
  const times =
    producedAt !== null &&
    Number.isFinite(producedAt.getTime()) &&
    (answer.signatureValid || readOcspResponse(der, certificate, issuer, producedAt).signatureValid)
      ? [{ at: producedAt, exact: false }]
      : [];
  if (answer.status === 'revoked')
    return { status: 'revoked', since: sinceOf(answer.revokedAt, answer.reason), why: null, times };
  if (answer.status === 'good') return { status: 'good', since: null, why: null, times };
  // The responder itself says “unknown”, signed and in time; anything else is no answer.
  const honest = answer.signatureValid && answer.problem === 'the responder does not know this certificate';
  return { status: honest ? 'unknown' : null, since: null, why: answer.problem, times };
}

const silent = (why: string) => ({ status: null, since: null, why, times: [] });

function sinceOf(at: Date | null, reason: string | null): string {
  const day = at && Number.isFinite(at.getTime()) ? at.toISOString().slice(0, 10) : 'an unknown day';
  return reason === null ? day : `${day}, ${reason}`;
}

/** fetchBytes ends by itself; the race is for what cannot be cancelled on the way there (a name being looked up). */
function fetched(url: string, world: World, options: FetchOptions): Promise<Fetched> {
  const { signal } = options;
  return new Promise(resolve => {
    const late = () => resolve({ ok: false, why: 'no answer in time' });
    if (signal.aborted) return late();
    signal.addEventListener('abort', late, { once: true });
    void fetchBytes(url, world, options).then(answer => {
      signal.removeEventListener('abort', late);
      resolve(answer);
    });
  });
}

type Came = Extract<Fetched, { ok: true }>;

const shown = (source: string, { privateAddress }: Came) => (privateAddress ? `${source} (a private address)` : source);

const datesOf = ({ date }: Came) => (date === null ? [] : [{ at: date, exact: true }]);

/** Some CAs serve their lists as PEM (RFC 7468 §6), though RFC 5280 §4.2.1.13 asks for DER. */
function unwrapped(body: Uint8Array): Uint8Array {
  if (body[0] !== 0x2d) return body;
  const text = Buffer.from(body).toString('latin1');
  const from = text.indexOf('-----BEGIN X509 CRL-----');
  const to = text.indexOf('-----END X509 CRL-----');
  return from < 0 || to < from ? body : Buffer.from(text.slice(from + 24, to), 'base64');
}
