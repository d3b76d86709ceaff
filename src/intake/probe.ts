// From a clue to a run: where to look, through which proxy, by whose rules; and whether the run saw the same error.
import type { Clue, ErrorEntry } from '../model/clue.ts';
import { PROXY_TOOLS, type ProxyTool } from '../model/proxy.ts';
import type { Report } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import { readTarget } from './url.ts';
import { compareVersions } from './versions.ts';

export interface Probe {
  readonly target: Target | null;
  /** What the text names as the failing client's proxy; null = the machine's own settings decide. */
  readonly proxy: string | null;
  /** The program whose own settings choose the proxy, when the text names none. */
  readonly proxyOf: ProxyTool | null;
  /** A --profile name; null = the default of this machine. */
  readonly profile: string | null;
}

/** How to look at what a clue is about, as the program that failed would. */
export function probeOf(clue: Clue): Probe {
  const proxyOf = PROXY_TOOLS.find(tool => tool === clue.tool) ?? null;
  return { target: targetOf(clue), proxy: clue.proxy, proxyOf, profile: profileFor(clue) };
}

/** `same`: the run meets that error now. `gone`: nothing is wrong now. `other`: something else is. */
export type Again = 'same' | 'gone' | 'other' | 'unknown';

/** Compares what a text said with what a run found. */
export function seenAgain(clue: Clue, entry: ErrorEntry, { prediction: { python }, diagnosis }: Report): Again {
  if (diagnosis.status === 'healthy') return 'gone';
  if (diagnosis.status === 'inconclusive') return 'unknown';
  if (python.verifyCode !== null && python.verifyCode !== 0) {
    // A text without a reason is met by any of them.
    const vague = entry.codes.length > 0 && entry.codes.includes(UNSPECIFIED);
    return vague || entry.codes.includes(python.verifyCode) ? 'same' : 'other';
  }
  if (entry.codes.length > 0) return 'other';
  const cause = diagnosis.primary?.cause;
  return clue.causes.some(each => each.cause === cause) ? 'same' : 'other';
}

/** X509_V_ERR_UNSPECIFIED */
const UNSPECIFIED = 1;

function targetOf({ host, port, url }: Clue): Target | null {
  if (host === null) return null;
  const scheme = url === null ? null : /^[a-z][a-z0-9+.-]{0,20}(?=:\/\/)/i.exec(url)?.[0].toLowerCase();
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
  const written = `${scheme && scheme !== 'http' ? `${scheme}://` : ''}${bracketed}${port === null ? '' : `:${port}`}`;
  const read = readTarget(written);
  return read.ok ? read.target : null;
}

/** Python programs have their own rules by version, those on urllib3 stricter ones; the others follow OpenSSL's. */
function profileFor({ tool, versions: { python } }: Clue): string | null {
  if (PLAIN_OPENSSL.has(tool)) return 'openssl';
  if (python === undefined || compareVersions(python, '3.6') < 0) return null;
  const [major, minor] = python.split('.');
  const name = `python${major}.${minor}`;
  return PLAIN_PYTHON.has(tool) ? name : `requests@${name}`;
}

const PLAIN_OPENSSL: ReadonlySet<string> = new Set([
  'curl',
  'wget',
  'git',
  'openssl',
  'php',
  'composer',
  'ruby',
  'node',
  'npm',
  'yarn',
  'pnpm',
]);
const PLAIN_PYTHON: ReadonlySet<string> = new Set([
  'python',
  'urllib',
  'httpx',
  'aiohttp',
  'nltk',
  'ansible',
  'pyopenssl',
]);
