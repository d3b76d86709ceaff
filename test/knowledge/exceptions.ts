// Rules of tidy.test.ts that are not kept yet, and why. These lists may only shrink.

/** Causes that no scenario has as its primary (or, for a warning, among its others). */
export const WITHOUT_SCENARIO: Readonly<Record<string, string>> = {
  'ca-bundle-override': 'scenario not written yet',
  'ca-bundle-path-invalid': 'scenario not written yet',
  'client-key-permissions': 'scenario not written yet',
  'expired-root': 'scenario not written yet',
  'expired-root-cross-sign': 'scenario not written yet',
  'hosts-file-redirect': 'scenario not written yet',
  'legacy-renegotiation': 'scenario not written yet',
  'malformed-certificate': 'scenario not written yet',
  'must-staple-missing': 'scenario not written yet',
  'network-unreachable': 'scenario not written yet',
  'outdated-certifi': 'scenario not written yet',
  'outdated-openssl': 'scenario not written yet',
  'proxy-scheme-mismatch': 'scenario not written yet',
  revoked: 'scenario not written yet',
  'root-removed': 'scenario not written yet',
  'sni-missing': 'scenario not written yet',
  'ssl-module-missing': 'scenario not written yet',
  'trust-store-missing': 'scenario not written yet',
  'verification-disabled': 'scenario not written yet',
  'weak-dh': 'scenario not written yet',
};

/** Facts that rules ask for and no stage observes yet. */
export const NEVER_OBSERVED: Readonly<Record<string, string>> = {
  'revocation.status': 'the revocation stage comes with a later issue',
};
