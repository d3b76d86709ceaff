import type { FactKey } from './facts.ts';
import type { Confidence, Platform, Role, Severity } from './knowledge.ts';

/** A fact that counted, and the sentence that says it. */
export interface Evidence {
  readonly fact: FactKey;
  readonly text: string;
}

/** A cause that holds here. Texts are filled in and still raw: whoever prints makes them safe. */
export interface Finding {
  readonly cause: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly summary: string;
  readonly explain: string;
  readonly evidence: readonly Evidence[];
  /** Unknown facts between this and a stronger confidence. */
  readonly wouldDecide: readonly FactKey[];
  readonly fixes: readonly FoundFix[];
  readonly avoid: readonly { readonly advice: string; readonly because: string }[];
  readonly sources: readonly string[];
}

/** A fix with this case's values filled in. */
export interface FoundFix {
  readonly id: string;
  readonly title: string;
  readonly role: Role;
  readonly safety: 'safe' | 'care' | 'last-resort';
  readonly steps: readonly FoundStep[];
}

export interface FoundStep {
  readonly text: string;
  readonly platform: Platform;
  readonly tool: string | null;
  readonly command: string | null;
  readonly verify: string | null;
  readonly apply: string | null;
}

export interface Diagnosis {
  readonly status: 'healthy' | 'problem' | 'inconclusive';
  readonly primary: Finding | null;
  readonly others: readonly Finding[];
  /** When inconclusive: the facts that would settle it. */
  readonly wouldDecide: readonly FactKey[];
}
