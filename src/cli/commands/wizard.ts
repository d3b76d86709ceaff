// No command: the wizard when a person sits at a terminal; else `check`, or `explain` for an error text.
import { looksLikeText } from '../../intake/url.ts';
import { readArgs, UsageError } from '../args.ts';
import type { ExitCode } from '../exit.ts';

export async function wizard(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('wizard', argv);
  if (args.help) return (await import('../help.ts')).help([]);
  const given = args.positionals.join(' ');
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && args.format === 'text';
  if (terminal) return (await import('../open-wizard.ts')).openWizard(args, { input: given });
  if (given === '' && process.stdin.isTTY !== true) {
    const { explainStream, print } = await import('./explain.ts');
    const bytes = await firstBytes();
    if (bytes !== null) return print(await explainStream(bytes, 'stdin'), args);
  }
  if (args.positionals.some(looksLikeText)) {
    const { explainGiven, print } = await import('./explain.ts');
    return print(explainGiven(given), args);
  }
  if (given === '') throw new UsageError('give a URL or a host', 'tlsdoctor --help');
  return (await import('./check.ts')).checkTargets(args, args.positionals);
}

/** stdin, when something comes from it soon: a pipe that stays silent must not hold up the message that a target is missing. */
async function firstBytes(): Promise<AsyncIterable<unknown> | null> {
  const { stdin } = process;
  const some = await new Promise<boolean>(resolve => {
    const end = (found: boolean) => {
      clearTimeout(deadline);
      resolve(found);
    };
    const deadline = setTimeout(end, SILENCE_MS, false);
    stdin.once('readable', () => end(stdin.readableLength > 0));
    stdin.once('end', () => end(false));
    stdin.once('error', () => end(false));
  });
  if (!some) stdin.destroy();
  return some ? stdin : null;
}

const SILENCE_MS = 1000;
