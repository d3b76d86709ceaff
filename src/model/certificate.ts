/** A certificate as reports print it (CONTRACT.md `chain.sent`). Text fields are raw: make them safe at the edge. */
export interface CertificateInfo {
  /** RFC 4514-like, most specific RDN last as OpenSSL prints it: `C=US, O=Example, CN=R10`. */
  readonly subject: string;
  readonly issuer: string;
  /** Lower-case hex, no colons: SHA-256 of the DER. */
  readonly sha256: string;
  /** ISO 8601. */
  readonly notBefore: string;
  readonly notAfter: string;
  /** subjectAltName DNS names and IP addresses. */
  readonly names: readonly string[];
  /** For people: `RSA 2048`, `EC P-256`, `Ed25519`. */
  readonly key: string;
  readonly role: 'leaf' | 'intermediate' | 'root' | 'unrelated';
  readonly pem: string;
}

/** A certificate of the built path, and where it came from. */
export interface PathEntry {
  readonly sha256: string;
  readonly subject: string;
  readonly from: 'sent' | 'aia' | 'store';
}

/** One answer of the verifier, in OpenSSL's words. */
export interface VerifyAnswer {
  /** X509_V_ERR_* number. */
  readonly verifyCode: number;
  readonly verifyName: string;
  /** As Python words it (codes 62 and 64 are Python's own sentences). */
  readonly verifyMessage: string;
  /** 0 = leaf; null where OpenSSL reports none. */
  readonly depth: number | null;
}
