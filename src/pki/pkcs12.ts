// PKCS#12 through node-forge, in a module of its own so that nobody else pays for loading it. Certificates only: keys
// that come along are dropped unread.
import { pbkdf2Sync } from 'node:crypto';
import forge from 'node-forge/lib/forge.js';
// Adds `pkcs12`, and what that needs, to the object above.
import 'node-forge/lib/pkcs12.js';

// forge takes a password's characters for octets; in PBES2 OpenSSL, and everybody since, takes its UTF-8 (RFC 8018 §3).
// The older PKCS#12 derivation, which the MAC uses too, has its own encoding and is right as it is.
forge.pkcs5.pbkdf2 = (password, salt, rounds, size, digest) =>
  pbkdf2Sync(password, Buffer.from(salt, 'latin1'), rounds, size, digest?.algorithm ?? 'sha1').toString('latin1');

export interface Pkcs12 {
  /** DER. */
  readonly certificates: readonly Uint8Array[];
  readonly problem: string | null;
  readonly needsPassword: boolean;
}

/** Opens a PKCS#12 file; without a password it tries both ways of having none (an empty one, and no MAC at all). Never throws. */
export function readPkcs12(bytes: Uint8Array, password: string | undefined): Pkcs12 {
  try {
    const asn1 = forge.asn1.fromDer(Buffer.from(bytes).toString('latin1'));
    const pfx = forge.pkcs12.pkcs12FromAsn1(asn1, false, password ?? '');
    const certificates: Uint8Array[] = [];
    for (const { safeBags } of pfx.safeContents)
      for (const bag of safeBags) {
        // forge parses RSA certificates only and keeps the others as they were; both are written out again octet for octet.
        const der = bag.cert
          ? forge.pki.certificateToAsn1(bag.cert)
          : bag.type === forge.pki.oids.certBag
            ? bag.asn1
            : null;
        if (der) certificates.push(Uint8Array.from(Buffer.from(forge.asn1.toDer(der).getBytes(), 'latin1')));
      }
    return { certificates, problem: null, needsPassword: false };
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const wrong = /MAC could not be verified|Invalid password|decrypt/i.test(text);
    return {
      certificates: [],
      problem: wrong
        ? password === undefined
          ? 'this PKCS#12 file needs a password'
          : 'the password does not open this PKCS#12 file'
        : `this PKCS#12 file cannot be read: ${text}`,
      needsPassword: wrong,
    };
  }
}
