// The ranking itself, on causes made up for it: each row breaks when one of its decisions is taken out.
import { expect, test } from 'vitest';
import { conclude } from '../../../src/diagnosis/conclude.ts';
import type { Cause, Condition, Confidence } from '../../../src/model/knowledge.ts';
import { healthyBut, type Row, UNKNOWN } from './facts.ts';

const HOLDS: Condition = { fact: 'hostname.kind', is: 'dns' };
const SAYS = { en: 'text', zh: '文字' };

function cause(id: string, confidence: Confidence, more: Partial<Cause> = {}): Cause {
  return {
    id,
    group: 'chain',
    stage: 'chain',
    severity: 'error',
    codes: [],
    title: SAYS,
    summary: SAYS,
    explain: SAYS,
    when: { [confidence]: HOLDS },
    mild: null,
    explains: [],
    evidence: {},
    fixes: [],
    avoid: [],
    sources: [],
    ...more,
  };
}

const order = (causes: readonly Cause[], row: Row = {}) => {
  const { primary, others } = conclude({ causes }, healthyBut(row), 'en');
  return [primary?.cause ?? null, ...others.map(other => other.cause)];
};

test.each<[name: string, causes: Cause[], row: Row, expected: (string | null)[]]>([
  [
    'a symptom of the primary is not a second problem',
    [cause('symptom', 'certain', { stage: 'dns' }), cause('why', 'certain', { explains: ['symptom'] })],
    {},
    ['why'],
  ],
  [
    'nor beside what is met later',
    [
      cause('symptom', 'certain', { stage: 'dns' }),
      cause('why', 'certain', { explains: ['symptom'] }),
      cause('later', 'certain', { stage: 'trust' }),
    ],
    {},
    ['why', 'later'],
  ],
  [
    '“possible” never hides “certain”',
    [cause('symptom', 'certain', { stage: 'dns' }), cause('why', 'possible', { explains: ['symptom'] })],
    {},
    ['symptom', 'why'],
  ],
  [
    'a symptom of what is not primary stands last',
    [
      cause('first', 'certain', { stage: 'dns' }),
      cause('why', 'certain', { explains: ['symptom'] }),
      cause('symptom', 'certain', { stage: 'dns' }),
    ],
    {},
    ['first', 'why', 'symptom'],
  ],
  [
    'a note never hides an error',
    [
      cause('symptom', 'certain', { stage: 'dns' }),
      cause('why', 'certain', { severity: 'note', explains: ['symptom'] }),
    ],
    {},
    ['symptom', 'why'],
  ],
  [
    'nor does an error that is mild here',
    [
      cause('symptom', 'certain'),
      cause('why', 'certain', {
        explains: ['symptom'],
        mild: { when: HOLDS, severity: 'note', title: SAYS, summary: SAYS },
      }),
    ],
    {},
    ['symptom', 'why'],
  ],
  [
    'what is met first, though less sure',
    [cause('sure', 'certain', { codes: [62] }), cause('first', 'likely', { codes: [20] })],
    { 'trust.codes': [20, 62] },
    ['first', 'sure'],
  ],
  [
    'met together: the surer one',
    [cause('a', 'possible', { codes: [20] }), cause('b', 'likely', { codes: [20] })],
    { 'trust.codes': [20] },
    ['b', 'a'],
  ],
  [
    'met together and as sure: the earlier stage',
    [cause('a', 'likely', { codes: [20], stage: 'trust' }), cause('b', 'likely', { codes: [20] })],
    { 'trust.codes': [20] },
    ['b', 'a'],
  ],
  [
    'before the handshake ends, the stage decides',
    [cause('a', 'certain', { stage: 'handshake' }), cause('b', 'certain', { stage: 'connect' })],
    {},
    ['b', 'a'],
  ],
  [
    'verification comes before what the server says after it',
    [cause('a', 'certain', { stage: 'trust' }), cause('b', 'certain', { codes: [10] })],
    { 'trust.codes': [10] },
    ['b', 'a'],
  ],
  [
    'what Python never looks at comes last',
    [cause('a', 'certain', { stage: 'revocation', codes: [23] }), cause('b', 'certain', { stage: 'interception' })],
    {},
    ['b', 'a'],
  ],
  ['a warning is never primary', [cause('a', 'certain', { severity: 'warning' })], {}, [null, 'a']],
])('%s', (_name, causes, row, expected) => {
  expect(order(causes, row)).toEqual(expected);
});

test.each<[name: string, row: Row, status: string]>([
  ['all was seen to be fine', {}, 'healthy'],
  [
    'a handshake that did not end well is not fine, whatever the chain',
    { 'handshake.outcome': 'alert' },
    'inconclusive',
  ],
  ['nor one of which nothing is known', { 'handshake.outcome': UNKNOWN }, 'inconclusive'],
  ['an error nobody explains is not fine', { 'trust.codes': [1] }, 'inconclusive'],
  ['a verdict that could not be computed is not fine', { 'trust.codes': UNKNOWN }, 'inconclusive'],
])('healthy or not: %s', (_name, row, status) => {
  expect(conclude({ causes: [] }, healthyBut(row), 'en').status).toBe(status);
});
