// Which addresses the name has, as the client's own resolver sees it: getaddrinfo, hosts file included.
import { isIP } from 'node:net';
import { type Facts, known } from '../model/facts.ts';
import type { World } from '../world.ts';
import type { Stage } from './stage.ts';

export const dns: Stage<'dns.addresses' | 'dns.error' | 'dns.hostsLine' | 'dns.pointsHome'> = {
  id: 'dns',
  needs: [],
  after: [],
  gives: ['dns.addresses', 'dns.error', 'dns.hostsLine', 'dns.pointsHome'],
  share: 0.5,
  waitingFor: run => `the resolver's answer for ${run.target.host}`,
  skip: (_seen, run) => (run.route.proxy ? `the proxy looks the name up, not this machine` : null),
  async *run(_seen, { target, world }, signal) {
    const { host } = target;
    const given = world.options.connect.map(to => to.host);
    if (given.length > 0 && given.every(address => isIP(address) !== 0)) {
      yield known('dns.addresses', given, 'given with --connect');
      yield known('dns.error', null, 'the resolver was not asked: --connect names the address');
      return { status: 'ok', text: `not asked: --connect names ${given.join(', ')}` };
    }
    if (isIP(host) !== 0) {
      yield known('dns.addresses', [host], 'the target is an address');
      yield known('dns.error', null, 'the target is an address, there is nothing to look up');
      yield known('dns.hostsLine', null, 'the target is an address');
      yield known('dns.pointsHome', false, 'the target is an address');
      return { status: 'ok', text: 'the target is an address, nothing to look up' };
    }
    const name = given[0] ?? host;
    const [answer, hostsLine] = await Promise.all([lookUp(name, world, signal), hostsLineFor(name, world)]);
    yield known('dns.hostsLine', hostsLine, 'read from the hosts file');
    if (typeof answer === 'string' || answer === null) {
      yield known('dns.error', answer, 'getaddrinfo');
      yield known('dns.addresses', [], 'getaddrinfo');
      return { status: 'fail', text: `${name}: ${ERRORS[answer ?? 'no-address']}` };
    }
    const home = hostsLine !== null && isPublicName(name) && answer.every(isLoopback);
    yield known('dns.addresses', answer, 'getaddrinfo, in its order');
    yield known('dns.error', null, 'getaddrinfo answered');
    yield known('dns.pointsHome', home, 'hosts file and getaddrinfo compared');
    return {
      status: home ? 'warn' : 'ok',
      text: `${name} is ${answer.slice(0, 4).join(', ')}${answer.length > 4 ? ` and ${answer.length - 4} more` : ''}${hostsLine ? ' (hosts file)' : ''}`,
    };
  },
};

const ERRORS = {
  'not-found': 'no such name (NXDOMAIN, or no resolver knows it)',
  'no-address': 'the name exists but has no address',
  'server-failure': 'the resolver failed or could not be reached (SERVFAIL, EAI_AGAIN)',
  timeout: 'the resolver did not answer in time',
} as const;

async function lookUp(
  name: string,
  world: World,
  signal: AbortSignal,
): Promise<readonly string[] | Facts['dns.error']> {
  try {
    // Half of what is left: a resolver that never answers must still leave time for saying so.
    const limit = world.within(world.remainingMs() / 2, signal);
    const found = await world.lookup(name, limit);
    const wanted = world.options.family === null ? found : found.filter(a => a.family === world.options.family);
    return wanted.length > 0 ? wanted.map(a => a.address) : 'no-address';
  } catch (error) {
    const { code, errno } = error as { code?: unknown; errno?: unknown };
    // Node says ENOTFOUND for both; libuv's number tells “no such name” from “a name without an address”.
    if (errno === UV_EAI_NODATA) return 'no-address';
    if (code === 'ENOTFOUND' || code === 'EAI_NONAME') return 'not-found';
    if (code === 'ENODATA' || code === 'EAI_NODATA' || code === 'EAI_ADDRFAMILY') return 'no-address';
    if (typeof code === 'string' && code !== 'ABORT_ERR') return 'server-failure';
    return 'timeout';
  }
}

/** uv.h, UV_EAI_NODATA. */
const UV_EAI_NODATA = -3007;

/** The first line of the hosts file that names the host, as hosts(5) reads it; null when there is none. */
async function hostsLineFor(host: string, world: World): Promise<string | null> {
  const path =
    world.platform === 'windows'
      ? `${world.env.SystemRoot ?? 'C:\\Windows'}\\System32\\drivers\\etc\\hosts`
      : '/etc/hosts';
  try {
    const text = new TextDecoder().decode(await world.read(path, 1 << 20));
    const wanted = host.toLowerCase().replace(/\.$/, '');
    const line = text.split('\n').find(candidate => {
      const [, ...names] = (candidate.split('#')[0] ?? '').trim().split(/\s+/);
      return names.some(name => name.toLowerCase() === wanted);
    });
    return line?.trim() ?? null;
  } catch {
    return null;
  }
}

const isLoopback = (address: string) => address.startsWith('127.') || address === '::1';

/** Not one of the names that may rightly point anywhere (RFC 6761, RFC 6762, common private suffixes). */
function isPublicName(host: string): boolean {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  return labels.length > 1 && !PRIVATE_SUFFIXES.has(labels.at(-1) ?? '');
}

const PRIVATE_SUFFIXES = new Set([
  'localhost',
  'local',
  'localdomain',
  'test',
  'example',
  'invalid',
  'internal',
  'lan',
  'home',
  'corp',
  'intranet',
  'private',
  'arpa',
  'docker',
]);
