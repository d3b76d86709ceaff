// Is this machine's clock right? Judged by what others say the time is: a clock cannot testify for itself.
import { known, learnt, type Seen, unknown } from '../model/facts.ts';
import type { Stage } from './stage.ts';
import { credible, TOLERANCE_MS, type Witness, witnesses } from './witnesses.ts';

export const clock: Stage<'clock.skewSeconds' | 'clock.explainsVerdict' | 'clock.witnesses'> = {
  id: 'clock',
  needs: [],
  after: ['handshake.httpDate', 'expiry.expired', 'expiry.notYetValid', 'expiry.pathTo', 'revocation.times'],
  gives: ['clock.skewSeconds', 'clock.explainsVerdict', 'clock.witnesses'],
  share: 0.9,
  waitingFor: () => 'what others say the time is',
  async *run(seen, { world }) {
    const now = world.now();
    const said = witnesses(seen, now);
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

/**
 * Would the path's time verdict be another one at the witness's time? By a lower bound: could it be, at that time or
 * later?
 */
function turnsAround(seen: Seen, { at, exact }: Witness): boolean {
  const expired = learnt(seen, 'expiry.expired') ?? [];
  const early = learnt(seen, 'expiry.notYetValid') ?? [];
  if (expired.length + early.length === 0) return false;
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
