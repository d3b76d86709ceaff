// Which proxy the client would use for a target, as requests and urllib decide it from the environment
// (requests.utils.get_environ_proxies, should_bypass_proxies, select_proxy; urllib.request.getproxies_environment).
import { isIP } from 'node:net';
import type { Target } from '../model/target.ts';

export interface ProxyServer {
  readonly scheme: 'http' | 'https' | 'socks';
  readonly host: string;
  readonly port: number;
  /** Without credentials: the only form that may be shown. */
  readonly shown: string;
  /** `user:password` for Proxy-Authorization; null = none configured. Never printed. */
  readonly credentials: string | null;
}

export interface Route {
  readonly proxy: ProxyServer | null;
  /** The variable or option that decided; null = nothing is set. */
  readonly from: string | null;
  /** One line. */
  readonly because: string;
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * @param target `scheme: 'http'` for what is fetched in the clear; https and its kin otherwise
 * @param option --proxy: a URL, null for `none`, undefined for the environment's settings
 */
export function chooseRoute(
  target: Pick<Target, 'host' | 'port' | 'starttls'> & { readonly scheme?: 'http' },
  option: string | null | undefined,
  env: Env,
): Route {
  if (option === null) return { proxy: null, from: '--proxy', because: '--proxy none' };
  if (option !== undefined) return through(option, '--proxy');
  if (target.starttls)
    return { proxy: null, from: null, because: `${target.starttls} clients do not use the proxy settings` };
  const found = fromEnvironment(env, target.scheme ?? 'https');
  if (!found) return { proxy: null, from: null, because: 'no proxy is set' };
  const bypass = bypassedBy(target.host.toLowerCase(), target.port, env);
  return bypass
    ? { proxy: null, from: bypass.from, because: `${bypass.from} has '${bypass.entry}'` }
    : through(found.value, found.name);
}

/**
 * For https: `https_proxy`, then `all_proxy`; of the two spellings the lower-case one wins, and empties when empty. For
 * http the proxy for https is the last resort: where only that is set, it is how the world is reached.
 */
const VARIABLES = { https: ['https_proxy', 'all_proxy'], http: ['http_proxy', 'all_proxy', 'https_proxy'] } as const;

function fromEnvironment(
  env: Env,
  scheme: keyof typeof VARIABLES,
): { readonly name: string; readonly value: string } | null {
  for (const wanted of VARIABLES[scheme]) {
    if (env[wanted] !== undefined) {
      if (env[wanted]) return { name: wanted, value: env[wanted] };
      continue;
    }
    const name = Object.keys(env).find(each => each.toLowerCase() === wanted && env[each]);
    const value = name === undefined ? undefined : env[name];
    if (name !== undefined && value) return { name, value };
  }
  return null;
}

function bypassedBy(host: string, port: number, env: Env): { readonly from: string; readonly entry: string } | null {
  const from = env.no_proxy ? 'no_proxy' : 'NO_PROXY';
  const value = env[from];
  if (!value) return null;
  if (value.trim() === '*') return { from, entry: '*' };
  const entries = value
    .replaceAll(' ', '')
    .toLowerCase()
    .split(',')
    .filter(entry => entry !== '');
  const entry = entries.find(each => matches(each, host, port));
  return entry === undefined ? null : { from, entry };
}

/** requests compares ends of names without asking for a dot before them: `ample.com` covers example.com. */
function matches(entry: string, host: string, port: number): boolean {
  // A port after an address is never compared (requests.utils.should_bypass_proxies).
  if (isIP(host) === 4) return entry === host || inNetwork(host, entry);
  const bare = entry.replace(/^\.+/, '');
  return host.endsWith(entry) || `${host}:${port}`.endsWith(entry) || host === bare || host.endsWith(`.${bare}`);
}

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  if (isIP(base) !== 4 || !/^\d{1,2}$/.test(bits) || Number(bits) < 1 || Number(bits) > 32) return false;
  const shift = 32 - Number(bits);
  return number(address) >>> shift === number(base) >>> shift;
}

const number = (address: string) => address.split('.').reduce((value, part) => value * 256 + Number(part), 0);

function through(value: string, from: string): Route {
  const proxy = readProxy(value);
  return proxy
    ? { proxy, from, because: `${from} is set` }
    : { proxy: null, from, because: `${from} is set, but not to a URL` };
}

/** A proxy setting without a scheme means http:// (requests.utils.prepend_scheme_if_needed). */
export function readProxy(value: string): ProxyServer | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const kind = url.protocol.slice(0, -1).toLowerCase();
  const scheme = kind === 'http' || kind === 'https' ? kind : kind.startsWith('socks') ? 'socks' : null;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (scheme === null || host === '') return null;
  const port = Number(url.port) || { http: 80, https: 443, socks: 1080 }[scheme];
  const named = url.username !== '' || url.password !== '';
  return {
    scheme,
    host,
    port,
    shown: `${kind}://${url.hostname}:${port}`,
    credentials: named ? `${decoded(url.username)}:${decoded(url.password)}` : null,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
