// The client whose answer was computed, asked for real: the same request, the same trust, the same way (--confirm).
import { learnt, type Seen } from '../model/facts.ts';
import type { ClientPrediction, Prediction } from '../model/report.ts';
import type { Target } from '../model/target.ts';
import type { World } from '../world.ts';
import type { Client } from './client.ts';
import { findPython } from './python.ts';

/** The request's way and end, as the run knew them. */
interface Asked {
  readonly target: Target;
  readonly proxy: {
    readonly scheme: string;
    readonly host: string;
    readonly port: number;
    readonly credentials: string | null;
  } | null;
  readonly world: World;
}

/**
 * The clients found on this machine with what is predicted for each, and under --confirm whether the real one said the same.
 * `confirmed` stays null when it was not asked, or could not be asked the same question; `message` is then the prediction's.
 */
export async function clientsOf(
  client: Client,
  prediction: Prediction,
  seen: Seen,
  how: Asked,
): Promise<readonly ClientPrediction[]> {
  const { world } = how;
  const python = client.python ?? (world.options.confirm ? await findPython(world) : null);
  if (!python || client.id === 'openssl' || prediction.ok === null) return [];
  const entry: ClientPrediction = {
    id: client.id,
    path: python.path,
    version: (client.id === 'requests' ? python.requests : null) ?? python.version,
    trust: {
      kind: client.place.kind,
      path: (await client.store).path,
      because: client.place.because,
    },
    ok: prediction.ok,
    verifyCode: prediction.verifyCode,
    message: prediction.text,
    confirmed: null,
  };
  const same = client.profile.replace(/^requests@/, '') === `python${python.version.split('.').slice(0, 2).join('.')}`;
  if (!world.options.confirm || !same || !askable(client, python.requests, how)) return [entry];
  const said = await ask(python.path, client, seen, how);
  return [said === null ? entry : { ...entry, confirmed: said.ok === entry.ok && said.code === entry.verifyCode }];
}

/** A clock of another time, a name of another SNI or a protocol with STARTTLS cannot be asked for by a plain request. */
function askable(client: Client, requests: string | null, { target, world }: Asked): boolean {
  const { at, servername } = world.options;
  return (
    at === null && servername === null && target.starttls === null && !(client.id === 'requests' && requests === null)
  );
}

interface Said {
  readonly ok: boolean;
  readonly code: number | null;
}

async function ask(path: string, client: Client, seen: Seen, { target, proxy, world }: Asked): Promise<Said | null> {
  const { certFile, keyFile, connect } = world.options;
  const { files, directory, kind } = client.place;
  const request = {
    requests: client.id === 'requests',
    url: target.url,
    host: target.host,
    port: learnt(seen, 'connect.port') ?? target.port,
    pin: connect.length > 0 ? (learnt(seen, 'connect.address') ?? connect[0]?.host ?? null) : null,
    // Where nothing was set, the client finds its own list.
    bundle: kind === 'certifi' || kind === 'openssl-default' || kind === 'none' ? null : (files[0] ?? directory),
    proxy: proxy && urlOf(proxy),
    cert: certFile,
    key: keyFile ?? certFile,
  };
  try {
    const input = JSON.stringify(request);
    const { stdout } = await world.exec([path, '-c', PROGRAM], { input, signal: world.within(world.remainingMs()) });
    const line = stdout.split('\n').findLast(text => text.startsWith('{'));
    const said = line ? (JSON.parse(line) as { ok?: unknown; code?: unknown }) : null;
    return said && typeof said.ok === 'boolean'
      ? { ok: said.ok, code: typeof said.code === 'number' ? said.code : null }
      : null;
  } catch {
    return null;
  }
}

function urlOf({ scheme, host, port, credentials }: NonNullable<Asked['proxy']>): string {
  const [user = '', ...password] = credentials?.split(':') ?? [];
  const login = credentials === null ? '' : `${encodeURIComponent(user)}:${encodeURIComponent(password.join(':'))}@`;
  return `${scheme}://${login}${host.includes(':') ? `[${host}]` : host}:${port}`;
}

// The request comes by standard input: credentials of a proxy must not stand in the list of processes.
const PROGRAM = `
import json, socket, ssl, sys
asked = json.load(sys.stdin)
if asked['pin']:
    real = socket.getaddrinfo
    def pinned(host, port, *rest, **more):
        if host == asked['host']:
            host, port = asked['pin'], asked['port']
        return real(host, port, *rest, **more)
    socket.getaddrinfo = pinned
def code_of(error):
    seen = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_code
        nested = [arg for arg in error.args if isinstance(arg, BaseException)]
        error = getattr(error, 'reason', None) if isinstance(getattr(error, 'reason', None), BaseException) else (nested[0] if nested else error.__cause__ or error.__context__)
    return None
try:
    if asked['requests']:
        import requests
        session = requests.Session()
        session.trust_env = False
        if asked['proxy']:
            session.proxies = {'https': asked['proxy']}
        session.get(asked['url'], verify=asked['bundle'] or True, timeout=8, stream=True,
                    cert=(asked['cert'], asked['key']) if asked['cert'] else None)
    else:
        context = ssl.create_default_context(cafile=asked['bundle'])
        if asked['cert']:
            context.load_cert_chain(asked['cert'], asked['key'])
        with socket.create_connection((asked['pin'] or asked['host'], asked['port']), timeout=8) as raw:
            with context.wrap_socket(raw, server_hostname=asked['host']) as wrapped:
                wrapped.sendall(b'HEAD / HTTP/1.0\\r\\n\\r\\n')
                if not wrapped.recv(64):
                    raise OSError('closed without an answer')
    print(json.dumps({'ok': True, 'code': 0}))
except Exception as error:
    print(json.dumps({'ok': False, 'code': code_of(error)}))
`;
