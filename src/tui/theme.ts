// How a line's style looks. With colour off nothing but the words and symbols tell things apart, which is enough.
import type { Style } from '../report/layout.ts';

interface Ink {
  readonly color?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly underline?: boolean;
}

const STYLES: Readonly<Record<Style, Ink>> = {
  plain: {},
  dim: { dimColor: true },
  bold: { bold: true },
  good: { color: 'green', bold: true },
  bad: { color: 'red', bold: true },
  warn: { color: 'yellow' },
  command: { color: 'cyan' },
  heading: { bold: true, underline: true },
};

export const inkOf = (style: Style, colour: boolean): Ink => (colour ? STYLES[style] : {});
