// One healthy check on loopback, as a ratio to `openssl s_client` and to curl on the same server.

import { compileScenarios } from '../../src/lab/compile.ts';
import { startScenario } from '../../src/lab/scenario.ts';
import { cleanEnv } from '../tools/environment.ts';
import { PROGRAM } from '../tools/program.ts';
import { raceAsync } from './race.ts';

export async function benchHealthy(): Promise<string[]> {
  const root = new URL('../../', import.meta.url).pathname;
  const scenario = compileScenarios(`${root}src/lab/scenarios`).find(each => each.id === 'healthy');
  if (!scenario) throw new Error('the healthy scenario is gone');
  const running = await startScenario(scenario);
  try {
    const { trustFile, end, target, args } = running;
    const times = await raceAsync(
      {
        'tlsdoctor check': [
          process.execPath,
          PROGRAM,
          'check',
          target,
          ...args,
          '--profile',
          'requests@python3.12',
          '--json',
        ],
        'tlsdoctor check, asking python3': [process.execPath, PROGRAM, 'check', target, ...args, '--json'],
        'openssl s_client': [
          'openssl',
          's_client',
          '-connect',
          `${end?.host}:${end?.port}`,
          '-CAfile',
          trustFile ?? '',
          '-verify_return_error',
        ],
        curl: ['curl', '-s', '--cacert', trustFile ?? '', '--noproxy', '*', target],
        'node -e 0': [process.execPath, '-e', '0'],
      },
      11,
      cleanEnv(),
    );
    const own = times['tlsdoctor check'] ?? Number.NaN;
    return Object.entries(times).map(
      ([name, ms]) => `${name.padEnd(32)} ${ms.toFixed(0).padStart(5)} ms   check is ${(own / ms).toFixed(2)} × this`,
    );
  } finally {
    await running.close();
  }
}
