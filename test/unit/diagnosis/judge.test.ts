// Kleene's tables, and what settles a condition.
import { expect, test } from 'vitest';
import { judge, type Truth } from '../../../src/diagnosis/judge.ts';
import type { Condition } from '../../../src/model/knowledge.ts';
import { healthyBut, UNKNOWN } from './facts.ts';

const SEEN = healthyBut({
  'hostname.matches': true,
  'trust.anchored': false,
  'interception.product': UNKNOWN,
  'trust.codes': [20, 62],
  'chain.missing': [],
  'expiry.daysLeft': -3,
  'trust.anchor': null,
});

const T: Condition = { fact: 'hostname.matches', is: true };
const F: Condition = { fact: 'trust.anchored', is: true };
const U: Condition = { fact: 'interception.product', is: null };

test.each<[name: string, condition: Condition, truth: Truth, because: string[], unknown: string[]]>([
  ['true and true', { all: [T, T] }, true, ['hostname.matches'], []],
  ['true and unknown', { all: [T, U] }, 'unknown', [], ['interception.product']],
  ['false and unknown: settled', { all: [U, F] }, false, ['trust.anchored'], []],
  ['true or unknown: settled', { any: [U, T] }, true, ['hostname.matches'], []],
  ['false or unknown', { any: [F, U] }, 'unknown', [], ['interception.product']],
  ['false or false', { any: [F, F] }, false, ['trust.anchored'], []],
  ['not unknown', { not: U }, 'unknown', [], ['interception.product']],
  ['not false', { not: F }, true, ['trust.anchored'], []],
  ['a fact no stage observed', { fact: 'trust.storeRefused', is: 'x' }, false, ['trust.storeRefused'], []],
  ['in a list', { fact: 'trust.anchor', in: ['x', null] }, true, ['trust.anchor'], []],
  ['has', { fact: 'trust.codes', has: 62 }, true, ['trust.codes'], []],
  ['has not', { fact: 'trust.codes', has: 2 }, false, ['trust.codes'], []],
  ['first', { fact: 'trust.codes', first: 62 }, false, ['trust.codes'], []],
  ['an empty list', { fact: 'chain.missing', empty: true }, true, ['chain.missing'], []],
  ['null is empty too', { fact: 'trust.anchor', empty: false }, false, ['trust.anchor'], []],
  ['over', { fact: 'expiry.daysLeft', over: -3 }, false, ['expiry.daysLeft'], []],
  ['under', { fact: 'expiry.daysLeft', under: 0 }, true, ['expiry.daysLeft'], []],
  ['the length of a list', { fact: 'trust.codes', over: 1 }, true, ['trust.codes'], []],
  ['a comparison with what is no number', { fact: 'trust.anchor', under: 5 }, false, ['trust.anchor'], []],
])('%s', (_name, condition, truth, because, unknown) => {
  expect(judge(condition, SEEN)).toEqual({ truth, because, unknown });
});

test('a fact that nobody ever mentioned is unknown, not false', () => {
  expect(judge(T, {})).toEqual({ truth: 'unknown', because: [], unknown: ['hostname.matches'] });
});
