// The ids others script against: they only grow. The list is CONTRACT.md's, read from the document itself where it is at
// hand, else from the copy below, which is compared with it.
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { causes } from '../../src/data.ts';
import { STAGE_IDS } from '../../src/model/stage.ts';

const CAUSES =
  'dns-failure hosts-file-redirect connection-refused connection-timeout connection-reset network-unreachable proxy-unreachable proxy-auth-required proxy-tunnel-refused proxy-scheme-mismatch not-tls handshake-timeout unexpected-eof tls-version-unsupported no-shared-cipher weak-dh legacy-renegotiation sni-missing unrecognized-name starttls-not-offered client-certificate-required client-certificate-rejected client-key-mismatch self-signed-leaf private-ca-untrusted missing-intermediate stale-trust-store root-removed trust-store-missing expired-root-cross-sign wrong-chain-order unrelated-extra-certs duplicate-certs invalid-ca path-length-exceeded name-constraint-violation invalid-purpose unhandled-critical-extension bad-signature weak-key weak-signature strict-mode-violation malformed-certificate hostname-mismatch wildcard-depth ip-address-mismatch common-name-only expired-leaf expired-intermediate expired-root not-yet-valid clock-skew revoked must-staple-missing tls-interception antivirus-interception dev-proxy captive-portal ca-bundle-path-invalid ca-bundle-override outdated-certifi verification-disabled outdated-openssl ssl-module-missing client-key-permissions mixed-backends'.split(
    ' ',
  );

const contract = new URL('../../../shared/CONTRACT.md', import.meta.url);

test.skipIf(!existsSync(contract))('the list here is the contract’s', () => {
  const section = readFileSync(contract, 'utf8').split('## Cause ids')[1]?.split('\n## ')[0] ?? '';
  const ids = section
    .split('\n')
    .filter(line => /^\| [a-z ]+ \| `/.test(line))
    .flatMap(line => [...line.matchAll(/`([a-z-]+)`/g)].map(match => match[1]));
  expect([...ids].sort()).toEqual([...CAUSES].sort());
});

test('every cause id of the contract is known', () => {
  const known = causes().map(cause => cause.id);
  expect(CAUSES.filter(id => !known.includes(id))).toEqual([]);
});

test('stage ids and their order', () => {
  expect(STAGE_IDS).toEqual([
    'clock',
    'dns',
    'connect',
    'proxy',
    'handshake',
    'chain',
    'hostname',
    'expiry',
    'revocation',
    'trust',
    'interception',
  ]);
});
