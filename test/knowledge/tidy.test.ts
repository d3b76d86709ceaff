// The house rules about data, as a program. A rule that cannot be kept yet has its exceptions in exceptions.ts, which
// may only shrink: an exception that is no longer needed fails too.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileKnowledge } from '../../src/build/compile-knowledge.ts';
import { placeholdersOf } from '../../src/diagnosis/fill.ts';
import type { Cause, Condition, Fix, Text } from '../../src/model/knowledge.ts';
import { NEVER_OBSERVED, WITHOUT_SCENARIO } from './exceptions.ts';

const root = new URL('../..', import.meta.url).pathname;
const { causes, fixes, interceptors, roots } = compileKnowledge(root);
const byId: [string, Cause][] = causes.map(cause => [cause.id, cause]);
const factKeys = new Set(
  [...readFileSync(`${root}src/model/facts.ts`, 'utf8').matchAll(/^ {2}'([a-z]+\.[A-Za-z0-9]+)':/gm)].map(
    m => m[1] ?? '',
  ),
);
const TARGET_WORDS = new Set(['host', 'port', 'url', 'endpoint']);

describe('causes', () => {
  const contract = `${root}../shared/CONTRACT.md`;
  test.skipIf(!existsSync(contract))('are exactly those of the contract', () => {
    const table = readFileSync(contract, 'utf8').split('## Cause ids')[1]?.split('## Error ids')[0] ?? '';
    const ids = table
      .split('\n')
      .filter(line => line.startsWith('| '))
      .flatMap(line => [...line.matchAll(/`([a-z-]+)`/g)].map(m => m[1] ?? ''));
    expect(causes.map(cause => cause.id)).toEqual([...new Set(ids)].sort());
  });

  test.each(byId)('%s speaks of facts that exist', (_id, cause) => {
    const asked = [
      ...conditionsOf(cause)
        .flatMap(leavesOf)
        .map(leaf => leaf.fact),
      ...Object.keys(cause.evidence),
      ...factsIn(textsOf(cause)),
    ];
    expect(asked.filter(fact => !factKeys.has(fact) && !TARGET_WORDS.has(fact))).toEqual([]);
  });

  test.each(byId)('%s can say each fact that counts for it', (_id, cause) => {
    const mute = Object.values(cause.when)
      .flatMap(positiveLeaves)
      .filter(leaf => !cause.evidence[leaf.fact] && !SORTS_ONLY.has(leaf.fact));
    expect([...new Set(mute.map(leaf => leaf.fact))]).toEqual([]);
  });

  test.each(byId)('%s says nothing that never counts', (_id, cause) => {
    const asked = new Set<string>(
      Object.values(cause.when)
        .flatMap(leavesOf)
        .map(leaf => leaf.fact),
    );
    expect(Object.keys(cause.evidence).filter(fact => !asked.has(fact))).toEqual([]);
  });

  test.each(byId)('%s has no gap in its title', (_id, cause) => {
    const guaranteed = new Set<string>(
      Object.values(cause.when)
        .flatMap(leavesOf)
        .map(leaf => leaf.fact),
    );
    const allowed = (fact: string) =>
      TARGET_WORDS.has(fact) ||
      guaranteed.has(fact) ||
      KNOWN_WITH[cause.stage]?.some(prefix => fact.startsWith(prefix));
    expect(factsIn([cause.title, ...(cause.mild ? [cause.mild.title] : [])]).filter(fact => !allowed(fact))).toEqual(
      [],
    );
  });

  test.each(byId)('%s: Chinese is Chinese, and fills in the same values', (_id, cause) => {
    for (const text of [...textsOf(cause), ...cause.fixes.flatMap(fixTexts)]) {
      const bare = text.zh.replace(/`[^`]*`|\{[^}]*\}/g, '');
      if (/[A-Za-z]{3}/.test(bare)) expect(text.zh).toMatch(/\p{Script=Han}/u);
      expect(new Set(placeholdersOf(text.zh))).toEqual(new Set(placeholdersOf(text.en)));
    }
  });

  test.each(byId)('%s: no “illegal”, no “just”, no template words', (_id, cause) => {
    for (const text of [...textsOf(cause), ...cause.fixes.flatMap(fixTexts)])
      expect(text.en).not.toMatch(
        /\b(?:illegal|simply|obviously|TODO|FIXME|lorem|just (?:use|set|run|add|install|do))\b/i,
      );
  });

  test('explain each other without a circle', () => {
    const explains = new Map(causes.map(cause => [cause.id, cause.explains]));
    const reaches = (from: string, path: readonly string[]): string[] => {
      if (path.includes(from)) return [[...path, from].join(' → ')];
      return (explains.get(from) ?? []).flatMap(next => reaches(next, [...path, from]));
    };
    expect(causes.flatMap(cause => reaches(cause.id, []))).toEqual([]);
  });

  test('are told apart by somebody who can do something: every error has a fix for the client or the server', () => {
    expect(causes.filter(cause => !cause.fixes.some(fix => fix.role !== 'network')).map(cause => cause.id)).toEqual([]);
  });

  test('are named nowhere in the code', () => {
    const named = sources(join(root, 'src')).flatMap(([file, text]) =>
      causes.filter(cause => cause.id.includes('-') && quotes(text, cause.id)).map(cause => `${file}: ${cause.id}`),
    );
    // The word also names a value of a fact there (connect.error, dns.error, handshake.clientCertificate …).
    expect(named.filter(line => !SHARED_WORDS.some(word => line.endsWith(`: ${word}`)))).toEqual([]);
  });
});

describe('fixes', () => {
  const all: [string, Fix][] = [
    ...new Map([...fixes, ...causes.flatMap(cause => cause.fixes)].map(fix => [fix.id, fix])),
  ];

  test('are used', () => {
    const used = new Set(causes.flatMap(cause => cause.fixes.map(fix => fix.id)));
    expect(fixes.map(fix => fix.id).filter(id => !used.has(id))).toEqual([]);
  });

  test('have ids of their own', () => {
    const shared = new Set(fixes);
    const inline = causes
      .flatMap(cause => cause.fixes)
      .filter(fix => !shared.has(fix))
      .map(fix => fix.id);
    expect(inline.filter((id, i) => inline.indexOf(id) !== i || fixes.some(fix => fix.id === id))).toEqual([]);
  });

  test.each(all)('%s can be proved', (_id, fix) => {
    expect(fix.steps.some(step => step.verify)).toBe(true);
  });

  test.each(all)('%s does not weaken verification', (_id, fix) => {
    for (const step of fix.steps) {
      const said = [step.command ?? '', step.verify ?? '', step.text.en, step.text.zh].join('\n');
      for (const weakening of WEAKENINGS) expect(said).not.toMatch(weakening);
    }
  });

  test.each(all)('%s: values in commands stand outside quotation marks, so that they can be quoted', (_id, fix) => {
    for (const step of fix.steps) {
      for (const command of [step.command ?? '', step.verify ?? '']) {
        const outside = command.replace(/'[^']*'|"(?:\\.|[^"\\])*"/g, '');
        expect(placeholdersOf(outside)).toEqual(placeholdersOf(command));
      }
      if (step.platform === 'any') expect(step.command ?? '').not.toMatch(/\$\(|&&|\|\||2>|^export |\bsudo\b/m);
    }
  });
});

describe('interceptors', () => {
  test('have patterns that end quickly and fit nothing public', () => {
    for (const { id, match } of interceptors) {
      for (const pattern of match.flatMap(each => Object.values(each.fields))) {
        const expression = new RegExp(pattern, 'u');
        const started = performance.now();
        for (const hostile of ['a'.repeat(5000), 'a.'.repeat(2500), ' '.repeat(5000)]) expression.test(hostile);
        expect(performance.now() - started, `${id}: ${pattern}`).toBeLessThan(500);
        for (const name of [
          "Let's Encrypt",
          'DigiCert Inc',
          'R10',
          'WE1',
          'Google Trust Services',
          'Amazon RSA 2048 M02',
          'Sectigo Limited',
        ])
          expect(expression.test(name), `${id} fits ${name}`).toBe(false);
      }
    }
  });

  test('have ids of their own', () => {
    expect(new Set(interceptors.map(each => each.id)).size).toBe(interceptors.length);
  });
});

describe('roots', () => {
  test('none is on the list and off it', () => {
    const current = new Set(roots.current.map(each => each.sha256));
    expect(roots.removed.filter(each => current.has(each.sha256))).toEqual([]);
    expect(current.size).toBe(roots.current.length);
  });
});

describe('scenarios', () => {
  const files = ['src/lab/scenarios', 'test/scenarios'].flatMap(folder =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .filter(file => file.endsWith('.yaml'))
          .map(file => readFileSync(join(root, folder, file), 'utf8'))
      : [],
  );
  const primaries = new Set(files.flatMap(text => primariesOf(parse(text))));

  test('each cause is primary (or, a warning, among the others) in one', () => {
    const missing = causes.map(cause => cause.id).filter(id => !primaries.has(id));
    expect(missing.filter(id => !(id in WITHOUT_SCENARIO))).toEqual([]);
  });

  test('exceptions only shrink', () => {
    expect(
      Object.keys(WITHOUT_SCENARIO).filter(id => primaries.has(id) || !causes.some(cause => cause.id === id)),
    ).toEqual([]);
  });
});

describe('facts', () => {
  const given = new Set(
    sources(join(root, 'src/stages')).flatMap(([, text]) =>
      [...text.matchAll(/(?:known|unknown)\(\s*'([a-z]+\.[A-Za-z0-9]+)'/g)].map(m => m[1] ?? ''),
    ),
  );
  const asked = [...new Set(causes.flatMap(cause => conditionsOf(cause).flatMap(leavesOf)).map(leaf => leaf.fact))];

  test('that rules ask for are observed by a stage', () => {
    expect(asked.filter(fact => !given.has(fact) && !(fact in NEVER_OBSERVED))).toEqual([]);
  });

  test('exceptions only shrink', () => {
    expect(Object.keys(NEVER_OBSERVED).filter(fact => given.has(fact))).toEqual([]);
  });
});

const conditionsOf = (cause: Cause): Condition[] => [
  ...Object.values(cause.when),
  ...(cause.mild ? [cause.mild.when] : []),
  ...cause.fixes.flatMap(fix => fix.when ?? []),
];

type Leaf = Extract<Condition, { readonly fact: unknown }>;

function leavesOf(condition: Condition): Leaf[] {
  if ('all' in condition) return condition.all.flatMap(leavesOf);
  if ('any' in condition) return condition.any.flatMap(leavesOf);
  return 'not' in condition ? leavesOf(condition.not) : [condition];
}

/** Leaves that speak of something that is there. That something is not there needs no sentence. */
function positiveLeaves(condition: Condition): Leaf[] {
  if ('all' in condition) return condition.all.flatMap(positiveLeaves);
  if ('any' in condition) return condition.any.flatMap(positiveLeaves);
  if ('not' in condition)
    return 'fact' in condition.not && 'is' in condition.not && condition.not.is === null ? [condition.not] : [];
  const absent =
    ('is' in condition && (condition.is === null || condition.is === false)) ||
    ('empty' in condition && condition.empty);
  return absent ? [] : [condition];
}

const textsOf = (cause: Cause): Text[] => [
  cause.title,
  cause.summary,
  cause.explain,
  ...Object.values(cause.evidence),
  ...cause.avoid.flatMap(each => [each.advice, each.because]),
  ...(cause.mild ? [cause.mild.title, cause.mild.summary] : []),
];

const fixTexts = (fix: Fix): Text[] => [fix.title, ...fix.steps.map(step => step.text)];
const factsIn = (texts: readonly Text[]) =>
  texts.flatMap(text => [...placeholdersOf(text.en), ...placeholdersOf(text.zh)]);
const quotes = (text: string, id: string) =>
  new RegExp(`['"\`]${id}['"\`]`).test(text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, ''));

function sources(folder: string): [string, string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file) && !file.startsWith('lab'))
    .map(file => [file, readFileSync(join(folder, file), 'utf8')]);
}

function primariesOf(scenario: unknown): string[] {
  const one = scenario as {
    expect?: { primary?: unknown; others?: unknown };
    variants?: Record<string, unknown>;
  } | null;
  const mine = [one?.expect?.primary, ...(Array.isArray(one?.expect?.others) ? one.expect.others : [])];
  const ids = mine.flatMap(said => (typeof said === 'string' ? [said.split(' ')[0] ?? ''] : []));
  return [...ids, ...Object.values(one?.variants ?? {}).flatMap(primariesOf)];
}

/** Facts that say which kind of case it is: no news to anybody, so they need no sentence. */
const SORTS_ONLY = new Set(['hostname.kind', 'interception.kind']);

/** What a title may rely on beyond its own conditions: facts the stage cannot have concluded without. */
const KNOWN_WITH: Record<string, readonly string[]> = {
  proxy: ['proxy.url', 'proxy.from'],
  handshake: ['handshake.serverName'],
};

/** Ids that are also values of facts, stage words or error ids, and so may stand in the code. */
const SHARED_WORDS = [
  'not-tls',
  'clock-skew',
  'captive-portal',
  'verification-disabled',
  'self-signed-leaf',
  'hostname-mismatch',
  'ip-address-mismatch',
  'dns-failure',
  'connection-refused',
  'connection-reset',
  'unexpected-eof',
  'no-shared-cipher',
  'unrecognized-name',
  'client-certificate-required',
  'invalid-ca',
  'invalid-purpose',
  'ssl-module-missing',
  'legacy-renegotiation',
];

/** Advice that makes a client believe more than it should. In `avoid` it may be named; in a fix never. */
const WEAKENINGS = [
  /verify\s*=\s*False/i,
  /CERT_NONE/,
  /check_hostname\s*=\s*False/i,
  /assert_hostname/i,
  /curl\b.*\s(?:-k|--insecure)\b|--no-check-certificate/,
  /sslVerify\s+(?:false|0)|sslVerify=(?:false|0)/i,
  /NODE_TLS_REJECT_UNAUTHORIZED=0/,
  /strict-ssl[ =]false/i,
  /--trusted-host/,
  /SECLEVEL=[01]/i,
  /PYTHONHTTPSVERIFY=0/,
  /ssl_verify[ =:]+(?:false|no)/i,
  /disable_warnings/,
  /GIT_SSL_NO_VERIFY=/,
  /certifi[=<]{1,2}\s*20/,
  /UnsafeLegacyRenegotiation/,
];
