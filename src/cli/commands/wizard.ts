// No command: the wizard when a person sits at a terminal, else `check`.
import { readArgs, UsageError } from '../args.ts';
import type { ExitCode } from '../exit.ts';

export async function wizard(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('wizard', argv);
  if (args.help) return (await import('../help.ts')).help([]);
  const given = args.positionals.join(' ');
  const terminal = process.stdin.isTTY === true && process.stdout.isTTY === true && args.format === 'text';
  if (terminal) return (await import('../open-wizard.ts')).openWizard(args, { input: given });
  if (given === '') throw new UsageError('give a URL or a host', 'tlsdoctor --help');
  return (await import('./check.ts')).checkTargets(args, args.positionals);
}
