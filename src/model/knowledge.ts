// The nouns of knowledge/: what the YAML files hold once compiled. knowledge/schema/*.json is the same, for editors.
import type { FactKey } from './facts.ts';
import type { StageId } from './stage.ts';

export type Lang = 'en' | 'zh';
/** What people read. Markdown with {fact.key} placeholders. */
export type Text = { readonly [L in Lang]: string };

export type Confidence = 'certain' | 'likely' | 'possible';
/** `error`: a client fails. `warning`: it works, and is worth a word. `note`: for information. */
export type Severity = 'error' | 'warning' | 'note';

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | ({ readonly fact: FactKey } & Test);

export type Test =
  | { readonly is: string | number | boolean | null }
  | { readonly in: readonly (string | number | null)[] }
  | { readonly has: string | number }
  /** The first element of a list. */
  | { readonly first: string | number }
  /** An empty list or null. */
  | { readonly empty: boolean }
  /** Numerically greater than; of a list, its length (the absolute value for skew is a fact of its own). */
  | { readonly over: number }
  | { readonly under: number };

export interface Cause {
  /** The file's name; src/ never names one. */
  readonly id: string;
  readonly group:
    | 'connection'
    | 'proxy'
    | 'handshake'
    | 'chain'
    | 'hostname'
    | 'time'
    | 'revocation'
    | 'interception'
    | 'machine'
    | 'fleet';
  /** The stage at which the client meets it. */
  readonly stage: StageId;
  readonly severity: Severity;
  /** X509_V_ERR_* codes it surfaces as; [] = it stops the client at its stage. */
  readonly codes: readonly number[];
  readonly title: Text;
  readonly summary: Text;
  readonly explain: Text;
  /** The strongest confidence whose condition holds wins. */
  readonly when: Partial<Record<Confidence, Condition>>;
  /** When it holds but the client succeeds all the same (a trusted interceptor, a near expiry): milder, in other words. */
  readonly mild: Mild | null;
  /** Causes that are only symptoms of this one. */
  readonly explains: readonly string[];
  /** How to say a fact that counted. */
  readonly evidence: Partial<Record<FactKey, Text>>;
  readonly fixes: readonly Fix[];
  /** What people are told elsewhere, and why it is wrong. */
  readonly avoid: readonly { readonly advice: Text; readonly because: Text }[];
  /** RFC section, OpenSSL file, vendor page. */
  readonly sources: readonly string[];
}

export interface Mild {
  readonly when: Condition;
  readonly severity: 'warning' | 'note';
  /** Instead of the cause's own. */
  readonly title: Text;
  readonly summary: Text;
}

export type Role = 'server' | 'client' | 'network';
export type Platform = 'linux' | 'macos' | 'windows' | 'any';

export interface Fix {
  readonly id: string;
  readonly title: Text;
  readonly role: Role;
  readonly safety: 'safe' | 'care' | 'last-resort';
  /** Shown unless this is known to be false; null = always. */
  readonly when: Condition | null;
  readonly steps: readonly Step[];
}

export interface Step {
  readonly text: Text;
  readonly platform: Platform;
  /** The tool it is for: `nginx`, `requests`, …; null = whichever. */
  readonly tool: string | null;
  /** Copyable whole; may hold {fact.key} placeholders, which are quoted for a shell. */
  readonly command: string | null;
  /** A command whose success proves the step. */
  readonly verify: string | null;
  /** Id of an action in src/remedy/actions/. */
  readonly apply: string | null;
}

/** A product that re-signs TLS on the way. A name alone proves nothing: it counts only when the chain reaches no public root. */
export interface Interceptor {
  readonly id: string;
  readonly product: string;
  readonly vendor: string;
  readonly kind: 'proxy' | 'antivirus' | 'developer' | 'captive-portal';
  /** Any one is enough; each needs all of its `fields` (attribute → anchored pattern for the whole trimmed value). */
  readonly match: readonly InterceptorMatch[];
  /** Certificates known by fingerprint: lower-case hex SHA-256, or SHA-1 where only that was published. */
  readonly certificates: readonly string[];
  /** Public keys known by the base64 SHA-256 of their SubjectPublicKeyInfo. */
  readonly keys: readonly string[];
  /** Where it puts its root certificate on a machine. */
  readonly localFiles: readonly string[];
  /** The vendor's page about its root. */
  readonly rootDocs: readonly string[];
  /** How its root fares under Python 3.13's strict rules, when known. */
  readonly strict: string | null;
  readonly notes: string | null;
  readonly sources: readonly string[];
}

export interface InterceptorMatch {
  /** `leafIssuer`: issuer of the leaf; `anyIssuer`: any issuer sent; `rootSubject`: a self-signed certificate sent or in a local store. */
  readonly where: 'leafIssuer' | 'anyIssuer' | 'rootSubject';
  readonly fields: Readonly<Record<string, string>>;
  readonly confidence: 'high' | 'medium';
}

/** Who is asked when it is unclear whether somebody in the middle answers (knowledge/canaries.yaml). */
export interface Canaries {
  /** Hosts of different operators, certified by public CAs, whose issuers are compared with the target's. */
  readonly hosts: readonly string[];
  /** Further names that only public CAs certify; `*.` stands for one label or more. Never contacted. */
  readonly publicSites: readonly string[];
  /** Plain-http addresses with a known answer: what else comes back was put there by the network. */
  readonly probes: readonly PortalProbe[];
}

export interface PortalProbe {
  readonly url: string;
  readonly status: number;
  /** What the body begins with; empty = an empty body. */
  readonly body: string;
}

/** What is known of the public root list: today's, and what was taken off it (knowledge/roots.yaml). */
export interface KnownRoots {
  /** The release of the list that `current` is. */
  readonly version: string;
  readonly current: readonly { readonly name: string; readonly sha256: string }[];
  readonly removed: readonly RemovedRoot[];
  /** Cross-signs past their time that servers still send, and the root that took over. */
  readonly crossSigns: readonly {
    readonly issuer: string;
    readonly expired: string;
    readonly instead: string;
    readonly breaks: string;
  }[];
  /** Two public roots of one name with different certificates (re-issued or re-keyed): fingerprints, today's first. */
  readonly reissued: readonly { readonly name: string; readonly sha256: readonly string[] }[];
}

/** Public intermediates under one root: what is known of certificates that a server may have forgotten. */
export interface KnownIntermediates {
  /** Subject of the root. */
  readonly root: string;
  readonly issuers: readonly { readonly keyId: string; readonly subject: string }[];
}

export interface RemovedRoot {
  readonly name: string;
  /** Lower-case hex SHA-256 of the DER. */
  readonly sha256: string;
  /** Subject as certificates print it, and subjectKeyIdentifier in hex; null = not recorded. */
  readonly subject: string | null;
  readonly keyId: string | null;
  /** ISO date, and the release of the list it left with. */
  readonly removedOn: string;
  readonly removedIn: string | null;
  readonly notAfter: string;
  readonly why: 'expired' | 'distrusted' | 'retired' | 'reissued' | 'removed';
}
