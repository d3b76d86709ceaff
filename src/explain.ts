// `explain(text)` of the package: the pasted text against the compiled knowledge of how tools word their errors.
import { errorEntries } from './data.ts';
import { explainText } from './intake/paste.ts';
import type { Explanation } from './model/clue.ts';

/** What a pasted error text says; `primary` is null when nothing in it is known. Offline, instant. */
export async function explain(text: string): Promise<Explanation> {
  return explainText(text, errorEntries());
}
