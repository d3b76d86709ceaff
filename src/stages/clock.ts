// Is this machine's clock right? Judged by what others say the time is: a clock cannot testify for itself.
import { known, learnt, type Seen, unknown } from '../model/facts.ts';
import { BUILT_AT } from '../version.ts';
import { parseOne } from './parsed.ts';
import type { Stage } from './stage.ts';

export const clock: Stage<'clock.skewSeconds' | 'clock.explainsVerdict' | 'clock.witnesses'> = {
  id: 'clock',
  needs: [],
  after: ['handshake.httpDate', 'expiry.expired', 'expiry.notYetValid', 'chain.certificates'],
  gives: ['clock.skewSeconds', 'clock.explainsVerdict', 'clock.witnesses'],
  share: 0.9,
  waitingFor: () => 'what others say the time is',
  async *run(seen, { world }) {
    const now = world.now();
    const said = witnesses(seen, now);
    const how = said.map(witness => witness.text).join('; ');
    yield known(
      'clock.witnesses',
      said.map(witness => witness.text),
      'answers of others that carry a time',
    );
    const exact = said.find(witness => witness.exact);
    // A lower bound tells of a clock that is behind, and is silent about one that is right or ahead.
    const behind = said.find(witness => now.getTime() < witness.at - TOLERANCE_MS);
    const witness = behind ?? exact;
    if (!witness) {
      yield unknown('clock.skewSeconds', 'nobody told the time: no HTTP answer with a Date came back');
      yield unknown('clock.explainsVerdict', 'nobody told the time');
      return { status: 'ok', text: 'nothing contradicts this clock' };
    }
    const skewSeconds = Math.round((now.getTime() - witness.at) / 1000);
    yield known('clock.skewSeconds', skewSeconds, how);
    yield known('clock.explainsVerdict', turnsAround(seen, now, witness.at), how);
    return Math.abs(skewSeconds) * 1000 > TOLERANCE_MS
      ? {
          status: 'fail',
          text: `this clock is ${howLong(Math.abs(skewSeconds))} ${skewSeconds > 0 ? 'ahead' : 'behind'} (${witness.text})`,
        }
      : { status: 'ok', text: `this clock agrees with ${witness.who}` };
  },
};

/** A day: less never decides about a certificate's validity in practice, and an HTTP Date may come out of a cache. */
const TOLERANCE_MS = 86_400_000;

interface Witness {
  readonly who: string;
  readonly text: string;
  readonly at: number;
  /** The time itself; otherwise it is at least this late. */
  readonly exact: boolean;
}

/** The build of this program, SCTs and stapled answers prove that it is at least so late; a Date header says how late it is. */
function witnesses(seen: Seen, now: Date): Witness[] {
  const httpDate = learnt(seen, 'handshake.httpDate');
  const [leafPem] = learnt(seen, 'handshake.certificates') ?? [];
  const leaf = leafPem ? parseOne(leafPem) : null;
  const logged = Math.max(
    ...(leaf?.signedTimestamps ?? []).map(sct => sct.at.getTime()).filter(at => Number.isFinite(at)),
  );
  const found: Witness[] = [];
  if (httpDate)
    found.push({
      who: 'the server',
      text: `the server’s Date header says ${httpDate}`,
      at: Date.parse(httpDate),
      exact: true,
    });
  if (Number.isFinite(logged))
    found.push({
      who: 'the certificate’s log entries',
      text: `a certificate log saw the certificate on ${iso(logged)}`,
      at: logged,
      exact: false,
    });
  if (Number.isFinite(BUILT_AT))
    found.push({
      who: 'this program’s build',
      text: `this program was built on ${iso(BUILT_AT)}`,
      at: BUILT_AT,
      exact: false,
    });
  // The last word belongs to whoever saw the latest time: all of them are lower bounds at least.
  return found.filter(witness => Math.abs(witness.at - now.getTime()) < CENTURY_MS).sort((a, b) => b.at - a.at);
}

/** Would the chain's time verdict be another one at the witness's time? */
function turnsAround(seen: Seen, now: Date, at: number): boolean {
  const judged = [...(learnt(seen, 'expiry.expired') ?? []), ...(learnt(seen, 'expiry.notYetValid') ?? [])];
  if (judged.length === 0) return false;
  const onPath = new Set(learnt(seen, 'chain.path')?.map(entry => entry.sha256));
  return (learnt(seen, 'chain.certificates') ?? [])
    .filter(info => onPath.has(info.sha256))
    .every(info => {
      const from = Date.parse(info.notBefore);
      const to = Date.parse(info.notAfter);
      return (from <= now.getTime() && now.getTime() < to) || (from <= at && at < to);
    });
}

function howLong(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  return days > 730
    ? `${Math.round(days / 365.25)} years`
    : days > 1
      ? `${days} days`
      : `${Math.round(seconds / 3600)} hours`;
}

const iso = (at: number) => `${new Date(at).toISOString().slice(0, 10)}`;
const CENTURY_MS = 36_525 * 86_400_000;
