// Advice in a text that switches verification off, by whatever name the tool gives it.
import type { UnsafeAdvice, UnsafeEntry } from '../model/clue.ts';

export interface UnsafeRules {
  readonly rows: readonly { readonly id: string; readonly found: RegExp }[];
}

export const unsafeRules = (entries: readonly UnsafeEntry[]): UnsafeRules => ({
  rows: entries.map(({ id, found }) => ({ id, found: new RegExp(found.map(each => `(?:${each})`).join('|')) })),
});

/** Each kind once, as it stands in the text. */
export function unsafeAdvice(text: string, { rows }: UnsafeRules): UnsafeAdvice[] {
  return rows.flatMap(({ id, found }) => {
    const here = found.exec(text)?.[0];
    return here === undefined ? [] : [{ id, found: here.trim() }];
  });
}
