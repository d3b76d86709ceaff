// Rules of tidy.test.ts that are not kept yet, and why. These lists may only shrink.

/** Causes that no scenario has as its primary (or, for a warning, among its others). */
export const WITHOUT_SCENARIO: Readonly<Record<string, string>> = {};

/** Facts that rules ask for and no stage observes yet. */
export const NEVER_OBSERVED: Readonly<Record<string, string>> = {};
