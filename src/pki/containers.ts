// Certificates in any common wrapping: PEM with junk around it, TRUSTED CERTIFICATE, DER (also several in a row), PKCS#7
// and PKCS#12. What cannot be read is reported with its offset and does not keep the rest from being read.
import { MAX_CERTIFICATES, MAX_KDF_ITERATIONS, MAX_PROBLEMS } from './budget.ts';
import { type Certificate, MalformedCertificate, parseCertificate, parseTrustedCertificate } from './certificate.ts';
import { children, content, type Element, element, MalformedDer, oid, TAG, whole } from './der.ts';
import { pemBlocks } from './pem.ts';

export interface ReadProblem {
  /** In octets, from the start of what was given. */
  readonly offset: number;
  readonly message: string;
}

export interface ReadCertificates {
  /** In the order of the file. */
  readonly certificates: readonly Certificate[];
  readonly problems: readonly ReadProblem[];
  /** `unknown`: no certificate wrapping was recognised. */
  readonly format: 'pem' | 'der' | 'pkcs7' | 'pkcs12' | 'unknown';
  /** The wrapping is encrypted, and the password given (or none) does not open it. */
  readonly needsPassword: boolean;
}

/** Reads all certificates of a file. Never throws for what the file holds. */
export async function readCertificates(
  bytes: Uint8Array,
  how: { readonly password?: string } = {},
): Promise<ReadCertificates> {
  const certain = readWithoutPassword(bytes);
  if (certain) return certain;
  const { readPkcs12 } = await import('./pkcs12.ts');
  const problem = tooManyRounds(bytes);
  if (problem) return { certificates: [], problems: [problem], format: 'pkcs12', needsPassword: false };
  const read = readPkcs12(bytes, how.password);
  const found = collect();
  for (const der of read.certificates) found.add(0, () => parseCertificate(der));
  if (read.problem !== null) found.problems.push({ offset: 0, message: read.problem });
  return {
    certificates: found.certificates,
    problems: found.problems,
    format: 'pkcs12',
    needsPassword: read.needsPassword,
  };
}

/** The same for everything but PKCS#12, which returns null: at once, for files of trust anchors. */
export function readWithoutPassword(bytes: Uint8Array): ReadCertificates | null {
  const binary = bytes[0] === TAG.sequence ? readBinary(bytes) : undefined;
  if (binary !== undefined) return binary;
  return readPem(bytes);
}

/** Reads PEM text only. */
export function readPem(bytes: Uint8Array): ReadCertificates {
  const found = collect();
  let recognised = false;
  for (const block of pemBlocks(bytes)) {
    const certificate = block.label.endsWith('CERTIFICATE');
    const pkcs7 = PKCS7_LABELS.has(block.label);
    // Keys, parameters and requests often stand in the same file, and are nobody's business here.
    if (!certificate && !pkcs7) continue;
    recognised = true;
    if (block.problem !== null) found.problems.push({ offset: block.offset, message: block.problem });
    else if (block.read) found.add(block.offset, block.read);
    else if (pkcs7 && block.der) addPkcs7(block.der, block.offset, found);
  }
  if (!recognised) found.problems.push({ offset: 0, message: 'there is no certificate in this file' });
  return {
    certificates: found.certificates,
    problems: found.problems,
    format: recognised ? 'pem' : 'unknown',
    needsPassword: false,
  };
}

const PKCS7_LABELS = new Set(['PKCS7', 'PKCS #7 SIGNED DATA', 'CMS']);
const OID_SIGNED_DATA = '1.2.840.113549.1.7.2';

interface Found {
  readonly certificates: Certificate[];
  readonly problems: ReadProblem[];
  /** False when there are too many by now. */
  add(offset: number, read: () => Certificate): boolean;
}

function collect(): Found {
  const certificates: Certificate[] = [];
  const problems: ReadProblem[] = [];
  return {
    certificates,
    problems,
    add(offset, read) {
      if (certificates.length >= MAX_CERTIFICATES) return false;
      try {
        certificates.push(read());
      } catch (error) {
        if (!(error instanceof MalformedCertificate)) throw error;
        if (problems.length < MAX_PROBLEMS) problems.push({ offset: offset + error.offset, message: error.message });
      }
      return true;
    },
  };
}

/** null: PKCS#12. undefined: no ASN.1 after all. */
function readBinary(bytes: Uint8Array): ReadCertificates | null | undefined {
  let outer: Element;
  let first: Element | undefined;
  try {
    outer = element(bytes, 0);
    first = children(outer)[0];
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    // "0…" may also begin a text.
    if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('-----BEGIN ')) return undefined;
    return {
      certificates: [],
      problems: [{ offset: error.offset, message: error.message }],
      format: 'der',
      needsPassword: false,
    };
  }
  if (first?.tag === TAG.integer) return null;
  const found = collect();
  if (first?.tag === TAG.oid) {
    addPkcs7(bytes, 0, found);
    return { certificates: found.certificates, problems: found.problems, format: 'pkcs7', needsPassword: false };
  }
  for (let at = 0; at < bytes.length; ) {
    try {
      const one = element(bytes, at);
      const from = at;
      // After a TRUSTED CERTIFICATE in DER stand its settings; a certificate begins with two nested sequences, these do not.
      if (!found.add(from, () => parseTrustedCertificate(bytes.subarray(from, one.next)))) break;
      at = one.next;
    } catch (error) {
      if (!(error instanceof MalformedDer)) throw error;
      found.problems.push({ offset: at, message: `what follows is no certificate: ${error.message}` });
      break;
    }
    if (found.problems.length > 0) break;
  }
  return { certificates: found.certificates, problems: found.problems, format: 'der', needsPassword: false };
}

/** ContentInfo with SignedData: the certificates of its `certificates [0]` (RFC 2315 §9.1, RFC 5652 §5.1). */
function addPkcs7(bytes: Uint8Array, offset: number, found: Found): void {
  try {
    const [type, wrapped] = children(element(bytes, 0));
    if (!type || !wrapped || oid(type) !== OID_SIGNED_DATA)
      throw new MalformedDer('this PKCS#7 holds no signed data', 0);
    const [signed] = children(wrapped);
    const list = signed && children(signed).find(({ tag }) => tag === 0xa0);
    // Attribute certificates and other forms have context tags.
    for (const one of list ? children(list) : [])
      if (one.tag === TAG.sequence && !found.add(offset, () => parseCertificate(whole(one)))) break;
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    found.problems.push({ offset: offset + error.offset, message: error.message });
  }
}

/**
 * A hostile PKCS#12 may ask for any number of key derivation rounds, in several places; every such number stands behind its
 * salt. What forge would take it for counts: all octets, without a sign (found by test/fuzz: 35 octets of rounds).
 */
function tooManyRounds(bytes: Uint8Array): ReadProblem | null {
  const stack: { of: Element; depth: number }[] = [];
  let rounds = 0;
  let problem: ReadProblem | null = null;
  const push = (at: number, end: number, depth: number) => {
    let before = 0;
    try {
      for (let next = at; next < end; ) {
        const of = element(bytes, next, end);
        if (of.tag === TAG.integer && before === TAG.octetString) {
          rounds += content(of).reduce((value, octet) => value * 256 + octet, 0);
          if (rounds > MAX_KDF_ITERATIONS)
            problem ??= {
              offset: of.at,
              message: `this PKCS#12 asks for more than ${MAX_KDF_ITERATIONS} key derivation rounds`,
            };
        }
        before = of.tag;
        stack.push({ of, depth });
        next = of.next;
      }
    } catch (error) {
      if (!(error instanceof MalformedDer)) throw error;
    }
  };
  push(0, bytes.length, 0);
  for (let steps = 0; problem === null && stack.length > 0 && steps < 100_000; steps++) {
    const { of, depth } = stack.pop() ?? { of: element(bytes, 0), depth: 0 };
    // Contents hide in OCTET STRINGs (authSafe and each safe), so those are looked into as well.
    if (depth < 16 && ((of.tag & 0x20) !== 0 || of.tag === TAG.octetString)) push(of.from, of.to, depth + 1);
  }
  return problem;
}
