// `tlsdoctor explain`: understands a text offline (stdin, a file, an argument), or prints a page of the handbook. A log
// is read as a stream: whatever its size, only the places that speak of a failure are kept.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { causes, errors, speakers, unsafeAdvices, verifyCodes } from '../../data.ts';
import { filledFix } from '../../diagnosis/conclude.ts';
import { explainLog, explainText, pasteReader } from '../../intake/explain.ts';
import type { Clue, Explanation, VerifyCode } from '../../model/clue.ts';
import { explanationParts } from '../../report/explanation.ts';
import { type Page, pageParts } from '../../report/handbook.ts';
import { jsonStringify } from '../../report/safe-text.ts';
import { textOf } from '../../report/text.ts';
import { type Args, nearest, readArgs, UsageError } from '../args.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { outputStyle, thisPlatform } from '../terminal.ts';

export async function explain(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('explain', argv);
  if (args.help) return (await import('../help.ts')).help(['explain']);
  const given = args.positionals.join(' ').trim();
  if (given === '' || given === '-') {
    if (process.stdin.isTTY === true)
      process.stderr.write('Paste the text, then press Ctrl-D (Windows: Ctrl-Z, Enter).\n');
    return print(await explainStream(process.stdin, 'stdin'), args);
  }
  const pages = args.positionals.length === 1 ? pagesFor(given) : [];
  if (pages.length > 0) return printPages(pages, args);
  if (args.positionals.length === 1 && given.length < 4096 && !given.includes('\n') && (await isFile(given)))
    return print(await explainStream(createReadStream(given, { highWaterMark: CHUNK }), given), args);
  const explanation = explainGiven(given);
  if (explanation.primary === null && args.positionals.length === 1 && !/\s/.test(given)) throw unknownWord(given);
  return print(explanation, args);
}

/** A text that came as an argument, or in place of a target. */
export const explainGiven = (text: string): Explanation => explainText(text, reader());

/** Prints it as the contract says. */
export function print(explanation: Explanation, args: Args): ExitCode {
  const { lang } = args.options;
  process.stdout.write(
    args.format === 'json' || args.format === 'jsonl'
      ? `${jsonStringify(explanationForm(explanation, args), args.format === 'json' ? 2 : undefined)}\n`
      : textOf(
          explanationParts(explanation, { errors: errors(), causes: causes(), unsafe: unsafeAdvices() }, lang),
          outputStyle(process.stdout),
        ),
  );
  return explanation.primary === null ? EXIT.inconclusive : EXIT.healthy;
}

const reader = () => pasteReader({ errors: errors(), speakers: speakers(), unsafe: unsafeAdvices() });

/** Bytes as they come; UTF-16, as PowerShell redirects it, is turned into UTF-8. @throws UsageError */
export async function explainStream(stream: AsyncIterable<unknown>, name: string): Promise<Explanation> {
  const log = explainLog(reader());
  const parts: Uint8Array[] = [];
  let size = 0;
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let first = true;
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : (chunk as Uint8Array);
      if (first && bytes.length > 1) {
        if (bytes[0] === 0xff && bytes[1] === 0xfe) decoder = new TextDecoder('utf-16le');
        if (bytes[0] === 0xfe && bytes[1] === 0xff) decoder = new TextDecoder('utf-16be');
        first = false;
      }
      const utf8 = decoder ? new TextEncoder().encode(decoder.decode(bytes, { stream: true })) : bytes;
      size += utf8.length;
      if (size <= WHOLE) parts.push(utf8);
      else {
        for (const part of parts.splice(0)) log.push(part);
        log.push(utf8);
      }
    }
  } catch (error) {
    throw new UsageError(`cannot read '${name}': ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`);
  }
  // A short text is read as a whole: lines that were wrapped and prefixed are then whole again.
  return size <= WHOLE ? explainText(new TextDecoder().decode(Buffer.concat(parts)), reader()) : log.end();
}

const WHOLE = 1 << 20;
const CHUNK = 1 << 18;

function explanationForm({ primary, all, unsafe }: Explanation, { options: { lang } }: Args): unknown {
  const form = (clue: Clue) => ({
    error: clue.error,
    tool: clue.tool,
    host: clue.host,
    port: clue.port,
    url: clue.url,
    line: clue.line,
    proxy: clue.proxy,
    versions: clue.versions,
    causes: clue.causes.map(({ cause, likelihood, because }) => ({ cause, likelihood, because: because[lang] })),
    decides: errors().find(entry => entry.id === clue.error)?.decides[lang] ?? null,
  });
  return {
    schema: 'tlsdoctor.explanation/1',
    primary: primary === null ? null : form(primary),
    all: all.map(form),
    unsafe: unsafe.map(({ id, found }) => {
      const entry = unsafeAdvices().find(each => each.id === id);
      return { id, found, why: entry?.why[lang] ?? '', instead: entry?.instead[lang] ?? '' };
    }),
  };
}

/** Every page of that name: an id may be an error's and a cause's. */
function pagesFor(id: string): Page[] {
  const codes = verifyCodes();
  const upper = id.toUpperCase();
  const named = (code: VerifyCode) =>
    code.name === upper ||
    code.name === `X509_V_ERR_${upper}` ||
    (/^\d{1,3}$/.test(id) && code.code === Number(id)) ||
    code.elsewhere.some(({ name, wider }) => name === upper && !wider);
  const code = codes.find(named);
  const name = id.toLowerCase();
  const entry = errors().find(each => each.id === (code?.error ?? name));
  const cause = causes().find(each => each.id === name);
  return [
    ...(code ? [{ kind: 'verify-code' as const, code }] : []),
    ...(entry ? [{ kind: 'error' as const, entry, codes: codes.filter(each => entry.codes.includes(each.code)) }] : []),
    ...(cause
      ? [
          {
            kind: 'cause' as const,
            cause,
            fixes: [],
            errors: errors()
              .filter(each => each.causes.some(row => row.cause === cause.id))
              .map(each => each.id),
          },
        ]
      : []),
  ];
}

function printPages(pages: readonly Page[], args: Args): ExitCode {
  const { lang } = args.options;
  const filled = pages.map(page =>
    page.kind === 'cause'
      ? { ...page, fixes: page.cause.fixes.map(fix => filledFix(fix, { seen: {}, about: null }, lang)) }
      : page,
  );
  const style = outputStyle(process.stdout);
  process.stdout.write(
    args.format === 'json' || args.format === 'jsonl'
      ? `${jsonStringify({ schema: 'tlsdoctor.page/1', pages: filled }, args.format === 'json' ? 2 : undefined)}\n`
      : textOf(
          pageParts(filled, causes(), {
            lang,
            unicode: style.unicode,
            verbose: args.verbose,
            platform: thisPlatform(),
          }),
          style,
        ),
  );
  return EXIT.healthy;
}

const isFile = async (path: string) => (await stat(path).catch(() => null))?.isDirectory() === false;

function unknownWord(word: string): UsageError {
  if (/[/\\]|\.(?:txt|log|out|err|json)$/i.test(word)) return new UsageError(`cannot read '${word}': no such file`);
  const near = nearest(word.toLowerCase(), [...errors().map(entry => entry.id), ...causes().map(cause => cause.id)]);
  return new UsageError(
    `'${word}' is no error id, cause id, verify code or file`,
    near ? `did you mean '${near}'?` : 'several words are read as an error text',
  );
}
