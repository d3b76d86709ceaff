// Is this machine's clock right? Judged by what others say the time is: a clock cannot testify for itself.
import { known, learnt, type Seen, unknown } from '../model/facts.ts';
import { getPage } from '../net/get.ts';
import { waysTo } from '../net/plain-line.ts';
import { probesFor } from './portal.ts';
import type { Run, Stage } from './stage.ts';
import { credible, TOLERANCE_MS, timeToldBy, type Witness, witnesses } from './witnesses.ts';

export const clock: Stage<'clock.skewSeconds' | 'clock.explainsVerdict' | 'clock.witnesses'> = {
  id: 'clock',
  needs: [],
  after: ['handshake.httpDate', 'expiry.expired', 'expiry.notYetValid', 'expiry.pathTo', 'revocation.times'],
  gives: ['clock.skewSeconds', 'clock.explainsVerdict', 'clock.witnesses'],
  share: 0.9,
  waitingFor: () => 'what others say the time is',
  async *run(seen, run, signal) {
    const now = run.world.now();
    // A verdict about dates hangs on the clock: then somebody who has no part in this is asked for the time as well.
    const asked = datesAreWrong(seen) ? await askOthers(run, signal) : [];
    const said = witnesses(seen, now, asked);
    yield known(
      'clock.witnesses',
      said.map(witness => witness.text),
      'answers of others that carry a time',
    );
    const witness = credible(said, now);
    if (!witness) {
      yield unknown('clock.skewSeconds', 'nobody told the time who could be believed');
      yield unknown('clock.explainsVerdict', 'nobody told the time who could be believed');
      return { status: 'ok', text: 'nothing contradicts this clock' };
    }
    const skewSeconds = Math.round((now.getTime() - witness.at) / 1000);
    const off = Math.abs(skewSeconds) * 1000 > TOLERANCE_MS;
    yield known('clock.skewSeconds', skewSeconds, witness.text);
    yield known('clock.explainsVerdict', off && turnsAround(seen, witness), witness.text);
    return off
      ? {
          status: 'fail',
          text: `this clock is ${howLong(Math.abs(skewSeconds))} ${skewSeconds > 0 ? 'ahead' : 'behind'} (${witness.text})`,
        }
      : { status: 'ok', text: `this clock agrees with ${witness.who}` };
  },
};

const datesAreWrong = (seen: Seen) =>
  (learnt(seen, 'expiry.expired') ?? []).length + (learnt(seen, 'expiry.notYetValid') ?? []).length > 0;

/** The Date headers of plain-http hosts that answer everybody; none under --offline, or when canaries were chosen by hand. */
async function askOthers(run: Run, signal: AbortSignal): Promise<Witness[]> {
  const limit = run.world.within(Math.min(2000, run.world.remainingMs() * 0.4), signal);
  const answers = await Promise.all(
    probesFor(run).map(async ({ url }) => {
      const [way = null] = waysTo(new URL(url), run.world);
      const page = await getPage(url, way, run.world, 'time', limit);
      return timeToldBy(new URL(url).hostname, page?.headers.date);
    }),
  );
  return answers.filter(witness => witness !== null);
}

/**
 * Would the path's time verdict be another one at the witness's time? By a lower bound: could it be, at that time or
 * later?
 */
function turnsAround(seen: Seen, { at, exact }: Witness): boolean {
  if (!datesAreWrong(seen)) return false;
  const expired = learnt(seen, 'expiry.expired') ?? [];
  const from = Date.parse(learnt(seen, 'expiry.pathFrom') ?? '');
  const to = Date.parse(learnt(seen, 'expiry.pathTo') ?? '');
  if (Number.isNaN(from) || Number.isNaN(to) || at >= to) return false;
  return exact ? from <= at : expired.length === 0;
}

function howLong(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  return days > 730
    ? `${Math.round(days / 365.25)} years`
    : days > 1
      ? `${days} days`
      : `${Math.round(seconds / 3600)} hours`;
}
