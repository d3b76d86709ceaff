// `npm run docs`: the README's tables, from the rows that the parser and --help read. A test says when they are stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { OPTION_ROWS } from '../../src/cli/args.ts';
import { commandTable } from '../../src/cli/main.ts';

const README = new URL('../../README.md', import.meta.url);

/** The README's text with its generated parts made anew. */
export function withTables(readme: string): string {
  return filled(
    filled(
      readme,
      'commands',
      table(
        ['command', 'what it does'],
        commandTable().map(([name, about]) => [`\`tlsdoctor ${name}\``, about]),
      ),
    ),
    'options',
    table(
      ['option', 'meaning', 'of'],
      OPTION_ROWS.map(row => [
        `\`${row.short ? `-${row.short}, ` : ''}--${row.name}${row.value ? ` ${row.value}` : ''}\``,
        row.help,
        row.of.join(' '),
      ]),
    ),
  );
}

function filled(text: string, name: string, table: string): string {
  return text.replace(
    new RegExp(`(<!-- ${name}: [^>]*-->\n)[^]*?(<!-- /${name} -->)`),
    (_all, begin, end) => `${begin}${table}${end}`,
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}

if (process.argv[1] === new URL(import.meta.url).pathname)
  writeFileSync(README, withTables(readFileSync(README, 'utf8')));
