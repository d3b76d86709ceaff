// What programs may use (CONTRACT.md, “The package exports the same things for programs”). Nothing else is public.
import { errors, speakers, unsafeAdvices } from './data.ts';
import { explainText, pasteReader } from './intake/explain.ts';
import type { Explanation } from './model/clue.ts';

export { diagnose, type How } from './diagnose.ts';
export type { CertificateInfo } from './model/certificate.ts';
export type { Clue, Explanation } from './model/clue.ts';
export type { Diagnosis, Finding } from './model/diagnosis.ts';
export type { Event } from './model/event.ts';
export type { Facts, Observation } from './model/facts.ts';
export type { Options } from './model/options.ts';
export type { Report } from './model/report.ts';
export type { Target } from './model/target.ts';
export { TrustStore, trustStore } from './pki/store.ts';
export { verifyChain } from './pki/verify.ts';

/** What a pasted error text or log says: which tool, which host, which error, what it may come from. Offline. */
export function explain(text: string): Explanation {
  return explainText(text, pasteReader({ errors: errors(), speakers: speakers(), unsafe: unsafeAdvices() }));
}
