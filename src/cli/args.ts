// Every option once: what it is called, what it takes, what it means. The parser, --help and the README's table read it.
import { parseArgs } from 'node:util';
import { DEFAULTS, type Options } from '../model/options.ts';
import { PROXY_TOOLS } from '../model/proxy.ts';
import type { StartTls } from '../model/target.ts';
import { readCanary } from '../net/canary-name.ts';

/** Wrong usage: one line for stderr, perhaps a second with a hint; exit 2. */
export class UsageError extends Error {
  readonly hint: string | null;
  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

export const FORMATS = ['text', 'json', 'jsonl', 'markdown', 'html', 'prometheus'] as const;
export type Format = (typeof FORMATS)[number];

export interface Args {
  readonly positionals: readonly string[];
  readonly format: Format;
  readonly input: string | null;
  readonly concurrency: number;
  readonly options: Options;
  /** --host of `inspect`. */
  readonly host: string | null;
  readonly password: string | null;
  readonly serve: boolean;
  readonly verbose: boolean;
  readonly help: boolean;
}

interface Row {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help; null = a switch. */
  readonly value: string | null;
  readonly multiple?: boolean;
  readonly of: readonly string[];
  readonly help: string;
}

const PROBING = ['wizard', 'check', 'practice'];
/** `inspect` of a live server connects as `check` does. */
const CONNECTING = [...PROBING, 'inspect'];
const JUDGING = CONNECTING;
const SPEAKING = [...JUDGING, 'explain'];

export const OPTION_ROWS: readonly Row[] = [
  { name: 'json', value: null, of: SPEAKING, help: 'the report as JSON, same as --format json' },
  {
    name: 'format',
    value: FORMATS.join('|'),
    of: ['check', 'practice', 'explain'],
    help: 'how the report is written (default: text)',
  },
  {
    name: 'verbose',
    short: 'v',
    value: null,
    of: SPEAKING,
    help: 'the whole explanation, every certificate field that counted',
  },
  {
    name: 'ca-file',
    value: 'FILE',
    multiple: true,
    of: JUDGING,
    help: 'judge with exactly this bundle, as requests’ verify=FILE would (repeatable: joined)',
  },
  { name: 'default-ca-file', value: 'FILE', of: PROBING, help: 'what certifi and the system store are taken to be' },
  { name: 'reference-roots', value: 'FILE', of: PROBING, help: 'what counts as the public root list of today' },
  {
    name: 'canary',
    value: 'HOST[:PORT][@CONNECT]',
    multiple: true,
    of: PROBING,
    help: 'a host to compare issuers with (repeatable; none = no canary)',
  },
  {
    name: 'portal-probe',
    value: 'URL|none',
    of: PROBING,
    help: 'plain-http address that answers 204, asked when a login page may be in the way',
  },
  {
    name: 'profile',
    value: 'NAME',
    of: JUDGING,
    help: 'whose rules to predict: python3.12, requests@python3.13, openssl, …',
  },
  {
    name: 'connect',
    value: 'HOST:PORT',
    multiple: true,
    of: CONNECTING,
    help: 'connect there; name, SNI and Host stay the target’s',
  },
  { name: 'proxy', value: 'URL|none', of: CONNECTING, help: 'instead of the environment’s proxy settings' },
  {
    name: 'proxy-of',
    value: PROXY_TOOLS.join('|'),
    of: CONNECTING,
    help: 'the proxy that this program’s own settings choose',
  },
  { name: 'cert', value: 'FILE', of: CONNECTING, help: 'client certificate for mutual TLS' },
  { name: 'key', value: 'FILE', of: CONNECTING, help: 'its private key' },
  {
    name: 'key-password-env',
    value: 'NAME',
    of: CONNECTING,
    help: 'environment variable that holds the key’s password',
  },
  { name: 'servername', value: 'NAME', of: CONNECTING, help: 'send this SNI' },
  { name: 'starttls', value: 'PROTO', of: CONNECTING, help: 'smtp, imap, pop3, ftp, ldap, xmpp, postgres or mysql' },
  { name: 'ipv4', short: '4', value: null, of: CONNECTING, help: 'only IPv4 addresses' },
  { name: 'ipv6', short: '6', value: null, of: CONNECTING, help: 'only IPv6 addresses' },
  { name: 'at', value: 'TIME', of: JUDGING, help: 'judge as if the clock showed this ISO 8601 time' },
  { name: 'timeout', value: 'SECONDS', of: CONNECTING, help: 'for the whole run of one target (default: 15)' },
  { name: 'offline', value: null, of: PROBING, help: 'nothing but the target itself is contacted' },
  { name: 'confirm', value: null, of: ['check'], help: 'also runs the real clients found on this machine' },
  { name: 'lang', value: 'en|zh', of: SPEAKING, help: 'language of what people read' },
  { name: 'input', value: 'FILE', of: ['check'], help: 'targets, one a line (- = stdin)' },
  { name: 'concurrency', value: 'N', of: ['check'], help: 'so many targets at the same time (default: 4)' },
  { name: 'host', value: 'NAME', of: ['inspect'], help: 'check the certificate for this name or address' },
  {
    name: 'password',
    value: 'ENV',
    of: ['inspect'],
    help: 'environment variable that holds a PKCS#12 file’s password',
  },
  { name: 'serve', value: null, of: ['practice'], help: 'keep the faulty server running and print how to reach it' },
  { name: 'help', short: 'h', value: null, of: SPEAKING, help: 'this text' },
];

/** The command line after the command's name, read and checked. @throws UsageError */
export function readArgs(command: string, argv: readonly string[]): Args {
  const rows = OPTION_ROWS.filter(row => row.of.includes(command));
  const { values, positionals } = parse(command, argv, rows);
  const text = (name: string) => (typeof values[name] === 'string' ? values[name] : null);
  const list = (name: string) => (Array.isArray(values[name]) ? values[name] : []) as string[];
  const flag = (name: string) => values[name] === true;
  const canaries = list('canary');
  const at = text('at');
  if (flag('ipv4') && flag('ipv6')) throw new UsageError('-4 and -6 exclude each other');
  if ((text('cert') === null) !== (text('key') === null) && text('cert') === null)
    throw new UsageError('--key needs --cert');
  if (text('proxy') !== null && text('proxy-of') !== null)
    throw new UsageError('--proxy and --proxy-of exclude each other');
  const options: Options = {
    ...DEFAULTS,
    timeoutMs: seconds(text('timeout')),
    offline: flag('offline'),
    profile: readProfile(text('profile')),
    caFiles: list('ca-file'),
    defaultCaFile: text('default-ca-file'),
    referenceRoots: text('reference-roots'),
    canaries: canaries.length === 0 ? null : canaries.filter(name => name !== 'none').map(readCanaryName),
    portalProbe: readProbe(text('portal-probe')),
    connect: list('connect').map(readEndpoint),
    proxy: readProxy(text('proxy')),
    proxyOf: oneOf('--proxy-of', text('proxy-of'), PROXY_TOOLS),
    certFile: text('cert'),
    keyFile: text('key'),
    keyPasswordEnv: text('key-password-env'),
    servername: text('servername'),
    starttls: oneOf('--starttls', text('starttls'), STARTTLS),
    family: flag('ipv4') ? 4 : flag('ipv6') ? 6 : null,
    at: at === null ? null : readTime(at),
    confirm: flag('confirm'),
    lang: oneOf('--lang', text('lang'), ['en', 'zh'] as const) ?? 'en',
  };
  const format = flag('json') ? 'json' : (oneOf('--format', text('format'), FORMATS) ?? 'text');
  return {
    positionals,
    format,
    input: text('input'),
    concurrency: whole('--concurrency', text('concurrency'), 4),
    options,
    host: text('host'),
    password: text('password'),
    serve: flag('serve'),
    verbose: flag('verbose'),
    help: flag('help'),
  };
}

function parse(command: string, argv: readonly string[], rows: readonly Row[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        rows.map(row => [
          row.name,
          {
            type: row.value === null ? ('boolean' as const) : ('string' as const),
            multiple: row.multiple ?? false,
            ...(row.short ? { short: row.short } : {}),
          },
        ]),
      ),
    }) as { values: Record<string, string | boolean | string[] | undefined>; positionals: string[] };
  } catch (error) {
    const unknownName = /'(-[^']*?)[ ']/.exec(String(error))?.[1];
    const elsewhere = OPTION_ROWS.find(row => `--${row.name}` === unknownName);
    const near =
      unknownName &&
      nearest(
        unknownName.replace(/^-+/, ''),
        rows.map(row => row.name),
      );
    const first = String((error as Error).message).split(/\. |\n/)[0] ?? 'wrong usage';
    throw new UsageError(
      first,
      elsewhere && !elsewhere.of.includes(command)
        ? `${unknownName} belongs to: ${elsewhere.of.join(', ')}`
        : near
          ? `did you mean --${near}?`
          : null,
    );
  }
}

const STARTTLS: readonly StartTls[] = ['smtp', 'imap', 'pop3', 'ftp', 'ldap', 'xmpp', 'postgres', 'mysql'];

/** The candidate within two edits, or null. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const scored = candidates.map(name => ({ name, cost: distance(word, name) })).sort((a, b) => a.cost - b.cost);
  return scored[0] && scored[0].cost <= Math.min(2, word.length - 1) ? scored[0].name : null;
}

/** Levenshtein distance of two short words. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, x] of [...a.slice(0, 40)].entries()) {
    const next = [i + 1];
    for (const [j, y] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (x === y ? 0 : 1)));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function oneOf<T extends string>(option: string, value: string | null, allowed: readonly T[]): T | null {
  if (value === null) return null;
  const found = allowed.find(name => name === value);
  if (!found) throw new UsageError(`${option} takes ${allowed.join(', ')}, not '${value}'`);
  return found;
}

function whole(option: string, value: string | null, otherwise: number): number {
  if (value === null) return otherwise;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 256)
    throw new UsageError(`${option} takes a whole number from 1 to 256, not '${value}'`);
  return number;
}

function seconds(value: string | null): number {
  if (value === null) return DEFAULTS.timeoutMs;
  const number = Number(value);
  if (!(number > 0 && number <= 3600))
    throw new UsageError(`--timeout takes seconds (more than 0, at most 3600), not '${value}'`);
  return Math.round(number * 1000);
}

function readTime(value: string): string {
  // Date.parse takes far more than ISO 8601, and means different things by it on different machines.
  if (
    !/^\d{4}-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?$/.test(value) ||
    Number.isNaN(Date.parse(value))
  )
    throw new UsageError(`--at takes an ISO 8601 time such as 2026-01-31T12:00:00Z, not '${value}'`);
  return new Date(/T/.test(value) && !/(Z|[+-]\d\d:?\d\d)$/.test(value) ? `${value}Z` : value).toISOString();
}

function readProfile(value: string | null): string | null {
  if (value === null) return null;
  if (!/^(openssl|(requests@)?python3\.([6-9]|1[0-4]))$/.test(value))
    throw new UsageError(
      `--profile takes openssl, python3.6 … python3.14 or requests@python3.6 … 3.14, not '${value}'`,
    );
  return value;
}

function readProxy(value: string | null): string | null | undefined {
  if (value === null) return undefined;
  if (value === 'none') return null;
  if (!URL.canParse(value.includes('://') ? value : `http://${value}`))
    throw new UsageError('--proxy takes a URL such as http://proxy.example:3128, or none');
  return value;
}

function readCanaryName(value: string): string {
  if (!readCanary(value)) throw new UsageError(`--canary takes HOST[:PORT][@CONNECT] or none, not '${value}'`);
  return value;
}

function readProbe(value: string | null): string | null | undefined {
  if (value === null) return undefined;
  if (value === 'none') return null;
  if (!/^http:\/\//i.test(value) || !URL.canParse(value))
    throw new UsageError(`--portal-probe takes an http:// URL or none, not '${value}'`);
  return value;
}

/** `host:port` or `[v6]:port`. */
function readEndpoint(value: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || !(port >= 1 && port <= 65535)) throw new UsageError(`--connect takes HOST:PORT, not '${value}'`);
  return { host, port };
}
