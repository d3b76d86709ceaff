// What a pasted text says, as parts in reading order (document.ts draws reports from the same): the error and where, what
// it means, what it may come from, what would decide it, what not to do.
import type { Clue, ErrorEntry, Explanation, UnsafeEntry } from '../model/clue.ts';
import type { Cause, Lang } from '../model/knowledge.ts';
import type { Part } from './document.ts';
import { explanationWords } from './explanation-words.ts';
import { block, line } from './safe-text.ts';
import { words } from './words.ts';

/** What the sentences come from. */
export interface ExplanationKnowledge {
  readonly errors: readonly ErrorEntry[];
  readonly causes: readonly Cause[];
  readonly unsafe: readonly UnsafeEntry[];
}

/** The whole explanation. */
export function explanationParts(explanation: Explanation, knowledge: ExplanationKnowledge, lang: Lang): Part[] {
  const said = explanationWords(lang);
  const { primary } = explanation;
  const entry = knowledge.errors.find(each => each.id === primary?.error);
  if (!primary || !entry)
    return [
      { kind: 'headline', status: 'inconclusive', text: said.nothing, aside: '' },
      paragraph(said.nothingText),
      ...unsafe(explanation, knowledge, lang),
    ];
  return [
    { kind: 'headline', status: 'problem', text: line(entry.title[lang]), aside: line(aside(primary, lang)) },
    paragraph(entry.means[lang]),
    heading(said.says),
    item(primary.line, 'fail'),
    ...versions(primary, lang),
    heading(said.from),
    ...primary.causes.slice(0, SHOWN).map(({ cause, likelihood, because }) => {
      const title = knowledge.causes.find(each => each.id === cause)?.title[lang] ?? cause;
      return item(`${plain(title)} (${cause}, ${words(lang).confidence[likelihood]}): ${because[lang]}`);
    }),
    heading(said.decides),
    paragraph(entry.decides[lang]),
    ...(primary.host === null
      ? []
      : [paragraph(`${said.look}:`), command(`tlsdoctor check ${word(addressOf(primary))}`)]),
    ...(primary.causes[0] ? [paragraph(`${said.more}:`), command(`tlsdoctor explain ${primary.causes[0].cause}`)] : []),
    ...unsafe(explanation, knowledge, lang),
    ...also(explanation, knowledge, lang),
  ];
}

/** `host:port` as a target is written. */
export function addressOf({ host, port, url }: Pick<Clue, 'host' | 'port' | 'url'>): string {
  if (host === null) return '';
  const shown = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const scheme = url === null ? null : /^(?:wss|ldaps|smtps|imaps)(?=:)/.exec(url)?.[0];
  const at = port === null || port === 443 ? shown : `${shown}:${port}`;
  return scheme ? `${scheme}://${at}` : `https://${at}`;
}

const SHOWN = 6;

function aside(primary: Clue, lang: Lang): string {
  const said = explanationWords(lang);
  const where = primary.host === null ? null : `${primary.host}${primary.port === null ? '' : `:${primary.port}`}`;
  return [
    `${said.tool} ${primary.tool}`,
    ...(where === null ? [] : [where]),
    ...(primary.proxy === null ? [] : [`${said.through} ${primary.proxy}`]),
  ].join(', ');
}

function versions({ versions: found }: Clue, lang: Lang): Part[] {
  const names = Object.entries(found).map(([name, version]) => `${name} ${version}`);
  return names.length === 0 ? [] : [item(`${explanationWords(lang).versions}: ${names.join(', ')}`)];
}

function unsafe({ unsafe: advice }: Explanation, knowledge: ExplanationKnowledge, lang: Lang): Part[] {
  const said = explanationWords(lang);
  const rows = advice.flatMap(({ id, found }) => {
    const entry = knowledge.unsafe.find(each => each.id === id);
    return entry
      ? [item(`${found}: ${entry.why[lang]}`, 'warn'), item(`${said.instead}: ${entry.instead[lang]}`, 'ok')]
      : [];
  });
  return rows.length === 0 ? [] : [heading(said.unsafe), ...rows];
}

function also({ all }: Explanation, knowledge: ExplanationKnowledge, lang: Lang): Part[] {
  const rest = all.slice(1, 1 + SHOWN);
  if (rest.length === 0) return [];
  return [
    heading(explanationWords(lang).also),
    ...rest.map(clue => {
      const title = knowledge.errors.find(each => each.id === clue.error)?.title[lang] ?? clue.error;
      return item(`${title}${clue.host === null ? '' : ` (${clue.host})`}: ${clue.line}`);
    }),
  ];
}

/** A title whose values are not known, because nobody looked yet: without the gaps. */
export const plain = (text: string) => text.replace(/\s*[“"（(]?\{[^}]*\}[”"）)]?/g, '').replace(/\s+/g, ' ');

/** A word for any shell: what came from a paste is never trusted with one. */
const word = (text: string) => (/^[\w.:/[\]-]+$/.test(text) ? text : `'${text.replace(/['\\\r\n]/g, '')}'`);

const heading = (text: string): Part => ({ kind: 'heading', text: line(text) });
const paragraph = (text: string): Part => ({ kind: 'paragraph', text: line(text, 4000) });
const item = (text: string, mark: 'plain' | 'ok' | 'fail' | 'warn' = 'plain'): Part => ({
  kind: 'item',
  text: line(text, 4000),
  mark,
});
const command = (text: string): Part => ({ kind: 'command', text: block(text) });
