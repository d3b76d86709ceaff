// The client certificate and key a person gave: read, and looked at before the server can complain about them.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Facts } from '../model/facts.ts';
import type { Offer } from '../net/tls.ts';
import type { Certificate } from '../pki/certificate.ts';
import { readPem } from '../pki/containers.ts';
import type { World } from '../world.ts';

export interface ClientCredentials {
  readonly state: NonNullable<Facts['handshake.clientKey']>;
  /** One line; never the key. */
  readonly detail: string;
  /** The certificate and what stands after it in its file. */
  readonly certificates: readonly Certificate[];
  /** For the handshake; empty when they cannot be used. */
  readonly offer: Pick<Offer, 'cert' | 'key' | 'passphrase'>;
}

/** null when none was given. A file that cannot be read is a state, not an exception. */
export async function readCredentials(world: World): Promise<ClientCredentials | null> {
  const { certFile, keyFile, keyPasswordEnv } = world.options;
  if (certFile === null) return null;
  const keyPath = keyFile ?? certFile;
  try {
    const cert = await world.read(certFile, 1 << 20);
    const key = await world.read(keyPath, 1 << 20);
    const { certificates } = readPem(cert);
    const [leaf] = certificates;
    if (!leaf) return { state: 'unreadable', detail: `${certFile} holds no certificate`, certificates, offer: {} };
    const passphrase = keyPasswordEnv === null ? undefined : world.env[keyPasswordEnv];
    const opened = openKey(key, passphrase);
    if (typeof opened === 'string')
      return {
        state: opened,
        detail: `${keyPath} cannot be read as a private key${opened === 'encrypted' ? ' without its password' : ''}`,
        certificates,
        offer: {},
      };
    if (!leaf.publicKey || !belongs(opened, leaf.publicKey))
      return {
        state: 'mismatch',
        detail: `the key in ${keyPath} is not the key of the certificate in ${certFile}`,
        certificates,
        offer: {},
      };
    const mode = world.platform === 'windows' ? 0 : ((await world.stat(keyPath))?.mode ?? 0);
    const open = (mode & 0o077) !== 0;
    return {
      state: open ? 'readable-by-others' : 'fine',
      detail: open ? `${keyPath} has mode ${mode.toString(8).padStart(4, '0')}` : 'certificate and key belong together',
      certificates,
      offer: { cert, key, ...(passphrase === undefined ? {} : { passphrase }) },
    };
  } catch (error) {
    return {
      state: 'unreadable',
      detail: `${keyPath}: ${(error as { code?: string }).code ?? 'cannot be read'}`,
      certificates: [],
      offer: {},
    };
  }
}

/**
 * What a server would find wrong with the certificate, as far as it can be seen from here (RFC 8446 §4.2.4: the issuer of
 * one of the certificates shown should be among the authorities).
 * @param authorities DER names of the CertificateRequest; none = any CA will do
 */
export function clientFault(
  certificates: readonly Certificate[],
  authorities: readonly Uint8Array[],
  at: Date,
): Facts['handshake.clientFault'] {
  const [leaf] = certificates;
  if (!leaf) return null;
  if (leaf.validTo.date < at) return 'expired';
  if (leaf.validFrom.date > at) return 'too-early';
  const usages = leaf.extensions.extKeyUsage;
  if (usages !== null && ![CLIENT_AUTH, ANY_USAGE].some(usage => usages.includes(usage))) return 'not-for-clients';
  const named = certificates.flatMap(each => [each.issuer, each.subject].map(name => hex(name.der)));
  return authorities.length > 0 && !authorities.some(name => named.includes(hex(name))) ? 'other-ca' : null;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ANY_USAGE = '2.5.29.37.0';
const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');

function openKey(bytes: Uint8Array, passphrase: string | undefined): KeyObject | 'encrypted' | 'unreadable' {
  const text = Buffer.from(bytes).toString('latin1');
  const encrypted = /ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text);
  try {
    return createPrivateKey({
      key: Buffer.from(bytes),
      format: 'pem',
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch {
    return encrypted ? 'encrypted' : 'unreadable';
  }
}

function belongs(key: KeyObject, certified: KeyObject): boolean {
  try {
    return createPublicKey(key).equals(certified);
  } catch {
    return false;
  }
}
