// The only place that makes untrusted text fit to be printed. Facts hold raw text; every renderer takes SafeText.
// Shown as it is: what a person can read. Made visible: whatever moves a cursor, hides or turns text around.

declare const safe: unique symbol;
/** Text that passed through here. Nothing else may make one. */
export type SafeText = string & { readonly [safe]: true };

/** One line for a terminal: control, direction and invisible characters made visible, line breaks too; at most `limit` characters. */
export function line(text: string, limit = 500): SafeText {
  const clean = visible(text).replace(/[\t\r\n]+/g, ' ');
  return (clean.length > limit ? `${cut(clean, limit - 1)}…` : clean) as SafeText;
}

/** Several lines for a terminal: as `line`, but line breaks stay. */
export function block(text: string, limit = 20_000): SafeText {
  const clean = visible(text.replace(/\r\n?/g, '\n')).replace(/\t/g, '  ');
  return (clean.length > limit ? `${cut(clean, limit - 1)}…` : clean) as SafeText;
}

/** A line within Markdown: as `line`, and no character means markup. */
export function markdown(text: string): SafeText {
  return line(text).replace(/[\\`*_{}[\]<>#|!~]/g, character =>
    character === '<' ? '&lt;' : character === '>' ? '&gt;' : `\\${character}`,
  ) as SafeText;
}

/** A line within HTML text or a quoted attribute. */
export function html(text: string): SafeText {
  return line(text).replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`) as SafeText;
}

/** JSON.stringify, with what it leaves raw and a terminal would obey written as \uXXXX. */
export function jsonStringify(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(HIDDEN, character =>
    character === '\n' ? character : [...character].map(each => escapeUnits(each)).join(''),
  );
}

/** Our own punctuation for a terminal without Unicode; names in other scripts stay as they are. */
export function typewritten(text: string, unicode: boolean): string {
  return unicode ? text : text.replace(/[“”‘’…–—·→×≥≤§]/g, character => TYPEWRITER[character] ?? character);
}

const TYPEWRITER: Readonly<Record<string, string>> = {
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '…': '...',
  '–': '-',
  '—': '-',
  '·': '|',
  '→': '->',
  '×': 'x',
  '≥': '>=',
  '≤': '<=',
  '§': 's. ',
};

/** Columns a text takes in a terminal: East Asian wide characters and emoji count two, combining marks none. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) columns += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** Breaks at spaces (or anywhere between wide characters) so that no line is wider than `columns`. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let current = '';
    for (const word of paragraph.match(WORDS) ?? ['']) {
      if (current !== '' && width(indent + current + word.trimEnd()) > columns) {
        lines.push(indent + current.trimEnd());
        current = '';
      }
      let rest = current === '' ? word.trimStart() : word;
      while (width(indent + rest) > columns && rest.length > 1) {
        const part = fitting(rest, Math.max(1, columns - width(indent)));
        if (part.length >= rest.trimEnd().length) break;
        lines.push(indent + part);
        rest = rest.slice(part.length);
      }
      current += rest;
    }
    lines.push((indent + current).trimEnd());
  }
  return lines;
}

/** The longest beginning of the text that fits. */
export function fitting(text: string, columns: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += width(character);
    if (used > columns) break;
    end += character.length;
  }
  return text.slice(0, Math.max(end, 1));
}

// C0 (but for what callers handle), DEL and C1, soft hyphen and zero-width characters, line and paragraph separators,
// bidirectional controls, tags and variation selectors that hide text, non-characters, lone surrogates.
const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\uffff]|[\u{e0000}-\u{e0fff}]|[\ud800-\udfff]/gu;

const visible = (text: string) =>
  text.replace(HIDDEN, character =>
    character === '\n' || character === '\r' || character === '\t'
      ? character
      : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );

const escapeUnits = (character: string) =>
  character
    .split('')
    .map(unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** Never cuts a pair of surrogates in two. */
const cut = (text: string, end: number) => text.slice(0, /[\ud800-\udbff]/.test(text[end - 1] ?? '') ? end - 1 : end);

const COMBINING = /\p{Mn}|\p{Me}/u;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const WORDS =
  /[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60] *|[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]+ *| +/g;
