// knowledge/errors and its neighbours: every wording has an example, every example is won by its own entry, every id of
// the contract has an entry; and the labelled texts beside the project, when they are there, come out right often enough.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compileKnowledge } from '../../src/build/compile-knowledge.ts';
import { automatonOf, Scanner } from '../../src/intake/automaton.ts';
import { explainText, pasteReader } from '../../src/intake/explain.ts';
import type { ErrorEntry, ErrorExample } from '../../src/model/clue.ts';
import { LABELLED, scoreErrors } from '../tools/errors.ts';

const root = new URL('../..', import.meta.url).pathname;
const knowledge = compileKnowledge(root);
const { errors, speakers, unsafe, verifyCodes, causes } = knowledge;
const reader = pasteReader(knowledge);
const contract = `${root}../shared/CONTRACT.md`;
const section = (name: string) =>
  existsSync(contract) ? (readFileSync(contract, 'utf8').split(`## ${name}`)[1]?.split('\n## ')[0] ?? '') : '';
const idsIn = (text: string) => [...text.matchAll(/`([a-z0-9-]+)`/g)].map(match => match[1] ?? '');

/** Errors the contract does not name yet; it lets us add. */
const ADDED = ['bad-signature', 'network-unreachable', 'openssl-too-old'];

describe('errors', () => {
  test.skipIf(!existsSync(contract))('are those of the contract, and the ones added to it', () => {
    expect(errors.map(entry => entry.id).sort()).toEqual(
      [...new Set([...idsIn(section('Error ids')), ...ADDED])].sort(),
    );
  });

  const examples: [string, string, ErrorEntry, ErrorExample][] = errors.flatMap(entry =>
    entry.wordings.flatMap(wording =>
      wording.examples.map((example): [string, string, ErrorEntry, ErrorExample] => [
        entry.id,
        example.text.slice(0, 60),
        entry,
        example,
      ]),
    ),
  );
  test.each(examples)('%s wins “%s…”', (id, _start, _entry, example) => {
    const { primary } = explainText(example.text, reader);
    expect(primary?.error).toBe(id);
    if (example.tool !== null) expect(primary?.tool).toBe(example.tool);
    if (example.host !== null) expect(primary?.host).toBe(example.host);
  });

  test.each(errors.map(entry => [entry.id, entry] as const))(
    '%s: each wording stands in one of its examples',
    (_id, entry) => {
      for (const { says, examples: own } of entry.wordings)
        for (const wording of says) {
          const pieces = wording.split('…');
          const found = own.some(({ text }) => pieces.every(piece => holds(text, piece)));
          expect(found ? '' : wording).toBe('');
        }
    },
  );

  test.each(errors.map(entry => [entry.id, entry] as const))('%s is said in Chinese too', (_id, entry) => {
    for (const text of [entry.title, entry.means, entry.decides, ...entry.causes.map(row => row.because)])
      expect(text.zh).toMatch(/\p{Script=Han}/u);
  });

  test('have causes, and every likely one is a cause that exists', () => {
    const ids = new Set(causes.map(cause => cause.id));
    expect(errors.filter(entry => entry.causes.length === 0).map(entry => entry.id)).toEqual([]);
    expect(errors.flatMap(entry => entry.causes.map(row => row.cause)).filter(id => !ids.has(id))).toEqual([]);
  });
});

describe('speakers', () => {
  test.skipIf(!existsSync(contract))('are tools of the contract, and every tool has one', () => {
    const tools = new Set(idsIn(section('Tool ids')).filter(id => !['explain', 'clients', 'ssl'].includes(id)));
    expect(speakers.map(each => each.tool).filter(tool => !tools.has(tool))).toEqual([]);
    const mute = [...tools].filter(tool => !speakers.some(each => each.tool === tool));
    expect(mute).toEqual([]);
    const saidBy = errors.flatMap(entry => entry.wordings.flatMap(wording => wording.by));
    expect(saidBy.filter(tool => !tools.has(tool))).toEqual([]);
  });
});

describe('unsafe advice', () => {
  test.each(unsafe.flatMap(entry => entry.examples.map(example => [entry.id, example] as const)))(
    '%s is found in “%s”',
    (id, example) => {
      expect(explainText(`certificate verify failed\n${example}\n`, reader).unsafe.map(each => each.id)).toContain(id);
    },
  );

  test('each pattern has an example', () => {
    for (const { found, examples } of unsafe)
      for (const pattern of found)
        expect(examples.some(example => new RegExp(pattern).test(example)) ? '' : pattern).toBe('');
  });
});

describe('verify codes', () => {
  test('are OpenSSL’s 0 to 95, each once', () => {
    expect(verifyCodes.map(each => each.code)).toEqual(Array.from({ length: 96 }, (_, i) => i));
  });

  const mapping = `${root}../shared/facts/x509errors-mapping.json`;
  test.skipIf(!existsSync(mapping))('are called elsewhere what the mapping says', () => {
    const { historic_correspondence: old } = JSON.parse(readFileSync(mapping, 'utf8')) as {
      historic_correspondence: { pairs: { left: [string, string]; right: [string, string] }[] };
    };
    for (const { left, right } of old.pairs) {
      const code = verifyCodes.find(each => each.name === left[1]);
      expect(code?.elsewhere.map(({ library, name }) => `${library} ${name}`)).toContain(right.join(' '));
    }
  });

  test('every code of an error exists and belongs to one error', () => {
    const codes = errors.flatMap(entry => entry.codes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter(code => !verifyCodes.some(each => each.code === code))).toEqual([]);
  });
});

describe.skipIf(!existsSync(LABELLED))('labelled texts', () => {
  const scores = existsSync(LABELLED) ? scoreErrors(LABELLED) : null;
  test.each([
    ['error', 0.98],
    ['host', 0.98],
    ['tool', 0.95],
    ['cause', 0.9],
    ['invented host', 0.95],
  ] as const)('%s is right in %s', (what, least) => {
    const { of = 0, right = 0, wrong = [] } = scores?.[what] ?? {};
    expect(right / of, wrong.join('\n')).toBeGreaterThanOrEqual(least);
  });
});

function holds(text: string, piece: string): boolean {
  let found = false;
  new Scanner(automatonOf([piece])).scan(new TextEncoder().encode(text), () => {
    found = true;
  });
  return found;
}
