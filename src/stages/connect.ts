// A TCP connection to the target. Every address is tried; the one used is the first, in the resolver's order, that
// accepted, as socket.create_connection would have it.
import type { Socket } from 'node:net';
import { type Facts, known, learnt } from '../model/facts.ts';
import type { Stage } from './stage.ts';

export const connect: Stage<
  'connect.address' | 'connect.port' | 'connect.error' | 'connect.failed' | 'connect.reached' | 'connect.ipv6Broken'
> = {
  id: 'connect',
  needs: [],
  after: ['dns.addresses'],
  gives: [
    'connect.address',
    'connect.port',
    'connect.error',
    'connect.failed',
    'connect.reached',
    'connect.ipv6Broken',
  ],
  share: 0.7,
  waitingFor: run => `${run.target.host}:${run.target.port} to accept a connection`,
  skip(seen, run) {
    if (run.route.proxy) return 'the proxy connects, not this machine';
    return learnt(seen, 'dns.addresses')?.length ? null : 'could not run: the name has no address';
  },
  async *run(seen, { target, world, line }, signal) {
    const ends = endpoints(learnt(seen, 'dns.addresses') ?? [], target.port, world.options.connect);
    // A silent address may cost most of the budget, not all of it: what it means must still be said.
    const limit = world.within(world.remainingMs() * 0.6, signal);
    const settled = new AbortController();
    limit.addEventListener('abort', () => settled.abort(limit.reason), { once: true });
    const tries = ends.map(async ({ host, port }): Promise<Attempt> => {
      try {
        const socket = await world.dial({ host, port, purpose: 'target' }, settled.signal);
        return { host, port, socket, error: null };
      } catch (error) {
        if (settled.signal.aborted && !limit.aborted) return { host, port, socket: null, error: 'timeout' };
        return { host, port, socket: null, error: reasonOf(error) };
      }
    });
    // Once one address answers, the others get a second more: that is enough to tell a dead one from a slow one.
    const grace = (attempt: Attempt) => {
      if (attempt.socket) setTimeout(() => settled.abort(), 1000).unref();
    };
    const attempts = await Promise.all(
      tries.map(async each => {
        const attempt = await each;
        grace(attempt);
        return attempt;
      }),
    );
    const reached = attempts.filter(a => a.socket);
    const failed = attempts.filter(a => !a.socket);
    const used = reached[0];
    for (const other of reached.slice(1)) if (other.socket) line.putOther(show(other), other.socket);

    yield known(
      'connect.failed',
      failed.map(a => `${show(a)}: ${a.error}`),
      'a TCP connection was tried to each address',
    );
    yield known('connect.reached', reached.map(show), 'a TCP connection was tried to each address');
    yield known('connect.port', used?.port ?? ends[0]?.port ?? target.port, 'from the target');
    if (!used?.socket) {
      // What the client prints is the last address's error: create_connection raises the last one it met.
      const error = attempts.at(-1)?.error ?? 'unreachable';
      yield known('connect.error', error, 'TCP, every address');
      return {
        status: 'fail',
        text: `${show({ host: attempts[0]?.host ?? target.host, port: attempts[0]?.port ?? target.port })}: ${WORDS[error]}`,
      };
    }
    line.put(used.socket);
    yield known('connect.address', used.host, 'the first address that accepted');
    yield known('connect.error', null, 'a connection was accepted');
    const v6 = attempts.filter(a => a.host.includes(':'));
    yield known('connect.ipv6Broken', v6.length > 0 && v6.every(a => !a.socket), 'both families were tried');
    return failed.length > 0
      ? { status: 'warn', text: `${show(used)} accepted; ${failed.map(a => `${show(a)} ${a.error}`).join(', ')}` }
      : { status: 'ok', text: `${reached.map(show).join(', ')} accepted` };
  },
};

interface Attempt {
  readonly host: string;
  readonly port: number;
  readonly socket: Socket | null;
  readonly error: Facts['connect.error'];
}

const WORDS = {
  refused: 'connection refused: nothing listens there, or a firewall says no',
  timeout: 'no answer: packets get lost or are dropped on the way',
  reset: 'the connection was reset at once',
  unreachable: 'no route to that address from this network',
} as const;

/** At most eight addresses: no client tries more before a person gives up. */
function endpoints(addresses: readonly string[], port: number, given: readonly { host: string; port: number }[]) {
  const ends =
    given.length === addresses.length && given.length > 0
      ? given
      : addresses.map(host => ({ host, port: given[0]?.port ?? port }));
  return ends.slice(0, 8);
}

const show = ({ host, port }: { host: string; port: number }) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

function reasonOf(error: unknown): NonNullable<Facts['connect.error']> {
  const code = (error as { code?: unknown }).code;
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset';
  if (
    code === 'ENETUNREACH' ||
    code === 'EHOSTUNREACH' ||
    code === 'EADDRNOTAVAIL' ||
    code === 'EACCES' ||
    code === 'EPERM'
  )
    return 'unreachable';
  return 'timeout';
}
