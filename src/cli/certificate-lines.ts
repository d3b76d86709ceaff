// One certificate as `inspect` prints it.
import type { CertificateInfo } from '../model/certificate.ts';
import type { Certificate } from '../pki/certificate.ts';
import { line } from '../report/safe-text.ts';

/** A block of lines, each safe for a terminal, ending in a line break. */
export function certificateLines(certificate: Certificate, role: CertificateInfo['role'], index: number): string {
  const { basicConstraints, broken } = certificate.extensions;
  const rows: [string, string][] = [
    ['subject', certificate.subject.text || '(empty)'],
    ['issuer', certificate.issuer.text || '(empty)'],
    ['valid', `${day(certificate.notBefore)} to ${day(certificate.notAfter)}`],
    ['key', `${certificate.key.text}, signed with ${certificate.signatureInfo.text}`],
    ['serial', certificate.serialHex],
    ['sha256', certificate.sha256],
  ];
  const { names } = certificate;
  if (names.length > 0)
    rows.push([
      'names',
      `${names.slice(0, 12).join(', ')}${names.length > 12 ? ` and ${names.length - 12} more` : ''}`,
    ]);
  if (basicConstraints)
    rows.push([
      'CA',
      basicConstraints.ca
        ? `yes${basicConstraints.pathLength === null ? '' : `, path length ${basicConstraints.pathLength}`}`
        : 'no',
    ]);
  if (certificate.caIssuersUrls.length > 0) rows.push(['issuer at', certificate.caIssuersUrls.join(' ')]);
  if (certificate.ocspUrls.length > 0) rows.push(['OCSP', certificate.ocspUrls.join(' ')]);
  for (const extension of broken)
    rows.push(['broken', `${extension.name}: ${extension.reason} (at offset ${extension.offset})`]);
  return `${index + 1}. ${role}\n${rows.map(([name, value]) => `   ${name.padEnd(10)} ${line(value)}\n`).join('')}`;
}

const day = (date: Date) =>
  Number.isNaN(date.getTime()) ? 'an unreadable time' : date.toISOString().replace('.000Z', 'Z');
