// Putting this case's values into the sentences of knowledge/. Values come from outside and are hostile: in prose they
// stay raw (whoever prints makes them safe), in commands they are quoted for the shell that will read them.
//
// A placeholder is {fact.key}, or {host} {port} {url} {endpoint} for the target; `|` adds how to say it:
// {expiry.daysLeft|abs}, {clock.skewSeconds|duration}, {expiry.leafNotAfter|date}, {chain.missing|first}, {trust.anchor|cn}.
import type { FactKey, Seen } from '../model/facts.ts';
import type { Lang, Platform } from '../model/knowledge.ts';
import { WORDS } from './words.ts';

/** What the run is about, for sentences and commands that name it. */
export interface About {
  readonly host: string;
  readonly port: number;
  readonly url: string;
}

export interface Values {
  readonly seen: Seen;
  readonly about: About | null;
}

/** A sentence for people, values filled in raw. What is not known is said so. */
export function fillText(text: string, values: Values, lang: Lang): string {
  return text.replace(PLACEHOLDER, (_whole, key: string, form: string | undefined) => {
    const value = valueFor(key, values);
    return value === undefined ? WORDS[lang].unknown : say(value, form, lang, WORDS[lang].values[key as FactKey]);
  });
}

/**
 * A command to copy, values quoted for the shell of the platform (`windows` = PowerShell; `any` = both). A value that
 * cannot be quoted safely, or is not known, is left as a word in capitals for the person to replace.
 */
export function fillCommand(command: string, platform: Platform, values: Values): string {
  return command.replace(PLACEHOLDER, (_whole, key: string, form: string | undefined) => {
    const value = valueFor(key, values);
    const text = value === undefined || value === null ? '' : say(Array.isArray(value) ? value[0] : value, form, 'en');
    return quoted(text, platform) ?? standIn(key);
  });
}

/** The fact keys and target words that a text asks for. */
export function placeholdersOf(text: string): string[] {
  return [...text.matchAll(PLACEHOLDER)].map(match => match[1] ?? '');
}

const PLACEHOLDER = /\{(host|port|url|endpoint|[a-z]+\.[A-Za-z0-9]+)(?:\|([a-z]+))?\}/g;

function valueFor(key: string, { seen, about }: Values): unknown {
  if (key === 'host' || key === 'port' || key === 'url') return about?.[key];
  if (key === 'endpoint')
    return about ? `${about.host.includes(':') ? `[${about.host}]` : about.host}:${about.port}` : undefined;
  const observation = seen[key as FactKey];
  return observation?.known ? observation.value : undefined;
}

function say(
  value: unknown,
  form: string | undefined,
  lang: Lang,
  readings: Readonly<Record<string, string>> = {},
): string {
  const words = WORDS[lang];
  if (value === null || value === undefined) return words.none;
  if (Array.isArray(value)) {
    if (value.length === 0) return words.none;
    if (form === 'first') return say(value[0], undefined, lang, readings);
    const shown = value.slice(0, MANY).map(each => say(each, form, lang, readings));
    return value.length > MANY
      ? `${shown.join(words.comma)}${words.more(value.length - MANY)}`
      : shown.join(words.comma);
  }
  if (typeof value === 'boolean') return value ? words.yes : words.no;
  if (typeof value === 'number')
    return form === 'duration' ? duration(Math.abs(value), lang) : String(form === 'abs' ? Math.abs(value) : value);
  if (typeof value === 'object') {
    const named = value as { readonly subject?: unknown; readonly verifyMessage?: unknown };
    return say(named.verifyMessage ?? named.subject ?? JSON.stringify(value), form, lang);
  }
  const text = String(value);
  if (form === 'cn')
    return /(?:^|[,/]\s*)CN\s*=\s*((?:\\.|[^,\\])+)(?!.*CN\s*=)/.exec(text.slice(0, LONGEST_NAME))?.[1]?.trim() ?? text;
  if (form === 'date') return text.slice(0, 10);
  return ISO_TIME.test(text)
    ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`
    : Object.hasOwn(readings, text)
      ? (readings[text] ?? text)
      : text;
}

function duration(seconds: number, lang: Lang): string {
  const [unit, size] = UNITS.find(([, each]) => seconds >= each * 2) ?? UNITS[UNITS.length - 1] ?? ['second', 1];
  const count = Math.round(seconds / size);
  return lang === 'zh' ? `${count} ${UNITS_ZH[unit]}` : `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function quoted(text: string, platform: Platform): string | null {
  // A leading dash would be read as an option however it is quoted; control and direction marks deceive who copies.
  if (text === '' || text.startsWith('-') || UNSHOWABLE.test(text) || text.length > LONGEST_NAME) return null;
  if (PLAIN.test(text)) return text;
  if (platform === 'linux' || platform === 'macos') return `'${text.replaceAll("'", "'\\''")}'`;
  // PowerShell takes typographic quotation marks for quotation marks too (about_Quoting_Rules).
  if (platform === 'windows') return `'${text.replace(/['‘’‚‛]/g, '$&$&')}'`;
  return /['‘’‚‛]/.test(text) ? null : `'${text}'`;
}

const standIn = (key: string) =>
  STAND_INS[key] ??
  key
    .replace(/^.*\./, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase();

const STAND_INS: Readonly<Record<string, string>> = {
  endpoint: 'HOST:PORT',
  'hostname.asked': 'HOST',
  'trust.store': 'CA_BUNDLE.pem',
  'chain.missingUrl': 'ISSUER_URL',
};

const MANY = 6;
const LONGEST_NAME = 2000;
const PLAIN = /^[A-Za-z0-9_./:=+-]+$/;
const UNSHOWABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const UNITS: readonly (readonly [string, number])[] = [
  ['year', 31_557_600],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];
const UNITS_ZH: Readonly<Record<string, string>> = {
  year: '年',
  day: '天',
  hour: '小时',
  minute: '分钟',
  second: '秒',
};
