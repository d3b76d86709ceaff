/** What a pasted text says, before anyone knows why (CONTRACT.md `explain --json`). */
export interface Clue {
  /** Error id of the contract. */
  readonly error: string;
  /** Tool id of the contract: the outermost one the person ran that the text shows. */
  readonly tool: string;
  readonly host: string | null;
  readonly port: number | null;
  readonly url: string | null;
  /** The line it was read from, secrets masked. */
  readonly line: string;
  readonly causes: readonly ClueCause[];
}

export interface ClueCause {
  readonly cause: string;
  readonly likelihood: 'likely' | 'possible' | 'unlikely';
  /** Why, in words. */
  readonly because: string;
}

export interface Explanation {
  readonly schema: 'tlsdoctor.explanation/1';
  readonly primary: Clue | null;
  readonly all: readonly Clue[];
}
