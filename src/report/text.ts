// The report for a person at a terminal, 80 columns unless told otherwise.
import type { Lang, Platform } from '../model/knowledge.ts';
import type { Report } from '../model/report.ts';
import { documentOf, type Part } from './document.ts';
import { type Line, layOut, type Style } from './layout.ts';
import { words } from './words.ts';

export interface TextOptions {
  readonly width: number;
  readonly colour: boolean;
  readonly unicode: boolean;
  readonly lang: Lang;
  readonly verbose: boolean;
  readonly platform: Platform;
}

/** The whole report, with a line break at the end. Its only escape sequences are our own colours. */
export function textReport(report: Report, options: TextOptions): string {
  const lines = layOut(documentOf(report, options), options.width, options.unicode);
  if (!options.verbose && report.diagnosis.primary)
    lines.push({ text: '', style: 'plain' }, { text: words(options.lang).more, style: 'dim' });
  return painted(lines, options.colour);
}

/** Parts of anything else that is read like a report: an explanation, a page of the handbook. */
export const textOf = (
  parts: readonly Part[],
  { width, unicode, colour }: Pick<TextOptions, 'width' | 'unicode' | 'colour'>,
): string => painted(layOut(parts, width, unicode), colour);

const painted = (lines: readonly Line[], colour: boolean) =>
  `${lines.map(({ text, style }) => (colour ? paint(text, style) : text).trimEnd()).join('\n')}\n`;

/** SGR parameters; the sixteen colours every terminal has, chosen by its owner. */
const SGR: Readonly<Record<Style, string>> = {
  plain: '',
  dim: '2',
  bold: '1',
  good: '1;32',
  bad: '1;31',
  warn: '33',
  command: '36',
  heading: '1;4',
};

const paint = (text: string, style: Style) =>
  SGR[style] === '' || text === '' ? text : `\u001b[${SGR[style]}m${text}\u001b[0m`;
