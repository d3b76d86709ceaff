// The knowledge that was compiled at build: plain JSON beside the bundle, read when first asked for.
import { readFileSync } from 'node:fs';
import type { Scenario } from './lab/scenario.ts';
import type { ErrorEntry, Speaker, UnsafeEntry, VerifyCode } from './model/clue.ts';
import type { Canaries, Cause, Interceptor, KnownIntermediates, KnownRoots } from './model/knowledge.ts';

const FOLDER = new URL(
  import.meta.url.endsWith('/src/data.ts') ? '../dist/knowledge/' : './knowledge/',
  import.meta.url,
);
const cache = new Map<string, unknown>();

function load<T>(name: string): T {
  if (!cache.has(name)) cache.set(name, JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')));
  return cache.get(name) as T;
}

export const causes = () => load<readonly Cause[]>('causes');
export const knownRoots = () => load<KnownRoots>('roots');
export const knownIntermediates = () => load<readonly KnownIntermediates[]>('intermediates');
export const interceptors = () => load<readonly Interceptor[]>('interceptors');
export const canaries = () => load<Canaries>('canaries');
export const scenarios = () => load<readonly Scenario[]>('scenarios');
export const errors = () => load<readonly ErrorEntry[]>('errors');
export const speakers = () => load<readonly Speaker[]>('speakers');
export const unsafeAdvices = () => load<readonly UnsafeEntry[]>('unsafe');
export const verifyCodes = () => load<readonly VerifyCode[]>('verifyCodes');
