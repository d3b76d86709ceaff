// Fetches the issuer of a certificate from where the certificate says it is (RFC 5280 §4.2.2.1): plain http only, capped,
// because the answer is believed only if its key made the signature.

import { fetchBytes } from '../net/http.ts';
import { didIssue } from '../pki/arrangement.ts';
import type { Certificate } from '../pki/certificate.ts';
import { readCertificates } from '../pki/containers.ts';
import type { World } from '../world.ts';

export interface AskedIssuer {
  readonly found: Certificate | null;
  /** The URL that gave it, or the first that was tried; null when the certificate names none. */
  readonly url: string | null;
  /** Why nothing was found. */
  readonly why: string | null;
}

/** Tries at most three of the certificate's caIssuers URLs; what comes may be DER, PEM or PKCS#7. Never throws. */
export async function fetchIssuers(certificate: Certificate, world: World, signal: AbortSignal): Promise<AskedIssuer> {
  const urls = certificate.caIssuersUrls.slice(0, 3);
  let why = 'the certificate does not say where its issuer can be fetched';
  for (const url of urls) {
    const answer = await fetchBytes(url, world, { purpose: 'aia', maxBytes: 256 * 1024, signal });
    if (!answer.ok) {
      why = `${url}: ${answer.why}`;
      continue;
    }
    const { certificates } = await readCertificates(answer.body);
    const found = certificates.find(candidate => didIssue(candidate, certificate));
    if (found) return { found, url, why: null };
    why = `${url}: what came is not the issuer`;
  }
  return { found: null, url: urls[0] ?? null, why };
}
