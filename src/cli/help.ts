// --help, from the same rows the parser reads.

import { wrap } from '../report/safe-text.ts';
import { OPTION_ROWS } from './args.ts';
import { EXIT, type ExitCode } from './exit.ts';

const USAGE: Readonly<Record<string, string>> = {
  wizard: 'tlsdoctor [target or pasted text]',
  check: 'tlsdoctor check TARGET… [options]',
  explain: 'tlsdoctor explain [FILE|-|ID|TEXT] [options]',
  inspect: 'tlsdoctor inspect FILE|TARGET [options]',
  practice: 'tlsdoctor practice [NAME] [options]',
};

/** Prints the help of one command, or of all. */
export async function help(argv: readonly string[]): Promise<ExitCode> {
  const { commandTable } = await import('./main.ts');
  const command = argv.find(word => USAGE[word]);
  const lines = command
    ? [`Usage: ${USAGE[command]}`, '', ...options(command)]
    : [
        'tlsdoctor finds out why a TLS connection fails on this machine, says how it',
        'knows, and what to do.',
        '',
        `Usage: ${USAGE.wizard}`,
        '       tlsdoctor COMMAND …',
        '',
        'Commands:',
        ...commandTable().map(([name, about]) => `  ${name.padEnd(10)} ${about}`),
        '',
        'Examples:',
        '  tlsdoctor                                  opens the wizard',
        '  tlsdoctor check https://example.com        a report',
        '  tlsdoctor check example.com:8443 --json    the same for programs',
        '  pip install x 2>&1 | tlsdoctor explain     what an error text says, offline',
        '  tlsdoctor practice missing-intermediate    try it with no network',
        '',
        'A TARGET is a URL, host, host:port, [v6]:port, or smtp://, imap://, ldap://,',
        'postgres:// and so on.',
        'Exit codes: 0 healthy, 1 a problem was diagnosed, 2 wrong usage,',
        '            3 inconclusive, 130 interrupted.',
        'tlsdoctor COMMAND --help lists a command’s options.',
      ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return EXIT.healthy;
}

function options(command: string): string[] {
  return [
    'Options:',
    ...OPTION_ROWS.filter(row => row.of.includes(command)).flatMap(row => {
      const name = `  ${row.short ? `-${row.short}, ` : ''}--${row.name}${row.value ? ` ${row.value}` : ''}`;
      const about = wrap(row.help, 78, ' '.repeat(28));
      // A long name stands alone, its meaning below it.
      return name.length > 26 ? [name, ...about] : [name.padEnd(28) + (about[0] ?? '').trimStart(), ...about.slice(1)];
    }),
  ];
}
