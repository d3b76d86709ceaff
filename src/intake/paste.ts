// Which host an error text is about: the one that failed, by the way the common clients word it, not the first mentioned.
import type { Target } from '../model/target.ts';
import { readTarget } from './url.ts';

/** The target named by a pasted error text, or null. At most the first 1 MiB is looked at; linear in its length. */
export function targetIn(text: string): Target | null {
  const lines = text
    .slice(0, 1 << 20)
    .split('\n')
    .map(plain);
  for (const pattern of PATTERNS) {
    // Nested exceptions put what the person ran last; the last mention is the one that was raised.
    for (const line of lines.toReversed()) {
      const found = pattern.exec(line.slice(0, 4000))?.groups;
      const read = found ? readTarget(targetOf(found)) : null;
      if (read?.ok) return read.target;
    }
  }
  return null;
}

/** Most telling first. Each quantifier is bounded or stands before what it cannot match: linear on any line. */
const PATTERNS: readonly RegExp[] = [
  /HTTPSConnectionPool\(host='(?<host>[^'\s]{1,253})', port=(?<port>\d{1,5})\)/,
  /(?:Cannot connect to host|Failed to connect to|connect to) (?<host>[A-Za-z0-9.-]{1,253})(?::| port )(?<port>\d{1,5})/,
  /unable to access '(?<url>https:\/\/[^'\s]{1,2000})'/,
  /(?:Get|Post|Put|Head) "(?<url>https:\/\/[^"\s]{1,2000})"/,
  /(?:not valid for|doesn't match|does not match(?: target host name)?) '(?<host>[^'\s]{1,253})'/,
  /(?<url>(?:https|ldaps?|smtps?|imaps?|postgres(?:ql)?):\/\/[A-Za-z0-9[][^\s'"<>)\]]{0,2000})/,
];

function targetOf(found: Record<string, string | undefined>): string {
  if (found.url) return found.url.replace(/[.,;:]+$/, '');
  return found.port ? `${found.host}:${found.port}` : (found.host ?? '');
}

/** Without colours of the terminal it was copied from. */
const plain = (line: string) => line.replace(/\u001b\[[0-9;?]{0,20}[ -/]{0,4}[@-~]/g, '');
