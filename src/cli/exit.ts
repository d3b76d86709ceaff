// How the program ends. Exit codes are a contract (CONTRACT.md); a script that calls us must be able to rely on them.
import type { Diagnosis } from '../model/diagnosis.ts';

export const EXIT = { healthy: 0, problem: 1, usage: 2, inconclusive: 3, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const exitCodeOf = (diagnosis: Pick<Diagnosis, 'status'>): ExitCode => EXIT[diagnosis.status];

/** Of several targets: a problem anywhere outweighs an inconclusive one, which outweighs health. */
export function worst(codes: readonly ExitCode[]): ExitCode {
  for (const code of [EXIT.interrupted, EXIT.usage, EXIT.problem, EXIT.inconclusive])
    if (codes.includes(code)) return code;
  return EXIT.healthy;
}
