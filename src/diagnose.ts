// The main flow: target → stages observe → facts → rules conclude → report. Everything a program or a person learns of a
// run comes out of this one generator.

import { findClient } from './clients/client.ts';
import { clientsOf } from './clients/confirm.ts';
import { otherStores } from './clients/other-stores.ts';
import { proxySettings } from './clients/proxy-settings.ts';
import { referenceRoots } from './clients/trust-store.ts';
import { canaries, causes, interceptors, knownIntermediates, knownRoots } from './data.ts';
import { conclude } from './diagnosis/conclude.ts';
import { predict } from './diagnosis/predict.ts';
import { readTarget } from './intake/url.ts';
import type { Event } from './model/event.ts';
import { learnt, type Seen } from './model/facts.ts';
import { DEFAULTS, type Options } from './model/options.ts';
import type { Report } from './model/report.ts';
import { STAGE_IDS, type StageResult } from './model/stage.ts';
import type { Target } from './model/target.ts';
import { chooseRoute } from './net/proxy-choice.ts';
import { openWorld } from './open-world.ts';
import { STAGES } from './stages/index.ts';
import { runStages } from './stages/run.ts';
import { Line, type Run } from './stages/stage.ts';
import { VERSION } from './version.ts';
import type { World } from './world.ts';

export interface How {
  /** Stops the run; the report then says what was learnt until then. */
  readonly signal?: AbortSignal;
  /** Instead of the process's environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Diagnoses one target. Yields `started` first and `report` last, always; never throws for what the network does.
 * @param target what `readTarget` made, or what a person would give to `check`
 * @throws TypeError when a string cannot be read as a target
 */
export async function* diagnose(
  target: Target | string,
  options: Partial<Options> = {},
  how: How = {},
): AsyncGenerator<Event> {
  const started = performance.now();
  const asked = typeof target === 'string' ? parsed(target) : target;
  const door = openWorld({ ...DEFAULTS, ...options }, how);
  const startedAt = door.machineTime();
  const world: World = { ...door, proxies: await proxySettings(door, asked) };
  const route = chooseRoute(asked, world.proxies);
  const on: Target = { ...asked, via: route.proxy?.shown ?? null };
  yield { type: 'started', target: on, stages: STAGE_IDS };

  const client = findClient(world, on.starttls !== null);
  const run: Run = {
    target: on,
    world,
    route,
    client,
    roots: knownRoots(),
    intermediates: knownIntermediates,
    interceptors,
    canaries,
    reference: referenceRoots(world),
    otherStores: otherStores(client, world),
    line: new Line(),
  };
  const stages: StageResult[] = [];
  let seen: Seen = {};
  try {
    const events = runStages(STAGES, run);
    for (;;) {
      const step = await events.next();
      if (step.done) {
        seen = step.value;
        break;
      }
      const event = step.value;
      if (event.type === 'stage')
        stages.push({ id: event.stage, status: event.status, durationMs: event.durationMs, summary: event.summary });
      yield event;
    }
  } finally {
    run.line.close();
    world.hangUp();
  }

  const python = predict(seen, (await client).profile);
  const clients = await clientsOf(await client, python, seen, { target: on, proxy: route.proxy, world });
  const diagnosis = conclude({ causes: causes() }, seen, world.options.lang, on);
  const report: Report = {
    schema: 'tlsdoctor.report/1',
    tool: { name: 'tlsdoctor', version: VERSION },
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
    target: on,
    stages: STAGE_IDS.flatMap(id => stages.find(stage => stage.id === id) ?? []),
    chain: {
      sent: learnt(seen, 'chain.certificates') ?? [],
      built: learnt(seen, 'chain.path')?.map(entry => entry.sha256) ?? [],
      problems: learnt(seen, 'chain.problems') ?? [],
    },
    prediction: { python, clients },
    diagnosis,
    facts: seen,
  };
  yield { type: 'report', report };
}

function parsed(input: string): Target {
  const read = readTarget(input);
  if (!read.ok) throw new TypeError(read.why);
  return read.target;
}
