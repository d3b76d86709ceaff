// Reads a client's trust anchors from where it would read them, and says what is wrong with that place.
import { join } from 'node:path';
import { readAnchors } from '../pki/anchors.ts';
import type { Certificate } from '../pki/certificate.ts';
import { readPem } from '../pki/containers.ts';
import { type TrustStore, trustStore } from '../pki/store.ts';
import type { World } from '../world.ts';

/** Where a client looks for trust anchors, and what sent it there. */
export interface StorePlace {
  readonly kind: 'given' | 'environment' | 'certifi' | 'system' | 'openssl-default' | 'none';
  /** Files, or (as requests allows) directories in their place. */
  readonly files: readonly string[];
  /** A directory of hashed names (OpenSSL's capath). */
  readonly directory: string | null;
  readonly because: string;
}

export interface Store {
  readonly trust: TrustStore;
  readonly size: number;
  /** What people would call the store: its file or directory. */
  readonly path: string;
  readonly problem: 'path-missing' | 'unreadable' | 'empty' | 'no-certificates' | 'damaged' | null;
  /** A directory was named where a file is usual: OpenSSL loads nothing of it before it is asked for an issuer. */
  readonly isDirectory: boolean;
}

/** Reads the place's certificates; a missing or unreadable place is a value, not an exception. */
export async function loadStore(place: StorePlace, world: World): Promise<Store> {
  if (place.files.length === 0 && place.directory === null) return standIn(world);
  const found: Certificate[] = [];
  let problem: Store['problem'] = null;
  let isDirectory = false;
  for (const file of place.files) {
    const stat = await world.stat(file);
    if (stat === null) problem ??= 'path-missing';
    else if (stat.kind === 'directory') {
      isDirectory = true;
      found.push(...(await hashedDirectory(file, world)));
    } else {
      const read = await readFile(file, world);
      if (typeof read === 'string') problem ??= read;
      else found.push(...read);
    }
  }
  for (const directory of place.directory?.split(':') ?? []) found.push(...(await hashedDirectory(directory, world)));
  const trust = trustStore(found);
  // A half that is missing does not matter while the other half has certificates: OpenSSL ignores it too.
  const tolerant = place.kind === 'openssl-default' || place.because.startsWith('SSL_CERT');
  return {
    trust,
    size: trust.size,
    path: place.files[0] ?? place.directory ?? '',
    problem: tolerant && trust.size > 0 ? null : (problem ?? (trust.size === 0 ? 'no-certificates' : null)),
    isDirectory,
  };
}

/** The public root list of today, read when first asked for: --reference-roots, else the one that came with Node.js. */
export function referenceRoots(world: World): () => Promise<TrustStore> {
  let list: Promise<TrustStore> | undefined;
  const { referenceRoots: file } = world.options;
  const load = async () =>
    file === null ? trustStore(world.bundledRoots()) : trustStore(readPem(await world.read(file)).certificates);
  return () => (list ??= load());
}

/** Where distributions keep the system's bundle, first found wins (as Go's crypto/x509 root_linux.go lists them). */
export const SYSTEM_BUNDLES: readonly string[] = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/pki/tls/cacert.pem',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/** The system's bundle, else the Mozilla list that came with this Node. */
async function standIn(world: World): Promise<Store> {
  for (const path of SYSTEM_BUNDLES) {
    const read = (await world.stat(path)) ? await readFile(path, world) : null;
    if (read !== null && typeof read !== 'string') {
      const trust = trustStore(read);
      return { trust, size: trust.size, path, problem: null, isDirectory: false };
    }
  }
  const trust = trustStore(world.bundledRoots());
  return { trust, size: trust.size, path: 'the root list that came with Node.js', problem: null, isDirectory: false };
}

async function readFile(
  path: string,
  world: World,
): Promise<readonly Certificate[] | 'unreadable' | 'empty' | 'no-certificates' | 'damaged'> {
  try {
    const bytes = await world.read(path);
    if (bytes.length === 0) return 'empty';
    return readAnchors(bytes);
  } catch {
    return 'unreadable';
  }
}

/** OpenSSL X509_LOOKUP_hash_dir: only names of the form `9d66eef0.0` are ever looked at. */
async function hashedDirectory(directory: string, world: World): Promise<readonly Certificate[]> {
  try {
    const names = (await world.list(directory)).filter(name => /^[0-9a-f]{8}\.\d+$/.test(name));
    const read = await Promise.all(names.map(name => readFile(join(directory, name), world)));
    return read.flatMap(result => (typeof result === 'string' ? [] : result));
  } catch {
    return [];
  }
}
