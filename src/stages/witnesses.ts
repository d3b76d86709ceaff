// Who else tells the time: answers that carry a date, signatures made at a known moment, this program's own build. A clock
// cannot testify for itself, and a server whose own clock is wrong must not convict a right one.
import { learnt, type Seen } from '../model/facts.ts';
import { BUILT_AT } from '../version.ts';
import { parseOne } from './parsed.ts';

export interface Witness {
  readonly who: string;
  readonly text: string;
  readonly at: number;
  /** The time itself; otherwise it is at least this late. */
  readonly exact: boolean;
}

/** A day: less never decides about a certificate's validity in practice, and a Date header may come out of a cache. */
export const TOLERANCE_MS = 86_400_000;

/** A host's Date header as a witness; null when there is none. */
export function timeToldBy(host: string, date: string | undefined): Witness | null {
  const at = Date.parse(date ?? '');
  return Number.isNaN(at) ? null : { who: host, text: `${host} says it is ${day(at)}`, at, exact: true };
}

/** All who told a time, `others` among them, latest first; what cannot be true (a century off) is left out. */
export function witnesses(seen: Seen, now: Date, others: readonly Witness[] = []): readonly Witness[] {
  const found: Witness[] = [];
  const add = (at: number, exact: boolean, who: string, text: string) => {
    if (Number.isFinite(at) && Math.abs(at - now.getTime()) < CENTURY_MS) found.push({ who, text, at, exact });
  };
  for (const { at, exact, who, text } of others) add(at, exact, who, text);
  const httpDate = learnt(seen, 'handshake.httpDate');
  if (httpDate) add(Date.parse(httpDate), true, 'the server', `the server’s Date header says ${httpDate}`);
  const [leafPem] = learnt(seen, 'handshake.certificates') ?? [];
  const logged = Math.max(...((leafPem && parseOne(leafPem)?.signedTimestamps) || []).map(sct => sct.at.getTime()));
  add(logged, false, 'the certificate’s log entries', `a certificate log saw the certificate on ${day(logged)}`);
  for (const { who, at, exact } of learnt(seen, 'revocation.times') ?? []) {
    const time = Date.parse(at);
    if (exact) add(time, true, who, `${who} answered on ${day(time)}`);
    else add(time, false, who, `${who} was signed on ${day(time)}`);
  }
  add(BUILT_AT, false, 'this program’s build', `this program was built on ${day(BUILT_AT)}`);
  return found.sort((a, b) => b.at - a.at);
}

/**
 * Whom to believe: of those who tell the time itself, the ones that no lower bound refutes. Two of them may contradict
 * each other; then whoever agrees with this clock does, because two clocks rarely err alike.
 */
export function credible(said: readonly Witness[], now: Date): Witness | null {
  const floor = said.find(witness => !witness.exact);
  const exact = said.filter(witness => witness.exact && (!floor || witness.at >= floor.at - TOLERANCE_MS));
  const agreeing = exact.find(witness => Math.abs(witness.at - now.getTime()) <= TOLERANCE_MS);
  // A lower bound tells of a clock that is behind, and is silent about one that is right or ahead.
  const behind = floor && now.getTime() < floor.at - TOLERANCE_MS ? floor : null;
  if (behind) return exact[0] ?? behind;
  return agreeing ?? exact[0] ?? null;
}

/** 2026-11-23, or the empty text for no date. */
function day(at: number): string {
  return Number.isFinite(at) ? new Date(at).toISOString().slice(0, 10) : '';
}

const CENTURY_MS = 36_525 * 86_400_000;
