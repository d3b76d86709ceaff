// Where the person is: one value, and what each action makes of it. Pure; what has to be done besides is in the screens.
import type { Clue } from '../model/clue.ts';
import type { Event } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import { fold, NOTHING_YET, type View } from '../report/view.ts';
import type { Reading, Understood } from './engine.ts';

/** What is being diagnosed; kept, so that it can be run again. */
export type Job =
  /** `clue`: what the pasted text said that led here. */
  | { readonly kind: 'target'; readonly target: Target; readonly clue: Clue | null }
  | { readonly kind: 'practice'; readonly id: string };

export type Screen =
  | { readonly at: 'ask'; readonly text: string; readonly cursor: number; readonly note: string | null }
  | { readonly at: 'practice'; readonly index: number }
  | {
      readonly at: 'offer';
      readonly target: Target | null;
      readonly understood: Understood | null;
      readonly pasted: string;
      readonly top: number;
    }
  | { readonly at: 'running'; readonly job: Job; readonly run: number; readonly view: View }
  | {
      readonly at: 'diagnosis';
      readonly job: Job;
      readonly report: Report;
      readonly top: number;
      readonly whole: boolean;
    }
  | { readonly at: 'help'; readonly back: Exclude<Screen, { at: 'help' }> };

export type Action =
  | { readonly type: 'edit'; readonly text: string; readonly cursor: number }
  | { readonly type: 'read'; readonly reading: Reading; readonly text: string }
  | { readonly type: 'choose-practice' }
  | { readonly type: 'move'; readonly by: number; readonly last: number }
  | { readonly type: 'start'; readonly job: Job }
  | { readonly type: 'event'; readonly run: number; readonly event: Event }
  | { readonly type: 'again' }
  /** `row`: where the explanation begins once it is shown. */
  | { readonly type: 'whole'; readonly row: number }
  | { readonly type: 'back' }
  | { readonly type: 'help' };

export const ASK: Extract<Screen, { at: 'ask' }> = { at: 'ask', text: '', cursor: 0, note: null };

let runs = 0;
const begin = (job: Job): Screen => ({ at: 'running', job, run: ++runs, view: NOTHING_YET });

/** The next screen. An action that means nothing on a screen leaves it as it is. */
export function next(screen: Screen, action: Action): Screen {
  if (screen.at === 'help') return action.type === 'back' || action.type === 'help' ? screen.back : screen;
  if (action.type === 'help') return { at: 'help', back: screen };
  if (action.type === 'start') return begin(action.job);
  switch (screen.at) {
    case 'ask':
      return onAsk(screen, action);
    case 'practice':
      if (action.type === 'move') return { ...screen, index: clamp(screen.index + action.by, action.last) };
      return action.type === 'back' ? ASK : screen;
    case 'offer':
      if (action.type === 'move') return { ...screen, top: clamp(screen.top + action.by, action.last) };
      return action.type === 'back' ? { ...ASK, text: screen.pasted, cursor: screen.pasted.length } : screen;
    case 'running':
      if (action.type === 'back') return ASK;
      // A run that was left behind may still speak.
      if (action.type !== 'event' || action.run !== screen.run) return screen;
      return action.event.type === 'report'
        ? { at: 'diagnosis', job: screen.job, report: action.event.report, top: 0, whole: false }
        : { ...screen, view: fold(screen.view, action.event) };
    case 'diagnosis':
      if (action.type === 'again') return begin(screen.job);
      if (action.type === 'whole') return { ...screen, whole: !screen.whole, top: screen.whole ? 0 : action.row };
      if (action.type === 'move') return { ...screen, top: clamp(screen.top + action.by, action.last) };
      return action.type === 'back' ? ASK : screen;
  }
}

function onAsk(screen: Extract<Screen, { at: 'ask' }>, action: Action): Screen {
  switch (action.type) {
    case 'edit':
      return { ...screen, text: action.text, cursor: action.cursor, note: null };
    case 'choose-practice':
      return { at: 'practice', index: 0 };
    case 'read': {
      const { reading, text } = action;
      if (reading.kind === 'target') return begin({ kind: 'target', target: reading.target, clue: null });
      if (reading.kind === 'refusal')
        return { ...screen, note: `${reading.why}${reading.hint ? ` (${reading.hint})` : ''}` };
      return reading.target || reading.understood
        ? { at: 'offer', target: reading.target, understood: reading.understood, pasted: text, top: 0 }
        : { ...screen, note: 'no host stands in that text: add the URL that failed' };
    }
    default:
      return screen;
  }
}

const clamp = (value: number, last: number) => Math.max(0, Math.min(value, Math.max(0, last)));
