// Runs stages as soon as what they wait for has been observed, independent ones at the same time, and turns what goes
// wrong in them into “unknown, and why”. Knows nothing of TLS.
import type { Event } from '../model/event.ts';
import { type FactKey, type Observation, type Seen, unknown } from '../model/facts.ts';
import type { StageStatus } from '../model/stage.ts';
import type { Observed, Outcome, Run, Stage } from './stage.ts';

type StageEvent = Exclude<Event, { type: 'started' | 'report' }>;

/**
 * Runs every stage once and yields what happens in the order it happens; returns all observations.
 * Each fact that some stage gives is in the result, known or unknown. Never throws for what the world does.
 */
export async function* runStages(stages: readonly Stage[], run: Run): AsyncGenerator<StageEvent, Seen> {
  const seen: { [F in FactKey]?: Observation } = {};
  const waiting = new Set(stages);
  const queue: StageEvent[] = [];
  let running = 0;
  let wake = () => {};

  const awaited = new Map<FactKey, (() => void)[]>();
  const observed: Observed = async (...facts) => {
    for (const fact of facts) {
      if (seen[fact] !== undefined) continue;
      await new Promise<void>(resolve => awaited.set(fact, [...(awaited.get(fact) ?? []), resolve]));
    }
  };

  const emit = (event: StageEvent) => {
    if (event.type === 'fact') {
      seen[event.observation.fact] = event.observation;
      for (const resolve of awaited.get(event.observation.fact) ?? []) resolve();
    }
    queue.push(event);
    startReady();
    wake();
  };
  const startReady = () => {
    for (const stage of waiting) {
      if (![...stage.needs, ...stage.after].every(fact => seen[fact] !== undefined)) continue;
      waiting.delete(stage);
      running += 1;
      void runOne(stage, seen as Seen, run, { emit, observed }).finally(() => {
        running -= 1;
        wake();
      });
    }
  };

  startReady();
  while (running > 0 || queue.length > 0) {
    const event = queue.shift();
    if (event) yield event;
    else await new Promise<void>(resolve => (wake = resolve));
  }
  if (waiting.size > 0)
    throw new Error(`stages wait for facts nobody gives: ${[...waiting].map(s => s.id).join(', ')}`);
  return seen as Seen;
}

/** One stage from start to end: skip, run within its share of the budget, and account for every fact it gives. */
async function runOne(
  stage: Stage,
  seen: Seen,
  run: Run,
  { emit, observed }: { readonly emit: (event: StageEvent) => void; readonly observed: Observed },
): Promise<void> {
  const started = performance.now();
  const given = new Set<FactKey>();
  const finish = (status: StageStatus, summary: string) => {
    for (const fact of stage.gives) {
      if (!given.has(fact)) emit({ type: 'fact', stage: stage.id, observation: unknown(fact, summary) });
    }
    emit({ type: 'stage', stage: stage.id, status, summary, durationMs: Math.round(performance.now() - started) });
  };

  const lacking = stage.needs.find(fact => !seen[fact]?.known);
  if (lacking) return finish('skipped', `could not run: ${reasonOf(seen, lacking).replace(/^could not run: /, '')}`);
  const skipped = stage.skip?.(seen, run);
  if (skipped) return finish('skipped', skipped);

  const limitMs = Math.max(1, Math.floor(run.world.remainingMs() * stage.share));
  const signal = run.world.within(limitMs);
  emit({ type: 'running', stage: stage.id, waitingFor: stage.waitingFor(run), deadlineMs: limitMs });
  try {
    const steps = stage.run(seen, run, signal, observed);
    for (;;) {
      const step = await orAborted(steps.next(), signal);
      if (step.done) return finish((step.value as Outcome).status, (step.value as Outcome).text);
      given.add(step.value.fact);
      emit({ type: 'fact', stage: stage.id, observation: step.value });
    }
  } catch (error) {
    finish('unknown', signal.aborted ? abortReason(run, limitMs) : `tlsdoctor's own fault: ${String(error)}`);
  }
}

/** The promise, or a rejection as soon as the signal aborts: a generator's return() would wait for its pending await. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function reasonOf(seen: Seen, fact: FactKey): string {
  const observation = seen[fact];
  return observation && !observation.known ? observation.why : `${fact} is not known`;
}

function abortReason(run: Run, limitMs: number): string {
  return run.world.signal.aborted && run.world.remainingMs() > 0
    ? 'interrupted'
    : `no answer within ${(limitMs / 1000).toFixed(1)} s`;
}
