// Versions that a text tells: they decide some explanations (Python 3.13's strict rules, LibreSSL, an old OpenSSL).
import type { Versions } from '../model/clue.ts';

/** Only what stands there in so many words or in a path or error code that only one version prints. */
export function versionsIn(text: string): Versions {
  const found: Record<string, string> = {};
  for (const [name, forms] of FORMS) {
    for (const form of forms) {
      const version = form.exec(text)?.[1];
      if (version === undefined) continue;
      found[name] ??= version;
    }
  }
  if (found.openssl === undefined && found.libressl === undefined) {
    // OpenSSL packs an error as library, function, reason: 3.x has no function number (ERR_PACK, include/openssl/err.h),
    // and LibreSSL's function is always 0xfff or its state machine's.
    const code = /\berror:([0-9A-Fa-f]{8}):/.exec(text)?.[1]?.toUpperCase();
    if (code && /^0[A-F]000/.test(code)) found.openssl = '3';
    else if (code && /^14(?:00|FF)/.test(code)) found.libressl = 'any';
  }
  // Windows writes python310, a path of Unix python3.10.
  const packed = found.python && /^([23])(\d{1,2})$/.exec(found.python);
  if (packed) found.python = `${packed[1]}.${packed[2]}`;
  return found;
}

/** -1, 0 or 1, by numbers between dots; what is missing counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map(text => text.split('.').map(part => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < 4; i++) {
    const difference = (left?.[i] ?? 0) - (right?.[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const FORMS: readonly (readonly [keyof Versions, readonly RegExp[]])[] = [
  [
    'python',
    [
      /[Pp]ython[/ -](?:version:? )?([23]\.\d{1,2}(?:\.\d{1,2})?)/,
      /[/\\]python([23]\.\d{1,2})[/\\]/i,
      /[/\\]Versions[/\\]([23]\.\d{1,2})[/\\]/,
      /[/\\]Python[/\\]?([23]\d{1,2})[/\\]/i,
      /\bpython([23]\.\d{1,2})\b/,
      /\bpy([23]\d{1,2})\b/,
      /\(python ([23]\.\d{1,2})\)/,
    ],
  ],
  ['libressl', [/\bLibreSSL[/ ](\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)/]],
  ['openssl', [/\bOpenSSL[/ ](\d\.\d{1,2}\.\d{1,2}[a-z]{0,2})(?![\d+])/]],
  ['pip', [/\bpip[/ -](?:version )?(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)/]],
  ['curl', [/\bcurl[/ -](\d{1,2}\.\d{1,3}\.\d{1,2})/]],
  ['node', [/\b[Nn]ode(?:\.js)?[/ -]v?(\d{1,2}\.\d{1,2}\.\d{1,2})/, /\bnode v(\d{1,2}\.\d{1,2}\.\d{1,2})/]],
  ['java', [/\bjava version "(\d[\d._]{0,20})"/, /\b(?:openjdk|jdk|jre)[- ]?(1?\d{1,2}(?:\.\d{1,2}){0,2})/i]],
];
