/** Contract ids, in the order of the JSON report. Execution order follows from what stages need, not from this list. */
export const STAGE_IDS = [
  'clock',
  'dns',
  'connect',
  'proxy',
  'handshake',
  'chain',
  'hostname',
  'expiry',
  'revocation',
  'trust',
  'interception',
] as const;

export type StageId = (typeof STAGE_IDS)[number];

/** What a stage says when it ran to its end. */
export interface Summary {
  readonly status: 'ok' | 'warn' | 'fail';
  /** One plain line. */
  readonly text: string;
}

/** `skipped`: does not apply or not allowed. `unknown`: timed out, or our own bug; never looks like “fine”. */
export type StageStatus = Summary['status'] | 'skipped' | 'unknown';

/** A finished stage, as the report prints it. */
export interface StageResult {
  readonly id: StageId;
  readonly status: StageStatus;
  readonly durationMs: number;
  readonly summary: string;
}
