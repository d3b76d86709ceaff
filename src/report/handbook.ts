// The handbook's pages: an error, a cause, a verify code. `explain ID` prints them; JSON has the same in plain objects.
import type { ErrorEntry, VerifyCode } from '../model/clue.ts';
import type { FoundFix } from '../model/diagnosis.ts';
import type { Cause, Lang } from '../model/knowledge.ts';
import { type DocumentOptions, fixParts, type Part } from './document.ts';
import { plain } from './explanation.ts';
import { explanationWords } from './explanation-words.ts';
import { line } from './safe-text.ts';
import { words } from './words.ts';

export type Page =
  | { readonly kind: 'error'; readonly entry: ErrorEntry; readonly codes: readonly VerifyCode[] }
  | {
      readonly kind: 'cause';
      readonly cause: Cause;
      readonly fixes: readonly FoundFix[];
      readonly errors: readonly string[];
    }
  | { readonly kind: 'verify-code'; readonly code: VerifyCode };

/** One page after another, as they were found for an id. */
export function pageParts(pages: readonly Page[], causes: readonly Cause[], options: DocumentOptions): Part[] {
  return pages.flatMap((page, i) => {
    const parts =
      page.kind === 'error'
        ? errorPage(page, causes, options.lang)
        : page.kind === 'cause'
          ? causePage(page, options)
          : codePage(page, options.lang);
    return i === 0 ? parts : [heading(''), ...parts];
  });
}

function errorPage({ entry, codes }: Extract<Page, { kind: 'error' }>, causes: readonly Cause[], lang: Lang): Part[] {
  const said = explanationWords(lang);
  const titles = new Map(causes.map(cause => [cause.id, plain(cause.title[lang])]));
  // First what holds in any text, then what only certain texts suggest.
  const ordered = [...entry.causes.filter(row => row.when === null), ...entry.causes];
  const rows = ordered.filter((row, i) => ordered.findIndex(({ cause }) => cause === row.cause) === i);
  return [
    heading(`${entry.title[lang]}  [${entry.id}]`),
    paragraph(entry.means[lang]),
    heading(said.from),
    ...rows.map(row => item(`${titles.get(row.cause) ?? row.cause} (${row.cause}): ${row.because[lang]}`)),
    heading(said.decides),
    paragraph(entry.decides[lang]),
    heading(said.wordings),
    ...entry.wordings.flatMap(({ by, says }) => item(`${by.join(', ')}: ${says.map(each => `“${each}”`).join(', ')}`)),
    ...(codes.length === 0 ? [] : [heading(said.code), ...codes.map(code => item(codeLine(code)))]),
  ];
}

function causePage({ cause, fixes, errors }: Extract<Page, { kind: 'cause' }>, options: DocumentOptions): Part[] {
  const { lang } = options;
  const said = words(lang);
  return [
    heading(`${plain(cause.title[lang])}  [${cause.id}]`),
    ...cause.explain[lang].split('\n\n').map(paragraph),
    ...(errors.length === 0 ? [] : [heading(explanationWords(lang).leads), ...errors.map(id => item(id))]),
    ...(['client', 'server', 'network'] as const).flatMap(role => {
      const own = fixes.filter(fix => fix.role === role);
      return own.length === 0
        ? []
        : [heading(`${said.whatToDo}: ${said.roles[role]}`), ...own.flatMap(fix => fixParts(fix, options))];
    }),
    ...(cause.avoid.length === 0
      ? []
      : [heading(said.avoid), ...cause.avoid.map(each => item(`${each.advice[lang]}: ${each.because[lang]}`, 'warn'))]),
    heading(said.sources),
    ...cause.sources.map(source => item(source)),
  ];
}

function codePage({ code }: Extract<Page, { kind: 'verify-code' }>, lang: Lang): Part[] {
  const said = explanationWords(lang);
  return [
    heading(`${said.code} ${code.code}: ${code.name}`),
    paragraph(code.message),
    ...(code.error === null ? [paragraph(said.noPage)] : []),
    ...(code.elsewhere.length === 0
      ? []
      : [
          heading(said.elsewhere),
          ...code.elsewhere.map(({ library, name, wider }) =>
            item(`${library}: ${name}${wider ? ` (${said.wider})` : ''}`),
          ),
        ]),
  ];
}

const codeLine = ({ code, name, message }: VerifyCode) => `${code}  ${name}  ${message}`;

const heading = (text: string): Part => ({ kind: 'heading', text: line(text) });
const paragraph = (text: string): Part => ({ kind: 'paragraph', text: line(text.trim(), 4000) });
const item = (text: string, mark: 'plain' | 'warn' = 'plain'): Part => ({ kind: 'item', text: line(text, 4000), mark });
