// From the command line to a command. Each command is imported when it is called: nobody pays for what he does not use.
// Results go to stdout, progress and complaints to stderr; wrong usage is one line there and exit 2.
import { nearest, UsageError } from './args.ts';
import { EXIT, type ExitCode } from './exit.ts';

type Command = (argv: readonly string[]) => Promise<ExitCode>;

const COMMANDS: Readonly<Record<string, { readonly about: string; readonly load: () => Promise<Command> }>> = {
  check: {
    about: 'diagnose targets and print a report',
    load: async () => (await import('./commands/check.ts')).check,
  },
  explain: {
    about: 'understand a pasted error, or print a page of the handbook',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  inspect: {
    about: 'show certificates, and verify them offline',
    load: async () => (await import('./commands/inspect.ts')).inspect,
  },
  practice: {
    about: 'diagnose a faulty server on this machine, with no network',
    load: async () => (await import('./commands/practice.ts')).practice,
  },
  help: { about: 'this text', load: async () => (await import('./help.ts')).help },
};

/** Promised by the contract, delivered by a later version: say so instead of “unknown command”. */
const LATER = ['clients', 'fix', 'undo'];

/** Runs the command line and sets the exit code. Never rejects. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe: that is not our error.
  process.stdout.on('error', error => {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(process.exitCode ?? 0);
  });
  // Deadlines do not keep the process alive by themselves; until there is an answer, this does.
  const alive = setInterval(() => {}, 60_000);
  try {
    process.exitCode = await dispatch(argv);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const { line } = await import('../report/safe-text.ts');
    process.stderr.write(`tlsdoctor: ${line(error.message)}${error.hint ? ` (${line(error.hint)})` : ''}\n`);
    process.exitCode = EXIT.usage;
  } finally {
    clearInterval(alive);
  }
}

async function dispatch(argv: readonly string[]): Promise<ExitCode> {
  const [first, ...rest] = argv;
  if (first === '--help' || first === '-h') return (await import('./help.ts')).help(rest);
  const command = first === undefined ? undefined : COMMANDS[first];
  if (command && Object.hasOwn(COMMANDS, first as string)) return (await command.load())(rest);
  if (first !== undefined && LATER.includes(first)) throw new UsageError(`'${first}' is not part of this version yet`);
  const near =
    first && /^[a-z]+$/.test(first) && first !== 'localhost'
      ? nearest(first, [...Object.keys(COMMANDS), ...LATER])
      : null;
  if (near)
    throw new UsageError(`unknown command '${first}'`, `did you mean '${near}'? a host of that name: https://${first}`);
  return (await import('./commands/wizard.ts')).wizard(argv);
}

/** For the help page. */
export const commandTable = (): readonly (readonly [string, string])[] =>
  Object.entries(COMMANDS).map(([name, { about }]) => [name, about] as const);

export const startedAsProgram = process.argv[1]?.endsWith('/src/cli/main.ts') ?? false;
if (startedAsProgram) await main(process.argv.slice(2));
