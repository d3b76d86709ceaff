// `npm run picture`: the README's terminal picture, drawn from what the built program really puts on a screen.
import { writeFileSync } from 'node:fs';
import { type Look, open } from '../pty/terminal.ts';

const OUT = new URL('../pictures/wizard.svg', import.meta.url);
const [COLUMNS, ROWS, CELL, LINE] = [80, 24, 8.4, 18];
// The sixteen colours of a dark terminal.
const PALETTE = ['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'];

const wizard = open(['practice', 'missing-intermediate'], { columns: COLUMNS, rows: ROWS, env: { CI: 'false' } });
await wizard.until(/FAIL {2}The server does not send/);
await wizard.until(/q quit/);
writeFileSync(OUT, draw(wizard.runs()));
wizard.press('q');
await wizard.exit;

function draw(rows: readonly (readonly Look[])[]): string {
  const [width, height] = [COLUMNS * CELL + 24, ROWS * LINE + 24];
  const lines = rows.map((looks, row) => looks.map(look => run(look, row)).join('')).filter(line => line !== '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="ui-monospace,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14">
<title>tlsdoctor at a server that forgot its intermediate</title>
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
${lines.join('\n')}
</svg>
`;
}

function run({ text, column, bold, dim, inverse, color }: Look, row: number): string {
  if (text.trim() === '' && !inverse) return '';
  const [x, y] = [(12 + column * CELL).toFixed(1), 12 + row * LINE];
  const ink = color < 0 ? '#e6edf3' : (PALETTE[color % 8] ?? '#e6edf3');
  const width = (text.length * CELL).toFixed(1);
  const box = inverse ? `<rect x="${x}" y="${y}" width="${width}" height="${LINE}" fill="${ink}"/>` : '';
  const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}`;
  return `${box}<text x="${x}" y="${y + 13}" fill="${inverse ? '#0d1117' : ink}" textLength="${width}" lengthAdjust="spacingAndGlyphs" xml:space="preserve"${style}>${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
