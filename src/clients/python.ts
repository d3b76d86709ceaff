// Finds the Python that `python3` on PATH is, and what it says of itself. The probe imports as little as it can:
// ssl for the verdicts' sake, certifi for its path; requests and urllib3 are only asked for their versions.
import type { World } from '../world.ts';

export interface Python {
  /** sys.executable. */
  readonly path: string;
  readonly version: string;
  /** ssl.OPENSSL_VERSION; null when the ssl module cannot be imported. */
  readonly openssl: string | null;
  readonly sslModule: boolean;
  /** Why `import ssl` failed. */
  readonly sslError: string | null;
  /** Compiled-in defaults of its OpenSSL, whether or not anything stands there. */
  readonly defaultFile: string | null;
  readonly defaultDirectory: string | null;
  readonly certifi: { readonly path: string; readonly version: string | null } | null;
  readonly requests: string | null;
  readonly urllib3: string | null;
  /** What a new SSLContext of this build offers: distributions differ from python.org. null = no ssl module, or before 3.7. */
  readonly offer: {
    readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
    /** Names, in order. */
    readonly ciphers: readonly string[];
    /** SSLContext.security_level (3.10 and later). */
    readonly securityLevel: 0 | 1 | 2 | null;
  } | null;
}

/** The interpreter that `python3` starts, or null when there is none that answers. Never throws. */
export async function findPython(world: World): Promise<Python | null> {
  for (const name of world.platform === 'windows' ? ['python', 'py'] : ['python3', 'python']) {
    try {
      const { code, stdout } = await world.exec([name, '-c', PROBE], { signal: world.within(10_000) });
      const python = code === 0 ? readProbe(stdout) : null;
      if (python) return python;
    } catch {
      // No such program, or it did not answer: the next name may.
    }
  }
  return null;
}

/** What the probe printed; null when it is not the probe's answer (a shell shim's warning, Python 2). */
export function readProbe(stdout: string): Python | null {
  const line = stdout.split('\n').findLast(text => text.startsWith('{'));
  if (!line) return null;
  try {
    const said = JSON.parse(line) as Record<string, unknown>;
    const text = (key: string) => (typeof said[key] === 'string' ? said[key] : null);
    const path = text('path');
    const version = text('version');
    if (path === null || version === null) return null;
    const certifi = text('certifi');
    return {
      path,
      version,
      openssl: text('openssl'),
      sslModule: said.ssl_error === null,
      sslError: text('ssl_error'),
      defaultFile: text('cafile'),
      defaultDirectory: text('capath'),
      certifi: certifi === null ? null : { path: certifi, version: text('certifi_version') },
      requests: text('requests'),
      urllib3: text('urllib3'),
      offer: offerOf(said),
    };
  } catch {
    return null;
  }
}

function offerOf({ ciphers, minimum, level }: Record<string, unknown>): Python['offer'] {
  if (!Array.isArray(ciphers) || ciphers.length === 0 || typeof minimum !== 'number') return null;
  return {
    minVersion: MIN_VERSIONS[minimum] ?? 'TLSv1',
    ciphers: ciphers.filter((name): name is string => typeof name === 'string' && /^[\w-]+$/.test(name)),
    securityLevel: level === 0 || level === 1 || level === 2 ? level : null,
  };
}

/** ssl.TLSVersion; MINIMUM_SUPPORTED (-2) leaves it to OpenSSL, whose builds of today still know TLS 1.0. */
const MIN_VERSIONS: Readonly<Record<number, 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'>> = {
  770: 'TLSv1.1',
  771: 'TLSv1.2',
  772: 'TLSv1.3',
};

const PROBE = `
import sys, json
said = {'path': sys.executable, 'version': '.'.join(map(str, sys.version_info[:3])), 'ssl_error': None}
try:
    import ssl
    said['openssl'] = ssl.OPENSSL_VERSION
    paths = ssl.get_default_verify_paths()
    said['cafile'] = paths.openssl_cafile
    said['capath'] = paths.openssl_capath
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    said['minimum'] = int(context.minimum_version)
    said['ciphers'] = [cipher['name'] for cipher in context.get_ciphers()]
    said['level'] = getattr(context, 'security_level', None)
except ImportError as error:
    said['ssl_error'] = str(error)
except AttributeError:
    pass
try:
    from importlib.metadata import version
except ImportError:
    def version(name):
        return __import__(name).__version__
for name in ('requests', 'urllib3'):
    try:
        said[name] = version(name)
    except Exception:
        pass
try:
    import certifi
    said['certifi'] = certifi.where()
    said['certifi_version'] = getattr(certifi, '__version__', None)
except Exception:
    pass
print(json.dumps(said))
`;
