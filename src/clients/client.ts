// Who is asked about: the client whose answer the report predicts, what it trusts, and why.
import { type Profile, profileOf } from '../pki/profiles/index.ts';
import type { World } from '../world.ts';
import { findPython, type Python } from './python.ts';
import { loadStore, type Store, type StorePlace } from './trust-store.ts';

export interface Client {
  /** Tool id of the contract. */
  readonly id: 'requests' | 'python' | 'openssl';
  /** As --profile names it. */
  readonly profile: string;
  /** The urllib3 that `requests` stands on here; null = not installed, today's is assumed. */
  readonly urllib3: string | null;
  readonly requests: string | null;
  /** The interpreter found on this machine; null = none. */
  readonly python: Python | null;
  /** The interpreter whose own build the rules are; null when a profile was named: then it is python.org's. */
  readonly speaksFor: Python | null;
  /** Where this client's trust anchors are, and why there. */
  readonly place: StorePlace;
  /** The anchors, read once. */
  readonly store: Promise<Store>;
  /** Where they would be with no option and no environment variable in the way; null when that is the same place. */
  readonly defaultPlace: StorePlace | null;
  readonly defaultStore: () => Promise<Store | null>;
}

/**
 * Finds out which client to speak for (CONTRACT --profile) and what it trusts.
 * @param plain plain `ssl` instead of `requests`, as for STARTTLS protocols
 */
export async function findClient(world: World, plain: boolean): Promise<Client> {
  const { options } = world;
  // With the profile and the anchors both named, the machine's interpreter has nothing to add; starting it takes 100 ms.
  const named = options.profile !== null && (options.caFiles.length > 0 || options.defaultCaFile !== null);
  const python = named ? null : await findPython(world);
  const profile = options.profile ?? defaultProfile(python, plain);
  const id = profile === 'openssl' ? 'openssl' : profile.startsWith('requests@') ? 'requests' : 'python';
  // A profile that was named means today's requests and urllib3; only the default speaks for the installed ones.
  const installed = options.profile === null ? python : null;
  const usual = defaultPlaceOf(id, python, world);
  const place = placeOf(id, usual, world);
  const defaultPlace = place === usual ? null : usual;
  let fallback: Promise<Store> | undefined;
  return {
    id,
    profile,
    urllib3: installed?.urllib3 ?? null,
    requests: installed?.requests ?? null,
    python,
    speaksFor: installed,
    place,
    store: loadStore(place, world),
    defaultPlace,
    defaultStore: async () => (defaultPlace ? (fallback ??= loadStore(defaultPlace, world)) : null),
  };
}

function defaultProfile(python: Python | null, plain: boolean): string {
  const version = python?.sslModule ? minor(python.version) : '3.13';
  return `${plain ? '' : 'requests@'}python${clamp(version)}`;
}

/** The rules of this client: the profile's, with what the interpreter that it speaks for says of its own build. */
export function rulesOf({ profile, urllib3, speaksFor }: Pick<Client, 'profile' | 'urllib3' | 'speaksFor'>): Profile {
  const offer = speaksFor?.offer ?? null;
  const level = offer?.securityLevel ?? null;
  return profileOf(profile, {
    ...(urllib3 === null ? {} : { urllib3 }),
    build: offer && {
      securityLevel: level,
      tls: {
        minVersion: offer.minVersion,
        maxVersion: 'TLSv1.3',
        ciphers: `${offer.ciphers.join(':')}${level === null ? '' : `@SECLEVEL=${level}`}`,
      },
    },
  });
}

/** 3.11.7 → 3.11 */
const minor = (version: string) => version.split('.').slice(0, 2).join('.');

/** A Python newer than any profile behaves as the newest one known; an older one as the oldest. */
function clamp(version: string): string {
  const [major = 3, minorNumber = 13] = version.split('.').map(Number);
  return major > 3 || minorNumber > 14 ? '3.14' : minorNumber < 6 ? '3.6' : version;
}

/** What the options and the environment make of the usual place, in the order the client itself looks. */
function placeOf(id: Client['id'], usual: StorePlace, { options, env }: World): StorePlace {
  if (options.caFiles.length > 0)
    return { kind: 'given', files: options.caFiles, directory: null, because: '--ca-file' };
  if (id === 'requests') {
    // requests.sessions.Session.merge_environment_settings: the first that is set and not empty.
    for (const name of ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']) {
      const value = env[name];
      if (value) return { kind: 'environment', files: [value], directory: null, because: name };
    }
    return usual;
  }
  // OpenSSL X509_STORE_set_default_paths: each variable replaces its own half of the compiled-in defaults.
  const { SSL_CERT_FILE: file, SSL_CERT_DIR: directory } = env;
  if (file === undefined && directory === undefined) return usual;
  return {
    kind: 'environment',
    files: file === undefined ? usual.files : [file],
    directory: directory ?? usual.directory,
    because: [file === undefined ? null : 'SSL_CERT_FILE', directory === undefined ? null : 'SSL_CERT_DIR']
      .filter(name => name !== null)
      .join(' and '),
  };
}

function defaultPlaceOf(id: Client['id'], python: Python | null, { options }: World): StorePlace {
  if (options.defaultCaFile !== null)
    return { kind: 'system', files: [options.defaultCaFile], directory: null, because: '--default-ca-file' };
  if (id === 'requests' && python?.certifi) {
    const { path, version } = python.certifi;
    return {
      kind: 'certifi',
      files: [path],
      directory: null,
      because: `certifi ${version ?? ''} of ${python.path}`.replace('  ', ' '),
    };
  }
  if (id !== 'requests' && python?.defaultFile)
    return {
      kind: 'openssl-default',
      files: [python.defaultFile],
      directory: python.defaultDirectory,
      because: `the default of ${python.openssl} in ${python.path}`,
    };
  return {
    kind: 'system',
    files: [],
    directory: null,
    because:
      id === 'requests'
        ? 'requests is not installed here: the public root list stands in for its certifi'
        : 'the system’s own list',
  };
}
