// Small certificate maker for this room's tables: honest by default, any part replaceable.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { type Certificate, parseCertificate } from '../../../src/pki/certificate.ts';
import { type Draft, issue, type Key, name, X } from '../../parity/chains.ts';
import { bits, boolean, integer, octets, oid, sequence, text, time, tlv } from '../../parity/der-builder.ts';

/** The moment most tests judge at. */
export const NOW = new Date('2026-06-01T12:00:00Z');
const EPOCH = NOW.getTime() / 1000;

export function ecKey(label: string, namedCurve = 'P-256'): Key {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  return { name: label, privateKey, spki, id: createHash('sha1').update(spki).digest() };
}

export interface Made {
  readonly certificate: Certificate;
  readonly der: Buffer;
  readonly draft: Draft;
}

export interface Wish {
  readonly key?: Key;
  readonly commonName?: string;
  /** Extensions to add or, by type, to replace; null takes one away. */
  readonly extensions?: Readonly<Record<string, { readonly critical: boolean; readonly value: Buffer } | null>>;
  readonly change?: Partial<Draft>;
}

/** A CA signed by `above`, or by itself. */
export function authority(label: string, above: Made | null = null, wish: Wish = {}): Made {
  return made(label, above, wish, {
    [X.basic]: { critical: true, value: sequence(boolean(true)) },
    [X.keyUsage]: { critical: true, value: bits(Buffer.from([0x06]), 1) },
  });
}

/** A server certificate for these DNS names. */
export function server(names: readonly string[], above: Made, wish: Wish = {}): Made {
  return made(wish.commonName ?? 'server', above, wish, {
    [X.basic]: { critical: true, value: sequence() },
    [X.keyUsage]: { critical: true, value: bits(Buffer.from([0xa0]), 5) },
    [X.eku]: { critical: false, value: sequence(oid('1.3.6.1.5.5.7.3.1')) },
    ...(names.length > 0 ? { [X.san]: { critical: false, value: sequence(...names.map(dns)) } } : {}),
  });
}

export const dns = (value: string) => text(0x82, value);
export const days = (n: number) => time(EPOCH + n * 86_400);

function made(label: string, above: Made | null, wish: Wish, usual: NonNullable<Wish['extensions']>): Made {
  const key = wish.key ?? ecKey(label);
  const subject = name([['2.5.4.3', label]]);
  const signer = above?.draft.key ?? key;
  const extensions = {
    [X.ski]: { critical: false, value: octets(key.id) },
    [X.aki]: { critical: false, value: sequence(tlv(0x80, signer.id)) },
    ...usual,
    ...wish.extensions,
  };
  const draft: Draft = {
    subject,
    issuer: above?.draft.subject ?? subject,
    key,
    spki: null,
    signer,
    signature: null,
    outer: null,
    from: days(-30),
    to: days(30),
    version: 3,
    serial: integer(1000 + label.length),
    extensions: Object.entries(extensions).flatMap(([type, extension]) => (extension ? [{ type, ...extension }] : [])),
    spoilSignature: false,
    ...wish.change,
  };
  const der = issue(draft);
  return { certificate: parseCertificate(der), der, draft };
}
