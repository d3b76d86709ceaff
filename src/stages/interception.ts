// Does somebody on the way re-sign the connection?
import type { Stage } from './stage.ts';

export const interception: Stage<
  | 'interception.product'
  | 'interception.kind'
  | 'interception.signs'
  | 'interception.canaries'
  | 'interception.sameIssuer'
> = {
  id: 'interception',
  needs: [],
  after: [],
  gives: [
    'interception.product',
    'interception.kind',
    'interception.signs',
    'interception.canaries',
    'interception.sameIssuer',
  ],
  share: 0.6,
  waitingFor: () => 'signs of a box in the middle',
  skip: () => 'not looked for by this version',
  // biome-ignore lint/correctness/useYield: a stage that is always skipped yields nothing
  async *run() {
    return { status: 'skipped', text: 'not looked for by this version' };
  },
};
