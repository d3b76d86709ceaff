// Rules of tidy.test.ts that are not kept yet, and why. These lists may only shrink.

/** Causes that no scenario has as its primary (or, for a warning, among its others). */
export const WITHOUT_SCENARIO: Readonly<Record<string, string>> = {
  'expired-root': 'scenario not written yet',
  'expired-root-cross-sign': 'scenario not written yet',
  'malformed-certificate': 'scenario not written yet',
  'root-removed': 'scenario not written yet',
  'trust-store-missing': 'scenario not written yet',
};

/** Facts that rules ask for and no stage observes yet. */
export const NEVER_OBSERVED: Readonly<Record<string, string>> = {};
