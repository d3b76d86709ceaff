// What the wizard needs of the rest of the program, handed to it: it knows no network, no lab and no TLS.
import type { Clue } from '../model/clue.ts';
import type { Event } from '../model/event.ts';
import type { Lang, Platform } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import type { Part } from '../report/document.ts';

export interface Engine {
  /** What a person typed or pasted. */
  read(text: string): Reading;
  /** `clue`: as the program that a text was about would look, through its proxy and by its rules. */
  diagnose(target: Target, signal: AbortSignal, clue?: Clue | null): AsyncIterable<Event>;
  /** Whether the run met what the text said; one sentence. */
  compare(clue: Clue, report: Report): string;
  readonly practice: {
    list(): readonly { readonly id: string; readonly title: string; readonly story: string }[];
    /** Starts the faulty servers, diagnoses them, and stops them when the run is over or aborted. */
    diagnose(id: string, signal: AbortSignal): AsyncIterable<Event>;
  };
}

export type Reading =
  | { readonly kind: 'target'; readonly target: Target }
  /** An error text; the host it is about, when it names one, and what was understood of it. */
  | { readonly kind: 'text'; readonly target: Target | null; readonly understood: Understood | null }
  | { readonly kind: 'refusal'; readonly why: string; readonly hint: string | null };

/** What an error text says. */
export interface Understood {
  readonly clue: Clue;
  readonly parts: readonly Part[];
}

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
