// Every limit of this room, with where it comes from. Certificates are hostile input: nothing here may grow without end.

/** Nested constructed values while looking for the end of an indefinite length. OpenSSL's ASN1_MAX_CONSTRUCTED_NEST is 30. */
export const MAX_NESTING = 30;

/** Strings in pieces in pieces: OpenSSL's ASN1_MAX_STRING_NEST. */
export const MAX_STRING_NESTING = 5;

/** Bytes of one certificate. OpenSSL's TLS limit for the whole Certificate message (SSL_MAX_CERT_LIST_DEFAULT) is 100 KiB; files may be larger. */
export const MAX_CERTIFICATE_BYTES = 16 * 1024 * 1024;

/** Bytes of one encoded name: OpenSSL's X509_NAME_MAX. */
export const MAX_NAME_BYTES = 1024 * 1024;

/** Issuers above the leaf: the default of X509_VERIFY_PARAM for ssl_server (x509_vpm.c, `100`). One more is looked for, then 22. */
export const MAX_DEPTH = 100;

/** Names times constraints before OpenSSL gives up with X509_V_ERR_UNSPECIFIED (v3_ncons.c NAME_CHECK_MAX). */
export const MAX_NAME_CHECKS = 1 << 20;

/** RSA moduli OpenSSL still verifies with: OPENSSL_RSA_MAX_MODULUS_BITS. */
export const MAX_RSA_BITS = 16384;

/** Certificates taken from one file. The largest real bundles hold a few hundred. */
export const MAX_CERTIFICATES = 20_000;

/** Problems reported for one file; a file of garbage would otherwise produce one a line. */
export const MAX_PROBLEMS = 100;

/** Key derivation rounds of a PKCS#12 file we are willing to pay for: OpenSSL writes 2,048, the strictest exporters 600,000. */
export const MAX_KDF_ITERATIONS = 2_000_000;

/** How far the clocks of those who sign OCSP answers and CRLs may differ from ours: what OpenSSL's own programs allow OCSP. */
export const REVOCATION_SKEW_MS = 300_000;
