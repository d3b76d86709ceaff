// Interleaved runs of whole processes, so that a busy moment of the machine meets every runner alike.
import { spawn } from 'node:child_process';

/** Medians of `rounds` runs of each command, in milliseconds; the event loop stays free for a server in this process. */
export async function raceAsync(
  commands: Readonly<Record<string, readonly string[]>>,
  rounds: number,
  env: Record<string, string>,
): Promise<Record<string, number>> {
  const times = new Map<string, number[]>(Object.keys(commands).map(name => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, argv] of Object.entries(commands)) times.get(name)?.push(await timeOf(argv, env));
  }
  return Object.fromEntries([...times].map(([name, list]) => [name, median(list)]));
}

function timeOf([program = '', ...args]: readonly string[], env: Record<string, string>): Promise<number> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // An exit code is no matter here; the time is.
    spawn(program, args, { env, stdio: 'ignore' })
      .on('error', reject)
      .on('close', () => resolve(performance.now() - started));
  });
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
