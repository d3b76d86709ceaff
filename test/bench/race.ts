// Interleaved runs of whole processes.
import { execFileSync } from 'node:child_process';

/** Medians of `rounds` interleaved runs of each command, in milliseconds. */
export function race(commands: Readonly<Record<string, readonly string[]>>, rounds: number, env: Record<string, string>): Record<string, number> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, [program = '', ...args]] of Object.entries(commands)) {
      const started = performance.now();
      try {
        execFileSync(program, args, { env, stdio: ['ignore', 'ignore', 'ignore'] });
      } catch {
        // An exit code is no matter here; the time it took is.
      }
      const list = times[name] ?? [];
      list.push(performance.now() - started);
      times[name] = list;
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
