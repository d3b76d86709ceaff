// Conditions with three values (Kleene): a fact that nobody could learn makes a condition unknown, never false.
import type { FactKey, Seen } from '../model/facts.ts';
import type { Condition, Test } from '../model/knowledge.ts';

export type Truth = boolean | 'unknown';

export interface Judged {
  readonly truth: Truth;
  /** The facts that settled it; empty when unknown. */
  readonly because: readonly FactKey[];
  /** The facts that kept it from being settled; empty when settled. */
  readonly unknown: readonly FactKey[];
}

/** Is it so? On which facts, or for want of which. */
export function judge(condition: Condition, seen: Seen): Judged {
  if ('all' in condition)
    return settle(
      condition.all.map(member => judge(member, seen)),
      false,
    );
  if ('any' in condition)
    return settle(
      condition.any.map(member => judge(member, seen)),
      true,
    );
  if ('not' in condition) {
    const inner = judge(condition.not, seen);
    return { ...inner, truth: inner.truth === 'unknown' ? 'unknown' : !inner.truth };
  }
  const observation = seen[condition.fact];
  return observation?.known
    ? { truth: passes(condition, observation.value), because: [condition.fact], unknown: [] }
    : { truth: 'unknown', because: [], unknown: [condition.fact] };
}

/** A condition as a tree with the truth at each node: why it holds, why not, or what is in the way. */
export interface Why {
  /** `all`, `any`, `not`, or the leaf: `chain.missing empty false`. */
  readonly text: string;
  readonly truth: Truth;
  /** At a leaf: what was learnt and how, or why it could not be. */
  readonly seen: string | null;
  readonly members: readonly Why[];
}

export function explainCondition(condition: Condition, seen: Seen): Why {
  const { truth } = judge(condition, seen);
  const branch = (text: string, members: readonly Condition[]): Why => ({
    text,
    truth,
    seen: null,
    members: members.map(member => explainCondition(member, seen)),
  });
  if ('all' in condition) return branch('all', condition.all);
  if ('any' in condition) return branch('any', condition.any);
  if ('not' in condition) return branch('not', [condition.not]);
  const { fact, ...test } = condition;
  const observation = seen[fact];
  const told = observation?.known
    ? `${JSON.stringify(observation.value)} (${observation.how})`
    : (observation?.why ?? 'no stage has observed it');
  return {
    text: [fact, ...Object.entries(test).flatMap(([name, value]) => [name, JSON.stringify(value)])].join(' '),
    truth,
    seen: told,
    members: [],
  };
}

/** `decisive`: the value with which one member settles the whole (false for `all`, true for `any`). */
function settle(members: readonly Judged[], decisive: boolean): Judged {
  const settling = members.filter(member => member.truth === decisive);
  if (settling.length > 0)
    return { truth: decisive, because: union(settling.map(member => member.because)), unknown: [] };
  const unknown = union(members.map(member => member.unknown));
  return unknown.length > 0
    ? { truth: 'unknown', because: [], unknown }
    : { truth: !decisive, because: union(members.map(member => member.because)), unknown: [] };
}

function passes(test: Test, value: unknown): boolean {
  if ('is' in test) return value === test.is;
  if ('in' in test) return (test.in as readonly unknown[]).includes(value);
  if ('has' in test) return Array.isArray(value) && value.includes(test.has);
  if ('first' in test) return Array.isArray(value) && value[0] === test.first;
  if ('empty' in test) return (Array.isArray(value) ? value.length === 0 : value === null) === test.empty;
  const amount = Array.isArray(value) ? value.length : value;
  if (typeof amount !== 'number') return false;
  return 'over' in test ? amount > test.over : amount < test.under;
}

const union = (lists: readonly (readonly FactKey[])[]): FactKey[] => [...new Set(lists.flat())];
