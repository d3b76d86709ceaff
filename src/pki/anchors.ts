// A file of trust anchors as OpenSSL loads one (by_file.c X509_load_cert_crl_file, pem_info.c PEM_X509_INFO_read_bio): all
// of its blocks or none. One that breaks off, or is glued to the next, leaves the client without the whole file.
import type { Certificate } from './certificate.ts';
import { readPem } from './containers.ts';

export function readAnchors(bytes: Uint8Array): readonly Certificate[] | 'no-certificates' | 'damaged' {
  const labels = framed(bytes);
  if (labels === null) return 'damaged';
  const wanted = labels.filter(label => ANCHORS.has(label)).length;
  // A CRL alone loads as well, and anchors nothing.
  if (wanted === 0) return 'no-certificates';
  const { certificates, problems } = readPem(bytes);
  if (problems.length > 0) return 'damaged';
  return certificates;
}

const ANCHORS = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);
const BEGIN = '-----BEGIN ';

/**
 * The labels of its blocks; null when one is not closed by a line of its own (pem_lib.c get_name, get_header_and_data).
 * A block begins where a line does, so an indented one is none at all.
 */
function framed(bytes: Uint8Array): string[] | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const labels: string[] = [];
  let open: string | null = null;
  // OpenSSL 3 passes over a byte order mark (UTF-8), as Windows editors put it there.
  for (let at = text.startsWith('\xef\xbb\xbf') ? 3 : 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const next = end < 0 ? text.length : end + 1;
    if (text.startsWith('-----', at)) {
      const line = text.slice(at, next).replace(/[\0- ]+$/, '');
      if (open !== null) {
        if (line !== `-----END ${open}-----`) return null;
        labels.push(open);
        open = null;
      } else if (line.startsWith(BEGIN) && line.endsWith('-----') && line.length >= BEGIN.length + 5)
        open = line.slice(BEGIN.length, -5);
    }
    at = next;
  }
  return open === null ? labels : null;
}
