// What a run looks like so far: the only fold over its events, shared by the wizard, the progress line and the replays.
import type { Event } from '../model/event.ts';
import type { Report } from '../model/report.ts';
import { STAGE_IDS, type StageId, type StageStatus } from '../model/stage.ts';
import type { Target } from '../model/target.ts';

export interface StageView {
  readonly id: StageId;
  readonly status: StageStatus | 'waiting' | 'running';
  /** The summary, or what is being waited for. */
  readonly text: string;
  /** How long it took; null while it is not over. */
  readonly durationMs: number | null;
  /** While running: how long it may last. */
  readonly deadlineMs: number | null;
}

export interface View {
  readonly target: Target | null;
  readonly stages: readonly StageView[];
  readonly report: Report | null;
}

export const NOTHING_YET: View = {
  target: null,
  stages: STAGE_IDS.map(id => ({ id, status: 'waiting', text: '', durationMs: null, deadlineMs: null })),
  report: null,
};

/** The view after an event. */
export function fold(view: View, event: Event): View {
  switch (event.type) {
    case 'started':
      return { ...NOTHING_YET, target: event.target };
    case 'running':
      return withStage(view, event.stage, {
        status: 'running',
        text: event.waitingFor,
        durationMs: null,
        deadlineMs: event.deadlineMs,
      });
    case 'stage':
      return withStage(view, event.stage, {
        status: event.status,
        text: event.summary,
        durationMs: event.durationMs,
        deadlineMs: null,
      });
    case 'report':
      return { ...view, report: event.report };
    case 'fact':
      return view;
  }
}

const withStage = (view: View, id: StageId, change: Omit<StageView, 'id'>): View => ({
  ...view,
  stages: view.stages.map(stage => (stage.id === id ? { id, ...change } : stage)),
});
