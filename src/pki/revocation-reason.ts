/** CRLReason by number (RFC 5280 §5.3.1); null for `unspecified`, unknown numbers and none. */
export function revocationReason(code: number | null): string | null {
  return code === null ? null : (REASONS[code] ?? null);
}

const REASONS: Readonly<Record<number, string>> = {
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};
