// The verdict engine against OpenSSL's recorded answers: every difference must be listed with its reason, and every
// listed one must still be there.
import { describe, expect, test } from 'vitest';
import { compare, MODES, readCases, readExceptions } from './limbo.ts';

const corpus = readCases();

describe.skipIf(corpus === null)(
  'recorded answers of OpenSSL 3.0 (../shared/limbo; skipped where it is absent)',
  () => {
    const result = compare(corpus?.cases ?? [], corpus?.answers ?? new Map());
    const exceptions = readExceptions();

    test('thousands of cases were compared in all four modes', () => {
      for (const mode of MODES) expect(result.checked[mode]).toBeGreaterThan(5000);
    });

    test('each difference has its reason in exceptions.yaml', () => {
      const known = new Set(exceptions.map(({ id, mode, what }) => `${id} ${mode} ${what}`));
      expect(result.differences.filter(({ id, mode, what }) => !known.has(`${id} ${mode} ${what}`))).toEqual([]);
    });

    test('no entry of exceptions.yaml agrees by now', () => {
      const differing = new Set(result.differences.map(({ id, mode, what }) => `${id} ${mode} ${what}`));
      expect(exceptions.filter(({ id, mode, what }) => !differing.has(`${id} ${mode} ${what}`))).toEqual([]);
    });
  },
);
