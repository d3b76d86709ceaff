// Which program spoke: the outermost one the person ran that the text shows.
import type { Speaker } from '../model/clue.ts';

export interface Speakers {
  readonly rows: readonly { readonly tool: string; readonly rank: number; readonly found: RegExp }[];
}

/** Compiled once for any number of texts. */
export function speakersOf(speakers: readonly Speaker[]): Speakers {
  return {
    rows: speakers
      .map(({ tool, rank, says }) => ({ tool, rank, found: new RegExp(says.map(pattern).join('|')) }))
      .sort((a, b) => b.rank - a.rank),
  };
}

/** A tool id; `other` when nothing in the text betrays the program. */
export function speakerOf(text: string, { rows }: Speakers): string {
  return rows.find(({ found }) => found.test(text))?.tool ?? 'other';
}

/** A literal; blanks are any blanks, “…” at most 200 characters of a line, and words are whole words. */
function pattern(says: string): string {
  const source = says
    .split('…')
    .map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/\s+/g, '\\s{1,40}'))
    .join('[^\\n]{0,200}?');
  return `${/^[A-Za-z0-9]/.test(says) ? '(?<![\\w])' : ''}${source}${/[A-Za-z0-9]$/.test(says) ? '(?![A-Za-z0-9])' : ''}`;
}
