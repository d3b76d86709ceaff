// Start-up of each command as a ratio to `node -e 0`.
import { cleanEnv } from '../tools/environment.ts';
import { PROGRAM } from '../tools/program.ts';
import { raceAsync } from './race.ts';

export async function benchStartup(): Promise<string[]> {
  const node = process.execPath;
  const times = await raceAsync(
    {
      'node -e 0': [node, '-e', '0'],
      '--version': [node, PROGRAM, '--version'],
      '--help': [node, PROGRAM, '--help'],
      'check of a closed port': [
        node,
        PROGRAM,
        'check',
        'https://127.0.0.1:9',
        '--json',
        '--proxy',
        'none',
        '--profile',
        'python3.12',
        '--default-ca-file',
        '/dev/null',
      ],
    },
    15,
    cleanEnv(),
  );
  const base = times['node -e 0'] ?? Number.NaN;
  return Object.entries(times).map(
    ([name, ms]) => `${name.padEnd(24)} ${ms.toFixed(0).padStart(5)} ms   ${(ms / base).toFixed(2)} × node -e 0`,
  );
}
