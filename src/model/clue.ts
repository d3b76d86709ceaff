// What a pasted text says, before anyone knows why; and the knowledge that reads it (knowledge/errors/, speakers.yaml …).
import type { Confidence, Text } from './knowledge.ts';

/** One failure a text speaks of. Texts in it come from the paste, with secrets masked and otherwise raw. */
export interface Clue {
  /** An error id (CONTRACT.md). */
  readonly error: string;
  /** A tool id: the outermost program the person ran that the text shows. */
  readonly tool: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly url: string | null;
  /** The line that says so. */
  readonly line: string;
  /** The proxy the failing client went through, when the text names it. */
  readonly proxy: string | null;
  readonly versions: Versions;
  /** Most likely first. */
  readonly causes: readonly LikelyCause[];
}

/** What the text tells of versions; they decide some explanations. */
export interface Versions {
  readonly python?: string;
  readonly openssl?: string;
  readonly libressl?: string;
  readonly pip?: string;
  readonly curl?: string;
  readonly node?: string;
  readonly java?: string;
}

export interface LikelyCause {
  readonly cause: string;
  readonly likelihood: Confidence;
  readonly because: Text;
}

/** Advice found in the text that switches verification off. */
export interface UnsafeAdvice {
  readonly id: string;
  /** As it stands in the text. */
  readonly found: string;
}

/** Everything a text gave. `primary` is the failure that stopped the person; null = nothing was recognised. */
export interface Explanation {
  readonly primary: Clue | null;
  /** Every failure recognised, `primary` first. */
  readonly all: readonly Clue[];
  readonly unsafe: readonly UnsafeAdvice[];
}

// ── knowledge ──────────────────────────────────────────────────────────────────────────

/** knowledge/errors/<id>.yaml, compiled. */
export interface ErrorEntry {
  readonly id: string;
  readonly title: Text;
  readonly means: Text;
  /** The single fact that would tell the causes apart. */
  readonly decides: Text;
  /** OpenSSL verify codes that are this error. */
  readonly codes: readonly number[];
  /** How much a wording of it says: 9 the very reason, 5 a reason, 3 that it failed, 1 a remark beside the failure. */
  readonly weight: number;
  readonly wordings: readonly Wording[];
  readonly causes: readonly CauseRow[];
}

export interface Wording {
  /** Tool ids that speak so, for people. */
  readonly by: readonly string[];
  /** Spoken texts; blanks, quotes, commas, hyphens, backslashes and letter case do not count; “…” skips at most 300 characters. */
  readonly says: readonly string[];
  /** Instead of the entry's. */
  readonly weight: number | null;
  /** Only when the host it is about is written as an address. */
  readonly host: 'ip' | null;
  readonly examples: readonly ErrorExample[];
}

export interface ErrorExample {
  readonly text: string;
  readonly tool: string | null;
  readonly host: string | null;
}

/** A likely cause; rows stand in order of likelihood, and the first that holds counts for its cause. */
export interface CauseRow {
  readonly cause: string;
  readonly likelihood: Confidence;
  readonly because: Text;
  readonly when: RowCondition | null;
}

/** All that is given must hold. */
export interface RowCondition {
  readonly tool?: readonly string[];
  readonly host?: readonly HostKind[];
  /** Any of these words stands in the text. */
  readonly says?: readonly string[];
  readonly proxy?: boolean;
  /** The Python that the text names is this or later; false when it names none. */
  readonly pythonFrom?: string;
  readonly pythonBefore?: string;
}

export type HostKind = 'public' | 'private' | 'address' | 'local' | 'none';

/** knowledge/speakers.yaml: by what a tool betrays itself. */
export interface Speaker {
  readonly tool: string;
  /** The greater, the further out: pip before the urllib3 in it. */
  readonly rank: number;
  readonly says: readonly string[];
}

/** knowledge/unsafe.yaml: advice that weakens verification, and the safe way to the same end. */
export interface UnsafeEntry {
  readonly id: string;
  /** Regular expressions; their quantifiers are bounded. */
  readonly found: readonly string[];
  readonly why: Text;
  readonly instead: Text;
  readonly examples: readonly string[];
}

/** knowledge/verify-codes.yaml: OpenSSL's verify codes, and what others call the same. */
export interface VerifyCode {
  readonly code: number;
  readonly name: string;
  readonly message: string;
  /** The error page that explains it; null = the message is all there is to say. */
  readonly error: string | null;
  readonly group: string | null;
  readonly elsewhere: readonly { readonly library: string; readonly name: string; readonly wider: boolean }[];
}

/** What intake needs of knowledge/. */
export interface PasteKnowledge {
  readonly errors: readonly ErrorEntry[];
  readonly speakers: readonly Speaker[];
  readonly unsafe: readonly UnsafeEntry[];
}
