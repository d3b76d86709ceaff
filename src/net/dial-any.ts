// A connection to a host by name, for the few who are asked besides the target: whichever of its addresses answers first.
import type { Socket } from 'node:net';
import type { Endpoint, World } from '../world.ts';

/** Tries up to four addresses at once and keeps the first that accepts. Rejects when none does, as `dial` does. */
export async function dialAny({ host, port, purpose }: Endpoint, world: World, signal: AbortSignal): Promise<Socket> {
  // Asked first, so that what --offline forbids is not even looked up.
  if (world.options.offline && purpose !== 'target') return world.dial({ host, port, purpose }, signal);
  const addresses = await world.lookup(host, signal);
  const tries = addresses.slice(0, 4).map(({ address }) => world.dial({ host: address, port, purpose }, signal));
  const first = await Promise.any(tries);
  for (const each of tries) {
    void each.then(
      socket => {
        if (socket !== first) socket.destroy();
      },
      () => {},
    );
  }
  return first;
}
