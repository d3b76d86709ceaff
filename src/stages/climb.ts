// From the leaf to a root: what was sent, then the client's store, then today's public list, then where the certificates
// say their issuer can be fetched. The path is the one OpenSSL would take where it finds one: at every step the store
// comes before what was sent (X509_V_FLAG_TRUSTED_FIRST), so a cross-sign past its date is stepped around.
import type { PathEntry } from '../model/certificate.ts';
import type { Facts } from '../model/facts.ts';
import { didIssue } from '../pki/arrangement.ts';
import { type Certificate, isSignedBy } from '../pki/certificate.ts';
import { issued } from '../pki/path.ts';
import type { TrustStore } from '../pki/store.ts';
import { fetchable, fetchIssuers } from './aia.ts';
import type { Run } from './stage.ts';

export interface Step {
  readonly certificate: Certificate;
  readonly from: PathEntry['from'];
}

export interface Climb {
  /** Leaf first, as far as anybody could follow it. */
  readonly way: readonly Step[];
  /** Names of issuers that nobody sent and no list holds, leaf side first. */
  readonly missing: readonly string[];
  /** What was fetched, leaf side first. */
  readonly fetched: Facts['chain.found'];
  /** Where the first missing one could be had. */
  readonly url: string | null;
  /** Why the climb ended before a root; null when it did not. */
  readonly why: string | null;
  /** The certificate whose issuer was looked for last. */
  readonly last: Certificate;
}

/**
 * The path as sent, continued over issuers that fit by name and key identifier though their key did not sign: OpenSSL
 * takes them for the issuer, and only then finds the signature wrong.
 */
export function continued(path: readonly Certificate[], sent: readonly Certificate[]): readonly Certificate[] {
  const way = [...path];
  for (;;) {
    const top = way.at(-1);
    if (!top || top.selfIssued) return way;
    const next = sent.find(candidate => !way.includes(candidate) && issued(candidate, top));
    if (!next) return way;
    way.push(next);
  }
}

/** Follows the path upwards. @param path as sent, leaf first, not empty */
export async function climb(path: readonly Certificate[], run: Run, signal: AbortSignal): Promise<Climb> {
  const now = run.world.now();
  const store = (await (await run.client).store).trust;
  const none = { missing: [], fetched: [], url: null, why: null };
  // Today's public list is read only when the client's own does not lead to a root: it takes a while.
  for (const list of [async () => store, run.reference]) {
    const way = anchoredIn(await list(), path, now);
    const last = way?.at(-1)?.certificate;
    if (way && last) return { ...none, way, last };
  }
  const sent = path.map(certificate => ({ certificate, from: 'sent' as const }));
  const top = path.at(-1);
  if (!top) throw new RangeError('no certificates');
  return didIssue(top, top)
    ? { ...none, way: sent, last: top }
    : lookUpwards(sent, top, [store, await run.reference()], run, signal);
}

/** No real chain is deeper; a loop of cross-signs would be. */
const MAX_ABOVE = 6;

/** The path up to the first certificate that an anchor of the list issued, and on to a root of it. */
function anchoredIn(list: TrustStore, path: readonly Certificate[], now: Date): Step[] | null {
  for (const [i, certificate] of path.entries()) {
    const anchor = issuerIn(list, certificate, now);
    if (!anchor) continue;
    const way: Step[] = path.slice(0, i + 1).map(each => ({ certificate: each, from: 'sent' }));
    for (let next: Certificate | null = anchor; next && way.length < path.length + MAX_ABOVE; ) {
      const found: Certificate = next;
      if (way.some(step => step.certificate.sha256 === found.sha256)) break;
      way.push({ certificate: found, from: path.some(each => each.sha256 === found.sha256) ? 'sent' : 'store' });
      next = found.selfIssued ? null : issuerIn(list, found, now);
    }
    return way;
  }
  return null;
}

/** Whose key signed comes first, and of those who is in time; without any, whoever OpenSSL would take by name. */
function issuerIn(list: TrustStore, subject: Certificate, now: Date): Certificate | null {
  const named = list.withSubject(subject.issuer.canonical);
  const signers = named.filter(candidate => isSignedBy(subject, candidate));
  const all = signers.length > 0 ? signers : named.filter(candidate => issued(candidate, subject));
  return all.find(({ notBefore, notAfter }) => notBefore <= now && now < notAfter) ?? all[0] ?? null;
}

/** Above what was sent: in the lists of other programs first, for what is on this machine need not be fetched. */
async function lookUpwards(
  sent: readonly Step[],
  top: Certificate,
  lists: readonly TrustStore[],
  run: Run,
  signal: AbortSignal,
): Promise<Climb> {
  const way = [...sent];
  const fetched: Facts['chain.found'][number][] = [];
  const missing: string[] = [];
  let url: string | null = null;
  let why: string | null = null;
  let current = top;
  for (let steps = 0; steps < MAX_ABOVE; steps += 1) {
    const anchor = lists.map(list => issuerIn(list, current, run.world.now())).find(found => found !== null);
    if (anchor) {
      way.push({ certificate: anchor, from: 'store' });
      return { way, missing, fetched, url, why: null, last: current };
    }
    const near = (await run.otherStores())
      .map(({ path, trust }) => ({ found: issuerIn(trust, current, run.world.now()), path }))
      .find(({ found }) => found && isSignedBy(current, found));
    if (near?.found && !way.some(step => step.certificate.sha256 === near.found?.sha256)) {
      way.push({ certificate: near.found, from: 'store' });
      // A root is not for the server to send.
      if (didIssue(near.found, near.found)) return { way, missing, fetched, url, why: null, last: current };
      missing.push(current.issuer.text);
      fetched.push({ pem: near.found.pem(), from: 'store', where: near.path });
      current = near.found;
      continue;
    }
    const asked = run.world.options.offline
      ? { found: null, url: fetchable(current), where: '', why: 'not looked for: --offline' }
      : await fetchIssuers(current, run.world, signal);
    if (missing.length === 0) url = asked.url;
    const { found } = asked;
    const circle = found !== null && way.some(step => step.certificate.sha256 === found.sha256);
    if (!found || circle) {
      // The issuer of a certificate that was itself fetched may be a root that nobody knows: then nothing more is missing.
      if (fetched.length === 0) missing.push(current.issuer.text);
      why = circle ? `${asked.url}: the certificates to be fetched lead in a circle` : asked.why;
      break;
    }
    way.push({ certificate: found, from: 'aia' });
    fetched.push({ pem: found.pem(), from: 'aia', where: asked.where });
    // A root that only its own child speaks of is found, and still nobody's.
    if (didIssue(found, found)) break;
    missing.push(current.issuer.text);
    current = found;
  }
  return { way, missing, fetched, url, why, last: current };
}
