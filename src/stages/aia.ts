// Fetches the issuer of a certificate from where the certificate says it is (RFC 5280 §4.2.2.1): plain http only, capped,
// because the answer is believed only if its key made the signature.

import { type Fetched, fetchBytes } from '../net/http.ts';
import { didIssue } from '../pki/arrangement.ts';
import type { Certificate } from '../pki/certificate.ts';
import { readCertificates } from '../pki/containers.ts';
import type { World } from '../world.ts';

export interface AskedIssuer {
  readonly found: Certificate | null;
  /** The URL that gave it, or the first that could be tried; null when the certificate names none that could. */
  readonly url: string | null;
  /** The URL for people: that it leads to a private address is said. */
  readonly where: string;
  /** Why nothing was found. */
  readonly why: string | null;
}

/**
 * Asks at most three of the certificate's caIssuers URLs, all at once; the first of them, in the certificate's order, that
 * gives the issuer counts. What comes may be DER, PEM or PKCS#7. Never throws.
 */
export async function fetchIssuers(certificate: Certificate, world: World, signal: AbortSignal): Promise<AskedIssuer> {
  const urls = certificate.caIssuersUrls.slice(0, 3);
  const whys: string[] = [];
  const answers = urls.map(url => fetchBytes(url, world, { purpose: 'aia', maxBytes: 256 * 1024, signal }));
  for (const [i, url] of urls.entries()) {
    const answer: Fetched | undefined = await answers[i];
    if (!answer?.ok) {
      whys.push(`${url}: ${answer?.why}`);
      continue;
    }
    const { certificates } = await readCertificates(answer.body);
    const found = certificates.find(candidate => didIssue(candidate, certificate));
    const where = answer.privateAddress ? `${url} (a private address)` : url;
    if (found) return { found, url, where, why: null };
    whys.push(`${where}: what came is not the issuer`);
  }
  const none = 'the certificate does not say where its issuer can be fetched';
  const url = fetchable(certificate);
  return { found: null, url, where: url ?? '', why: whys.join('; ') || none };
}

/**
 * The place where a person could fetch it: the first that is asked here, else one that asks for TLS itself. Directories
 * (ldap:) are what private CAs name.
 */
export const fetchable = ({ caIssuersUrls }: Certificate): string | null =>
  caIssuersUrls.find(url => /^http:/i.test(url)) ?? caIssuersUrls.find(url => /^https:/i.test(url)) ?? null;
