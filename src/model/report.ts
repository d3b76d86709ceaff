import type { CertificateInfo, VerifyAnswer } from './certificate.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Seen } from './facts.ts';
import type { StageResult } from './stage.ts';
import type { Target } from './target.ts';

/** What the chosen client would answer. */
export interface Prediction {
  readonly profile: string;
  /** Would the request get its answer? null = the evidence does not decide. */
  readonly ok: boolean | null;
  /** null when it succeeds or fails for another reason than verification. */
  readonly verifyCode: number | null;
  readonly verifyName: string | null;
  readonly verifyMessage: string | null;
  /** The line the client would print. */
  readonly text: string | null;
  /** What it would say next, were the first one mended. */
  readonly then: readonly VerifyAnswer[];
}

export interface ClientPrediction {
  readonly id: string;
  readonly path: string;
  readonly version: string;
  readonly trust: { readonly kind: string; readonly path: string; readonly because: string };
  readonly ok: boolean;
  readonly verifyCode: number | null;
  readonly message: string | null;
  readonly confirmed: boolean | null;
}

export interface Report {
  readonly schema: 'tlsdoctor.report/1';
  readonly tool: { readonly name: 'tlsdoctor'; readonly version: string };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: Target;
  readonly stages: readonly StageResult[];
  readonly chain: {
    readonly sent: readonly CertificateInfo[];
    readonly built: readonly string[];
    /** One sentence each, raw. */
    readonly problems: readonly string[];
  };
  readonly prediction: { readonly python: Prediction; readonly clients: readonly ClientPrediction[] };
  readonly diagnosis: Diagnosis;
  /** Every observation; the JSON writer sorts them under their stages. */
  readonly facts: Seen;
}
