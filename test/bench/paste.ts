// `explain` over a log of 100 MB, beside `grep -E` with one alternation of the same words, both as whole processes; and
// the most memory it held. The log is made here: build output with now and then a failure in it.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileKnowledge } from '../../src/build/compile-knowledge.ts';
import { cleanEnv } from '../tools/environment.ts';
import { PROGRAM } from '../tools/program.ts';
import { raceAsync } from './race.ts';

const SIZE = 100 << 20;

/** Lines to print. */
export async function benchPaste(): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tlsdoctor-bench-'));
  try {
    const words = join(folder, 'words');
    await writeFile(words, alternation());
    const log = await makeLog(join(folder, 'build.log'), 2000);
    const quiet = await makeLog(join(folder, 'quiet.log'), 0);
    const env = cleanEnv({ LC_ALL: 'C.UTF-8' });
    const lines: string[] = [];
    for (const [what, path] of [
      ['a log with 2000 failures in it', log],
      ['a log without any', quiet],
    ] as const) {
      const ours = [process.execPath, PROGRAM, 'explain', path];
      // Into a pipe: grep stops at the first match when its output goes nowhere.
      const times = await raceAsync(
        { ours, grep: ['sh', '-c', 'grep -c -i -E -f "$0" "$1" | cat', words, path] },
        3,
        env,
      );
      const { ours: mine = Number.NaN, grep = Number.NaN } = times;
      const megabytes = (await stat(path)).size / 1e6;
      lines.push(
        `${what}, ${megabytes.toFixed(0)} MB: ${(mine / grep).toFixed(2)} times grep -iE (${(megabytes / (mine / 1000)).toFixed(0)} MB/s), at most ${(await peakMemory(path, env)).toFixed(0)} MB of memory`,
      );
    }
    return lines;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every phrase that is looked for, as one extended regular expression. */
function alternation(): string {
  const phrases = compileKnowledge(new URL('../..', import.meta.url).pathname).errors.flatMap(entry =>
    entry.wordings.flatMap(wording => wording.says.flatMap(says => says.split('…').map(piece => piece.trim()))),
  );
  return `${[...new Set(phrases)].map(phrase => phrase.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')}\n`;
}

async function makeLog(path: string, failures: number): Promise<string> {
  const out = createWriteStream(path);
  const every = failures === 0 ? Number.POSITIVE_INFINITY : Math.floor(SIZE / failures);
  let next = every / 2;
  let written = 0;
  for (let i = 0; written < SIZE; i++) {
    let block = '';
    for (let row = 0; row < 200; row++)
      block += `2026-01-02T03:04:05.${String(i * 200 + row)
        .padStart(7, '0')
        .slice(
          -7,
        )}Z [${row % 7}/7] Compiling module ${(i * 7919) % 10_007} of the project: src/part${row}/index.ts (${(row * 37) % 1000} ms) ok\n`;
    if (written > next) {
      block += `urllib3.exceptions.MaxRetryError: HTTPSConnectionPool(host='h${i}.example', port=443): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: unable to get local issuer certificate (_ssl.c:1006)')))\n`;
      next += every;
    }
    written += block.length;
    if (!out.write(block)) await new Promise(resolve => out.once('drain', () => resolve(null)));
  }
  await new Promise<void>(resolve => out.end(() => resolve()));
  return path;
}

/** MB, as the process itself saw them when it ended. */
function peakMemory(path: string, env: Record<string, string>): Promise<number> {
  const report = "process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS));";
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, PROGRAM, 'explain', path],
    {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', text => (said += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', () => resolve(Number(/peak (\d+)/.exec(said)?.[1] ?? Number.NaN) / 1000));
  });
}
