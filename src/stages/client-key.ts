// The client certificate and key a person gave: read, and looked at before the server can complain about them.
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Facts } from '../model/facts.ts';
import type { Offer } from '../net/tls.ts';
import { readPem } from '../pki/containers.ts';
import type { World } from '../world.ts';

export interface ClientCredentials {
  readonly state: NonNullable<Facts['handshake.clientKey']>;
  /** One line; never the key. */
  readonly detail: string;
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
    const [leaf] = readPem(cert).certificates;
    if (!leaf) return { state: 'unreadable', detail: `${certFile} holds no certificate`, offer: {} };
    const passphrase = keyPasswordEnv === null ? undefined : world.env[keyPasswordEnv];
    const opened = openKey(key, passphrase);
    if (typeof opened === 'string')
      return {
        state: opened,
        detail: `${keyPath} cannot be read as a private key${opened === 'encrypted' ? ' without its password' : ''}`,
        offer: {},
      };
    if (!leaf.publicKey || !belongs(opened, leaf.publicKey))
      return {
        state: 'mismatch',
        detail: `the key in ${keyPath} is not the key of the certificate in ${certFile}`,
        offer: {},
      };
    const mode = world.platform === 'windows' ? 0 : ((await world.stat(keyPath))?.mode ?? 0);
    const open = (mode & 0o077) !== 0;
    return {
      state: open ? 'readable-by-others' : 'fine',
      detail: open ? `${keyPath} has mode ${mode.toString(8).padStart(4, '0')}` : 'certificate and key belong together',
      offer: { cert, key, ...(passphrase === undefined ? {} : { passphrase }) },
    };
  } catch (error) {
    return {
      state: 'unreadable',
      detail: `${keyPath}: ${(error as { code?: string }).code ?? 'cannot be read'}`,
      offer: {},
    };
  }
}

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
