// The trust lists of other programs on this machine: what the browser or curl may know and the chosen client does not.
import { readPem } from '../pki/containers.ts';
import { type TrustStore, trustStore } from '../pki/store.ts';
import type { World } from '../world.ts';
import type { Client } from './client.ts';
import { SYSTEM_BUNDLES } from './trust-store.ts';

export interface OtherStore {
  /** Its file, or what it is called. */
  readonly path: string;
  readonly trust: TrustStore;
}

/** Variables by which programs are given a list of their own. */
const VARIABLES = [
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
  'PIP_CERT',
  'GIT_SSL_CAINFO',
  'AWS_CA_BUNDLE',
];

/** Reads them once, when first asked. One that is missing or unreadable is left out; never rejects. */
export function otherStores(client: Promise<Client>, world: World): () => Promise<readonly OtherStore[]> {
  let stores: Promise<readonly OtherStore[]> | undefined;
  return () => (stores ??= client.then(found => load(found, world)));
}

async function load({ store, python }: Client, world: World): Promise<readonly OtherStore[]> {
  const own = (await store).path;
  const files = VARIABLES.map(name => world.env[name] ?? '');
  // --default-ca-file says what the machine's own lists are taken to be.
  if (world.options.defaultCaFile === null)
    files.push(await firstOf(SYSTEM_BUNDLES, world), python?.defaultFile ?? '', python?.certifi?.path ?? '');
  const paths = [...new Set(files)].filter(path => path !== '' && path !== own);
  const read = paths.map(async path => {
    try {
      const trust = trustStore(readPem(await world.read(path)).certificates);
      return trust.size > 0 ? [{ path, trust }] : [];
    } catch {
      return [];
    }
  });
  const found = (await Promise.all(read)).flat();
  const system = world.options.defaultCaFile === null ? world.systemRoots() : [];
  if (system.length === 0) return found;
  const { certificates } = readPem(Buffer.from(system.join('\n')));
  return [{ path: 'the operating system’s list', trust: trustStore(certificates) }, ...found];
}

async function firstOf(paths: readonly string[], world: World): Promise<string> {
  for (const path of paths) if ((await world.stat(path))?.kind === 'file') return path;
  return '';
}
