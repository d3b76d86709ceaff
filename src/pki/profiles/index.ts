// Whose rules to predict, by the names of the contract: `openssl`, `python3.12`, `requests@python3.12`.

import type { Profile, TlsLimits } from './profile.ts';
import { OPENSSL, PYTHONS } from './python.ts';
import { requestsOn } from './requests.ts';

export type { Profile } from './profile.ts';

/** Not a profile of the contract. */
export class UnknownProfile extends Error {
  readonly code = 'TLSDOCTOR_UNKNOWN_PROFILE';
  readonly profile: string;
  constructor(profile: string) {
    super(`unknown profile: ${profile}`);
    this.profile = profile;
  }
}

/** Profile names of the contract, plain OpenSSL first. */
export const PROFILE_NAMES: readonly string[] = [
  OPENSSL.name,
  ...Object.keys(PYTHONS),
  ...Object.keys(PYTHONS).map(name => `requests@${name}`),
];

/** What one build of Python was seen to offer, where it differs from python.org's. */
export interface Build {
  readonly tls: TlsLimits;
  readonly securityLevel: Profile['securityLevel'] | null;
}

/**
 * A profile by its name. `urllib3` is the version that `requests@…` stands on (default: the newest for that Python).
 * A Python newer than any known one is judged by the newest known. `build`: what an interpreter on this
 * machine says of itself. Throws UnknownProfile.
 */
export function profileOf(
  name: string,
  options: { readonly urllib3?: string; readonly build?: Build | null } = {},
): Profile {
  if (name === OPENSSL.name) return OPENSSL;
  const [, requests, python = '', minor = ''] = /^(requests@)?(python3\.(\d{1,2}))$/.exec(name) ?? [];
  const newest = Object.values(PYTHONS).at(-1);
  const base =
    PYTHONS[python] ?? (Number(minor) > 14 && newest ? { ...newest, name: python, python: `3.${minor}` } : undefined);
  if (!base) throw new UnknownProfile(name);
  const { build } = options;
  const built = build ? { ...base, tls: build.tls, securityLevel: build.securityLevel ?? base.securityLevel } : base;
  return requests ? requestsOn(built, options.urllib3) : built;
}
