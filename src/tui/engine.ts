// What the wizard needs of the rest of the program, handed to it: it knows no network, no lab and no TLS.
import type { Event } from '../model/event.ts';
import type { Lang, Platform } from '../model/knowledge.ts';
import type { Target } from '../model/target.ts';

export interface Engine {
  /** What a person typed or pasted. */
  read(text: string): Reading;
  diagnose(target: Target, signal: AbortSignal): AsyncIterable<Event>;
  readonly practice: {
    list(): readonly { readonly id: string; readonly title: string; readonly story: string }[];
    /** Starts the faulty servers, diagnoses them, and stops them when the run is over or aborted. */
    diagnose(id: string, signal: AbortSignal): AsyncIterable<Event>;
  };
}

export type Reading =
  | { readonly kind: 'target'; readonly target: Target }
  /** An error text; the host it is about, when it names one. */
  | { readonly kind: 'text'; readonly target: Target | null }
  | { readonly kind: 'refusal'; readonly why: string; readonly hint: string | null };

/** How the terminal wants to be written to. */
export interface Look {
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly lang: Lang;
  readonly platform: Platform;
}

/** With what the wizard starts: a question, an answer to it, or a practice scenario. */
export interface Start {
  readonly input?: string;
  readonly practice?: string;
}
