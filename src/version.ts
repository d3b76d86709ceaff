import { readFileSync } from 'node:fs';

/** The package's version: its one home is package.json, one folder above both src/ and dist/. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

declare const __BUILT_AT__: number | undefined;
/** When this was built (milliseconds since 1970), put in by the bundler: no honest clock shows an earlier time. */
export const BUILT_AT: number = typeof __BUILT_AT__ === 'number' ? __BUILT_AT__ : Number.NaN;
