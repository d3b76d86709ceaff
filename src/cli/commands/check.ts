// `tlsdoctor check`: targets in, one report each on stdout; progress on stderr when that is a terminal.

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { diagnose } from '../../diagnose.ts';
import { readTarget } from '../../intake/url.ts';
import type { Report } from '../../model/report.ts';
import type { Target } from '../../model/target.ts';
import { type Args, type Format, readArgs, UsageError } from '../args.ts';
import { EXIT, type ExitCode, exitCodeOf, worst } from '../exit.ts';
import { requireFiles } from '../files.ts';
import { interruptSignal } from '../interrupt.ts';
import { progressLine } from '../progress.ts';
import { printer } from './print.ts';

export async function check(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('check', argv);
  if (args.help) return (await import('../help.ts')).help(['check']);
  return checkTargets(args, args.positionals);
}

/** Also what the wizard falls back to when there is no terminal. */
export async function checkTargets(args: Args, given: readonly string[]): Promise<ExitCode> {
  // Every target is read before the first is contacted: a typing error in the third must not surface after a minute.
  const targets = given.map(input => targetOf(input, args));
  if (targets.length === 0 && args.input === null)
    throw new UsageError(
      'check needs a target: a URL, host, host:port or scheme://host',
      'tlsdoctor check https://example.com',
    );
  await requireFiles(args.options);
  const several = targets.length > 1 || args.input !== null;
  const format: Format = several && args.format === 'json' ? 'jsonl' : args.format;
  const print = await printer(format, args);
  const interrupted = interruptSignal();
  const codes: ExitCode[] = [];

  const one = async (target: Target) => {
    const show = progressLine(!several && process.stderr.isTTY === true);
    let report: Report | null = null;
    try {
      for await (const event of diagnose(target, args.options, { signal: interrupted })) {
        show.event(event);
        if (event.type === 'report') report = event.report;
      }
    } finally {
      show.clear();
    }
    if (interrupted.aborted) codes.push(EXIT.interrupted);
    else if (report) {
      await print(report);
      codes.push(exitCodeOf(report.diagnosis));
    }
  };

  const source = async function* () {
    yield* targets;
    if (args.input === null) return;
    for await (const line of lines(args.input)) {
      const text = line.trim();
      if (text !== '' && !text.startsWith('#')) yield targetOf(text, args);
    }
  };
  await eachAtMost(several ? args.concurrency : 1, source(), one);
  if (codes.length === 0 && !interrupted.aborted) throw new UsageError(`no target in '${args.input}'`);
  return interrupted.aborted ? EXIT.interrupted : worst(codes);
}

function targetOf(input: string, { options }: Args): Target {
  const read = readTarget(input, {
    ...(options.servername === null ? {} : { servername: options.servername }),
    ...(options.starttls === null ? {} : { starttls: options.starttls }),
  });
  if (!read.ok) throw new UsageError(read.why, read.hint ?? null);
  return read.target;
}

async function* lines(path: string): AsyncGenerator<string> {
  const input = path === '-' ? process.stdin : createReadStream(path);
  try {
    // An 'error' before the first line must reach the loop, not the process.
    const failed = new Promise<never>((_, reject) => input.once('error', reject));
    failed.catch(() => {});
    const reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([reader.next(), failed]);
      if (next.done) return;
      yield next.value.slice(0, 4096);
    }
  } catch (error) {
    throw new UsageError(`cannot read '${path}': ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`);
  }
}

/** Runs `work` on every item, at most `limit` at the same time; the first failure ends it. */
async function eachAtMost<T>(limit: number, items: AsyncGenerator<T>, work: (item: T) => Promise<void>): Promise<void> {
  const worker = async () => {
    for await (const item of { [Symbol.asyncIterator]: () => ({ next: () => items.next() }) } as AsyncIterable<T>)
      await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
}
