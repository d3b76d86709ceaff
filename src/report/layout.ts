// Parts to lines of a given width, each with its style: what the text report prints and the wizard scrolls.
import type { Part } from './document.ts';
import { typewritten, width, wrap } from './safe-text.ts';

export type Style = 'plain' | 'dim' | 'bold' | 'good' | 'bad' | 'warn' | 'command' | 'heading';

export interface Line {
  readonly text: string;
  readonly style: Style;
}

/**
 * Lines no wider than `columns`, but for commands, which stay whole.
 * @param breakCommands where lines get cut: long commands go on after a backslash, so that they can still be copied
 */
export function layOut(parts: readonly Part[], columns: number, unicode: boolean, breakCommands = false): Line[] {
  const lines: Line[] = [];
  const said = (text: string) => typewritten(text, unicode);
  const add = (texts: readonly string[], style: Style) => lines.push(...texts.map(text => ({ text, style })));
  for (const [i, part] of parts.entries()) {
    switch (part.kind) {
      case 'headline': {
        const { symbol, word, style } = HEADLINES[part.status];
        add(hanging(`${unicode ? symbol[0] : symbol[1]} ${word}  ${said(part.text)}`, columns, '  '), style);
        add(wrap(said(part.aside), columns, '  '), 'dim');
        break;
      }
      case 'heading':
        add(['', said(part.text)], 'heading');
        break;
      case 'paragraph': {
        const indent = /^ */.exec(part.text)?.[0] ?? '';
        add(wrap(said(part.text.trim()), columns, `  ${indent}`), 'plain');
        break;
      }
      case 'item':
        add(hanging(`  ${bullet(part.mark, unicode)} ${said(part.text)}`, columns, '    '), ITEM_STYLES[part.mark]);
        break;
      case 'command':
        add(
          part.text
            .split('\n')
            .flatMap(text => (breakCommands ? continued(text, columns - 8) : [text]))
            .map(text => `      ${text}`),
          'command',
        );
        break;
      case 'tree':
        for (const { text, mark } of part.lines)
          add([`  ${said(text)}`], mark === 'fail' ? 'bad' : mark === 'stranger' ? 'dim' : 'plain');
        break;
      case 'route':
        if (i > 0) add([''], 'plain');
        add(
          hanging(`  ${route(part.places.map(said), part.broken, unicode)}`, columns, '  '),
          part.broken === null ? 'good' : 'plain',
        );
        break;
    }
  }
  return lines;
}

const HEADLINES = {
  healthy: { symbol: ['✓', '+'], word: 'OK', style: 'good' },
  problem: { symbol: ['✗', 'x'], word: 'FAIL', style: 'bad' },
  inconclusive: { symbol: ['?', '?'], word: 'UNDECIDED', style: 'warn' },
} as const;

const ITEM_STYLES = { plain: 'plain', ok: 'bold', fail: 'bad', warn: 'warn' } as const;

function bullet(mark: 'plain' | 'ok' | 'fail' | 'warn', unicode: boolean): string {
  const marks = unicode ? { plain: '•', ok: '→', fail: '✗', warn: '!' } : { plain: '-', ok: '>', fail: 'x', warn: '!' };
  return marks[mark];
}

function route(places: readonly string[], broken: number | null, unicode: boolean): string {
  const [good, bad] = unicode ? ['───', '─✗─'] : ['---', '-x-'];
  return places
    .map((place, i) => (i === places.length - 1 ? place : `${place} ${i === broken ? bad : good} `))
    .join('');
}

function hanging(text: string, columns: number, indent: string): string[] {
  const lead = /^ */.exec(text)?.[0] ?? '';
  const [first = '', ...rest] = wrap(text.trimStart(), columns - indent.length);
  return [`${lead}${first}`, ...rest.map(more => `${indent}${more}`)];
}

/** A shell command over several lines, broken at blanks outside quotes; a word longer than a line stays whole. */
function continued(command: string, columns: number): string[] {
  const words = command.match(/(?:'[^']*'|"(?:[^"\\]|\\.)*"|[^\s'"]|['"])+|\s+/g) ?? [command];
  const lines: string[] = [''];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.trim() !== '' && width(last + word) > columns && word.trim() !== '') lines.push(`  ${word}`);
    else lines[lines.length - 1] = last + word;
  }
  return lines.map((text, i) => (i < lines.length - 1 ? `${text.trimEnd()} \\` : text.trimEnd()));
}
