// A paste as the program printed it: without the terminal's colours, the log's prefixes, quotation marks of mails and
// issues, and the breaks that a narrow window put into the middle of words.

/** Line breaks are \n afterwards. Linear in the text's length. */
export function cleaned(text: string): string {
  const plain = text
    .replace(/\u001b\[[0-9;?:]{0,40}[ -/]{0,4}[@-~]/g, '')
    .replace(/\u001b\][^\u0007\u001b]{0,2000}(?:\u0007|\u001b\\)/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\u200b-\u200f\u2060\ufeff\u0000]/g, '')
    .replace(/\u00a0/g, ' ')
    .replace(/&(?:lt|gt|quot|amp|#39|#x27);/g, entity => ENTITIES[entity] ?? entity)
    // A host that a web page turned into a link: [host](http://host/)
    .replace(/\[([\w.-]{1,253})\]\(https?:\/\/[^)\s]{1,500}\)/g, '$1');
  return unwrapped(plain.split('\n').map(withoutPrefix))
    .map(line => line.trimEnd())
    .join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&amp;': '&',
  '&#39;': "'",
  '&#x27;': "'",
};

/** What stands before each line of a log; at most a few of them, one after another. */
const PREFIXES: readonly RegExp[] = [
  /^[ \t]{0,200}(?:[>│┃╷╵|][ \t]?){1,6}/,
  /^#\d{1,4} (?:\d{1,6}\.\d{1,4} )?/,
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z[ \t]/,
  /^\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\][ \t]/,
  /^[\w.-]{1,60}[ \t]{1,40}\|[ \t]/,
  /^\[nltk_data\][ \t]{4,}/,
];

function withoutPrefix(line: string): string {
  let rest = line;
  for (const prefix of PREFIXES) {
    const found = prefix.exec(rest.slice(0, 400))?.[0];
    if (found) rest = rest.slice(found.length);
  }
  return rest;
}

/** Lines that end where the window ended go on in the next: at least two lines of exactly the greatest width. */
function unwrapped(lines: readonly string[]): string[] {
  const widest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  const full = lines.filter(line => line.length === widest).length;
  if (widest < 60 || widest > 260 || full < 2) return [...lines];
  const joined: string[] = [];
  let open = false;
  for (const line of lines) {
    if (open) joined[joined.length - 1] = `${joined.at(-1) ?? ''}${line}`;
    else joined.push(line);
    open = line.length === widest;
  }
  return joined;
}
