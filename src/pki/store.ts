// Trust anchors, parsed once and found by subject, in the order OpenSSL's X509_STORE would offer them.
import { type Certificate, MalformedCertificate, Certificate as Parsed, parseCertificate } from './certificate.ts';
import { pemBlocks } from './pem.ts';

/** A set of trusted certificates. Make one with trustStore() and use it for any number of verdicts. */
export class TrustStore {
  readonly certificates: readonly Certificate[];
  /** Entries that could not be read as certificates; OpenSSL, too, goes on without them. */
  readonly unreadable: number;
  readonly #bySubject: ReadonlyMap<string, readonly Certificate[]>;

  constructor(certificates: readonly Certificate[], unreadable: number) {
    const bySubject = new Map<string, Certificate[]>();
    const kept: Certificate[] = [];
    for (const certificate of certificates) {
      const same = bySubject.get(certificate.subject.canonical);
      // X509_STORE_add_cert keeps the first of several identical ones.
      if (same?.some(other => other.equals(certificate))) continue;
      if (same) same.push(certificate);
      else bySubject.set(certificate.subject.canonical, [certificate]);
      kept.push(certificate);
    }
    this.certificates = kept;
    this.unreadable = unreadable;
    this.#bySubject = bySubject;
  }

  get size(): number {
    return this.certificates.length;
  }

  /** Certificates of a canonical subject name (Name.canonical), in the order they were added. */
  withSubject(canonical: string): readonly Certificate[] {
    return this.#bySubject.get(canonical) ?? [];
  }

  has(certificate: Certificate): boolean {
    return this.withSubject(certificate.subject.canonical).some(other => other.equals(certificate));
  }
}

/** Parses trust anchors: DER, PEM text (all its certificates), or certificates already parsed. What cannot be read is left out and counted. */
export function trustStore(anchors: readonly (Certificate | Uint8Array | string)[]): TrustStore {
  const certificates: Certificate[] = [];
  let unreadable = 0;
  const add = (read: () => Certificate) => {
    try {
      certificates.push(read());
    } catch (error) {
      if (!(error instanceof MalformedCertificate)) throw error;
      unreadable++;
    }
  };
  for (const anchor of anchors) {
    if (anchor instanceof Parsed) certificates.push(anchor);
    else if (typeof anchor === 'string' || anchor[0] === 0x2d) {
      const blocks = pemBlocks(typeof anchor === 'string' ? new TextEncoder().encode(anchor) : anchor);
      for (const block of blocks) if (block.read) add(block.read);
      if (!blocks.some(block => block.read)) unreadable++;
    } else add(() => parseCertificate(anchor));
  }
  return new TrustStore(certificates, unreadable);
}
