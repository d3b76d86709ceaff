// Runs the built program as a user's shell would, stdout and stderr apart.
import { spawn } from 'node:child_process';
import { cleanEnv } from './environment.ts';

export const PROGRAM = new URL('../../bin/tlsdoctor.js', import.meta.url).pathname;

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * @param how.within words before the program's own, as of unshare
 * @param how.input what stands on standard input; none = empty
 */
export function run(
  argv: readonly string[],
  how: {
    env?: Readonly<Record<string, string>>;
    input?: string;
    node?: readonly string[];
    within?: readonly string[];
  } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const [command = '', ...words] = [...(how.within ?? []), process.execPath, ...(how.node ?? []), PROGRAM, ...argv];
    const child = spawn(command, words, {
      env: cleanEnv(how.env),
      stdio: ['pipe', 'pipe', 'pipe'],
      // A program that does not end is a fault to be seen (code null), not to be waited for.
      timeout: 60_000,
      killSignal: 'SIGKILL',
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', text => (out.stdout += text));
    child.stderr.setEncoding('utf8').on('data', text => (out.stderr += text));
    child.on('error', reject);
    child.on('close', code => resolve({ code, ...out }));
    child.stdin.on('error', () => {});
    child.stdin.end(how.input ?? '');
  });
}
