import type { Observation } from './facts.ts';
import type { Report } from './report.ts';
import type { StageId, StageStatus } from './stage.ts';
import type { Target } from './target.ts';

/** What diagnose() yields. `started` first, `report` last, always; a renderer needs nothing else. */
export type Event =
  | { readonly type: 'started'; readonly target: Target; readonly stages: readonly StageId[] }
  | { readonly type: 'running'; readonly stage: StageId; readonly waitingFor: string; readonly deadlineMs: number }
  | { readonly type: 'fact'; readonly stage: StageId; readonly observation: Observation }
  | {
      readonly type: 'stage';
      readonly stage: StageId;
      readonly status: StageStatus;
      readonly summary: string;
      readonly durationMs: number;
    }
  | { readonly type: 'report'; readonly report: Report };
