// What a stage is. One file a stage; index.ts lists them; run.ts starts each once what it waits for has been observed.
import type { Duplex } from 'node:stream';
import type { Client } from '../clients/client.ts';
import type { OtherStore } from '../clients/other-stores.ts';
import type { FactKey, Observation, Seen } from '../model/facts.ts';
import type { Canaries, Interceptor, KnownIntermediates, KnownRoots } from '../model/knowledge.ts';
import type { StageId, StageStatus } from '../model/stage.ts';
import type { Target } from '../model/target.ts';
import type { Route } from '../net/proxy-choice.ts';
import type { TrustStore } from '../pki/store.ts';
import type { World } from '../world.ts';

/** What a stage says when it ran to its end. `skipped` = there was nothing to look at, and that itself is known. */
export interface Outcome {
  readonly status: Exclude<StageStatus, 'unknown'>;
  /** One plain line. */
  readonly text: string;
}

export interface Stage<G extends FactKey = FactKey> {
  readonly id: StageId;
  /** Starts once these are observed; does not run, saying so, if one of them could not be learnt. */
  readonly needs: readonly FactKey[];
  /** Starts once these are observed, known or not. */
  readonly after: readonly FactKey[];
  /** Whatever run() did not yield of these becomes unknown. */
  readonly gives: readonly G[];
  /** Largest part of the remaining budget this stage may take, 0 to 1. */
  readonly share: number;
  /** What is being waited for, for people. */
  waitingFor(run: Run): string;
  /** Why it does not apply or may not run, or null. */
  skip?(seen: Seen, run: Run): string | null;
  /**
   * `seen` grows while the stage runs. A stage that begins before all it needs is there awaits `observed` for the rest:
   * it resolves once the fact has been observed, known or not.
   */
  run(seen: Seen, run: Run, signal: AbortSignal, observed: Observed): AsyncGenerator<Observation<G>, Outcome>;
}

export type Observed = (...facts: readonly FactKey[]) => Promise<void>;

/** What every stage of one run shares besides facts. */
export interface Run {
  readonly target: Target;
  readonly world: World;
  /** How the profile's client would get there: directly, or by which proxy and why. */
  readonly route: Route;
  /** The client whose answer is predicted, and what it trusts; being found while the first stages run. */
  readonly client: Promise<Client>;
  readonly roots: KnownRoots;
  /** Public intermediates by name and key identifier; read when first asked for. */
  readonly intermediates: () => readonly KnownIntermediates[];
  /** Products that re-sign, and whom to compare with; read when first asked for. */
  readonly interceptors: () => readonly Interceptor[];
  readonly canaries: () => Canaries;
  /** The public root list of today (--reference-roots, else the one Node.js brings), read when first asked for. */
  readonly reference: () => Promise<TrustStore>;
  /** The lists of other programs on this machine, read when first asked for. */
  readonly otherStores: () => Promise<readonly OtherStore[]>;
  readonly line: Line;
}

/** The open connection, handed from the stage that opened it to the one that goes on with it. */
export class Line {
  #socket: Duplex | null = null;
  #others: { readonly shown: string; readonly socket: Duplex }[] = [];

  /** Keeps a connected socket for the next stage; closes one that was still waiting. */
  put(socket: Duplex): void {
    this.take()?.destroy();
    socket.on('error', ignore);
    this.#socket = socket;
  }

  /** The waiting socket, once; null when there is none. */
  take(): Duplex | null {
    const socket = this.#socket;
    this.#socket = null;
    return socket;
  }

  /** Keeps a connection to another address of the same name. */
  putOther(shown: string, socket: Duplex): void {
    socket.on('error', ignore);
    this.#others.push({ shown, socket });
  }

  /** The connections to other addresses, once. */
  takeOthers(): readonly { readonly shown: string; readonly socket: Duplex }[] {
    return this.#others.splice(0);
  }

  close(): void {
    this.take()?.destroy();
    for (const { socket } of this.takeOthers()) socket.destroy();
  }
}

// A peer may reset a connection that waits here: whoever takes it meets the error on first use.
function ignore(): void {}
