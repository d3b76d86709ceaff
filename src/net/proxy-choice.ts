// Which proxy the client would use for a target. requests and urllib: requests.utils.get_environ_proxies,
// should_bypass_proxies, select_proxy; urllib.request.getproxies_environment. libcurl: url.c detect_proxy, noproxy.c
// Curl_check_noproxy. npm: @npmcli/agent getProxy, isNoProxy.
import { BlockList, isIP } from 'node:net';
import type { OwnProxy, ProxySettings } from '../model/proxy.ts';
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

type Env = ProxySettings['env'];
type Host = Pick<Target, 'host' | 'port' | 'starttls'> & { readonly scheme?: 'http' };

/** @param target `scheme: 'http'` for what is fetched in the clear; https and its kin otherwise */
export function chooseRoute(target: Host, { option, env, rules, own, exceptions }: ProxySettings): Route {
  if (option === null) return { proxy: null, from: '--proxy', because: '--proxy none' };
  if (option !== undefined) return through(option, '--proxy');
  if (target.starttls)
    return { proxy: null, from: null, because: `${target.starttls} clients do not use the proxy settings` };
  // npm asks twice: by its own list, and then, connecting, by the environment's.
  const lists = exceptions === null ? [listIn(env)] : rules === 'npm' ? [exceptions, listIn(env)] : [exceptions];
  const bypass = lists.map(list => bypassedBy(target, rules, list)).find(found => found !== null) ?? null;
  const found = inOrder(own, fromEnvironment(env, target.scheme ?? 'https', rules));
  const chosen = found.find(setting => !(bypass && setting.excepts));
  if (chosen?.value === '') return { proxy: null, from: chosen.from, because: `${chosen.from} says none` };
  if (chosen) return through(chosen.value, chosen.from, rules === 'npm');
  return bypass && found.length > 0
    ? { proxy: null, from: bypass.from, because: `${bypass.from} has '${bypass.entry}'` }
    : { proxy: null, from: null, because: 'no proxy is set' };
}

interface Setting {
  readonly value: string;
  readonly from: string;
  readonly excepts: boolean;
}
type Variable = Setting & { readonly catchAll: boolean };

/** The strongest first. */
function inOrder(own: OwnProxy | null, variable: Variable | null): readonly Setting[] {
  if (!own) return variable ? [variable] : [];
  if (!variable) return [own];
  const first = own.over === 'all' || (own.over === 'catch-all' && variable.catchAll);
  return first ? [own, variable] : [variable, own];
}

/**
 * For https: `https_proxy`, then `all_proxy`. For http the proxy for https is the last resort: where only that is set, it
 * is how the world is reached.
 */
const VARIABLES = { https: ['https_proxy', 'all_proxy'], http: ['http_proxy', 'all_proxy', 'https_proxy'] } as const;

function fromEnvironment(env: Env, scheme: keyof typeof VARIABLES, rules: ProxySettings['rules']): Variable | null {
  for (const wanted of VARIABLES[scheme]) {
    // npm knows no catch-all.
    if (rules === 'npm' && wanted === 'all_proxy') continue;
    const from = SPELLING[rules](env, wanted);
    const value = from === null ? undefined : env[from];
    if (from !== null && value) return { from, value, excepts: true, catchAll: wanted === 'all_proxy' };
  }
  return null;
}

/** Which spelling of a variable counts. */
const SPELLING: Record<ProxySettings['rules'], (env: Env, wanted: string) => string | null> = {
  // The lower-case one wins, and empties when empty.
  requests: (env, wanted) =>
    env[wanted] === undefined ? (spellings(env, wanted).find(name => env[name]) ?? null) : wanted,
  // An empty one is as if it were not there; HTTP_PROXY in capitals is never read (a CGI program's client sets it).
  curl: (env, wanted) =>
    env[wanted] ? wanted : wanted !== 'http_proxy' && env[wanted.toUpperCase()] ? wanted.toUpperCase() : null,
  // Whichever comes last in the environment.
  npm: (env, wanted) => spellings(env, wanted).at(-1) ?? null,
};
const spellings = (env: Env, wanted: string) => Object.keys(env).filter(name => name.toLowerCase() === wanted);

type List = { readonly from: string; readonly value: string };

const listIn = (env: Env): List | null => {
  const from = env.no_proxy ? 'no_proxy' : 'NO_PROXY';
  const value = env[from];
  return value ? { from, value } : null;
};

function bypassedBy(
  { host, port }: Host,
  rules: ProxySettings['rules'],
  list: List | null,
): { readonly from: string; readonly entry: string } | null {
  if (!list) return null;
  const { from } = list;
  if (rules !== 'npm' && list.value.trim() === '*') return { from, entry: '*' };
  const entries = (rules === 'curl' ? list.value.split(/[\s,]+/) : list.value.replaceAll(' ', '').split(','))
    .map(entry => entry.toLowerCase())
    .filter(entry => entry !== '');
  const entry = entries.find(each => MATCHES[rules](each, host.toLowerCase(), port));
  return entry === undefined ? null : { from, entry };
}

const MATCHES: Record<ProxySettings['rules'], (entry: string, host: string, port: number) => boolean> = {
  /** requests compares ends of names without asking for a dot before them: `ample.com` covers example.com. */
  requests(entry, host, port) {
    // A port after an address is never compared (requests.utils.should_bypass_proxies).
    if (isIP(host) === 4) return entry === host || inNetwork(host, entry);
    const bare = entry.replace(/^\.+/, '');
    return host.endsWith(entry) || `${host}:${port}`.endsWith(entry) || host === bare || host.endsWith(`.${bare}`);
  },
  /** Whole labels, no ports; networks for addresses. */
  curl(entry, host) {
    if (isIP(host) === 4) return entry === host || inNetwork(host, entry);
    if (isIP(host) === 6) return entry.replace(/^\[|\]$/g, '') === host || inNetwork6(host, entry);
    return covers(entry.replace(/^\.|\.$/g, ''), host.replace(/\.$/, ''));
  },
  /** Whole labels from the right, for addresses too. */
  npm: (entry, host) => covers(entry.replace(/^\.+|\.+$/g, ''), host),
};

const covers = (suffix: string, host: string) => suffix !== '' && (host === suffix || host.endsWith(`.${suffix}`));

function inNetwork(address: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  if (isIP(base) !== 4 || !/^\d{1,2}$/.test(bits) || Number(bits) < 1 || Number(bits) > 32) return false;
  const shift = 32 - Number(bits);
  return number(address) >>> shift === number(base) >>> shift;
}

function inNetwork6(address: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/');
  if (isIP(base) !== 6 || !/^\d{1,3}$/.test(bits) || Number(bits) > 128) return false;
  const list = new BlockList();
  list.addSubnet(base, Number(bits), 'ipv6');
  return list.check(address, 'ipv6');
}

const number = (address: string) => address.split('.').reduce((value, part) => value * 256 + Number(part), 0);

/** @param strictly the program takes `host:port` for no URL */
function through(value: string, from: string, strictly = false): Route {
  const proxy = strictly && !value.includes('://') ? null : readProxy(value);
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
