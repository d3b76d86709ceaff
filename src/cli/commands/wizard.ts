// No command: the wizard when a person sits at a terminal, else `check` (or `explain`, for an error text).
import { looksLikeText } from '../../intake/url.ts';
import { readArgs, UsageError } from '../args.ts';
import type { ExitCode } from '../exit.ts';

export async function wizard(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('wizard', argv);
  if (args.help) return (await import('../help.ts')).help([]);
  const given = args.positionals.join(' ');
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && args.format === 'text';
  if (terminal) return (await import('../open-wizard.ts')).openWizard(args, given === '' ? null : given);
  if (given === '' && process.stdin.isTTY !== true) return (await import('./explain-cli.ts')).explain(['-', ...(args.format === 'json' ? ['--json'] : [])]);
  if (looksLikeText(given)) return (await import('./explain-cli.ts')).explain(['--', given]);
  if (given === '') throw new UsageError('give a URL, a host or an error text', 'tlsdoctor --help');
  return (await import('./check.ts')).checkTargets(args, args.positionals);
}
