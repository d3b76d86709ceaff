// PEM with whatever stands around it, in time linear in its length: every line is looked at once, nothing is searched backwards.
import { MAX_PROBLEMS } from './budget.ts';
import { type Certificate, parseCertificate, parseTrustedCertificate } from './certificate.ts';

/** One BEGIN … END block. */
export interface PemBlock {
  /** `CERTIFICATE`, `PKCS7`, … */
  readonly label: string;
  /** Where BEGIN stands, in octets. */
  readonly offset: number;
  /** null when the block cannot be decoded; `problem` says why. */
  readonly der: Uint8Array | null;
  readonly problem: string | null;
  /** Parses it as a certificate (throws MalformedCertificate); null for other labels and undecodable blocks. */
  readonly read: (() => Certificate) | null;
}

/** All blocks of a text, in order. Never throws. */
export function pemBlocks(bytes: Uint8Array): PemBlock[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const blocks: PemBlock[] = [];
  let faulty = 0;
  for (let at = buffer.indexOf(BEGIN); at >= 0; ) {
    const block = blockAt(buffer, at);
    if (block) {
      if (block.problem !== null && ++faulty > MAX_PROBLEMS) break;
      blocks.push(block);
    }
    at = buffer.indexOf(BEGIN, block ? block.next : at + BEGIN.length);
  }
  return blocks;
}

const BEGIN = '-----BEGIN ';
const CERTIFICATE = new Set(['CERTIFICATE', 'X509 CERTIFICATE']);
const TRUSTED = 'TRUSTED CERTIFICATE';
const MAX_LABEL = 64;

function blockAt(buffer: Buffer, at: number): (PemBlock & { readonly next: number }) | null {
  // Labels begin with a letter; saying so first makes a file of nothing but BEGINs six times cheaper.
  if ((buffer[at + BEGIN.length] ?? 0) < 0x41) return null;
  const head = buffer.toString('latin1', at, at + BEGIN.length + MAX_LABEL + 5);
  const label = /^-----BEGIN ([A-Z0-9 ]{1,64})-----/.exec(head)?.[1];
  if (label === undefined) return null;
  const from = at + BEGIN.length + label.length + 5;
  // The body holds no dash, so the next one ends it, right or wrong; the search never passes over octets twice.
  const end = buffer.indexOf('-----', from);
  const foot = `-----END ${label}-----`;
  const closed = end >= 0 && buffer.toString('latin1', end, end + foot.length) === foot;
  const fault = (problem: string) => ({
    label,
    offset: at,
    der: null,
    problem,
    read: null,
    next: end < 0 ? buffer.length : end,
  });
  if (!closed) return fault(end < 0 ? `the ${label} block has no end` : `the ${label} block does not end with ${foot}`);
  const body = buffer.toString('latin1', from, end);
  const next = end + foot.length;
  // RFC 1421 headers (Proc-Type, DEK-Info) end with an empty line; only keys have them.
  if (body.includes(':')) return { ...fault(`the ${label} block has headers or is encrypted`), next };
  const base64 = body.replace(/[\s\0]+/g, '');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length === 0 || base64.length % 4 !== 0)
    return { ...fault(`the ${label} block is not base64`), next };
  const der = Uint8Array.from(Buffer.from(base64, 'base64'));
  const read = CERTIFICATE.has(label)
    ? () => parseCertificate(der)
    : label === TRUSTED
      ? () => parseTrustedCertificate(der)
      : null;
  return { label, offset: at, der, problem: null, read, next };
}
