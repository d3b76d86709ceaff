// Facts carry certificates as PEM; several stages look at the same ones, so each text is parsed once.
import { type Certificate, parseCertificate } from '../pki/certificate.ts';

const cache = new Map<string, Certificate | null>();
const CACHE_LIMIT = 2000;

/** The certificates, in order, leaving out those that cannot be read at all. */
export function parsePem(pems: readonly string[]): Certificate[] {
  return pems.flatMap(pem => parseOne(pem) ?? []);
}

/** One certificate, or null when its outer structure is no certificate. */
export function parseOne(pem: string): Certificate | null {
  let certificate = cache.get(pem);
  if (certificate === undefined) {
    try {
      certificate = parseCertificate(derOf(pem));
    } catch {
      certificate = null;
    }
    if (cache.size >= CACHE_LIMIT) cache.clear();
    cache.set(pem, certificate);
  }
  return certificate;
}

/** PEM of one DER certificate, with lines of 64 (RFC 7468 §5.1). */
export function pemOf(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function derOf(pem: string): Uint8Array {
  return Buffer.from(pem.replace(/-----(BEGIN|END) CERTIFICATE-----|\s/g, ''), 'base64');
}
