// Another connection to the same end, by the same way: for a second handshake that asks otherwise.
import type { Duplex } from 'node:stream';
import { learnt, type Seen } from '../model/facts.ts';
import { openTunnel } from '../net/proxy.ts';
import type { Run } from './stage.ts';

/** A fresh connection to the address that was used, or through the proxy that was used. Rejects as `dial` does. */
export async function reopen(seen: Seen, { target, world, route }: Run, signal: AbortSignal): Promise<Duplex> {
  if (route.proxy) {
    const tunnel = await openTunnel(route.proxy, world.options.connect[0] ?? target, world, signal);
    if (!tunnel.socket) throw new Error('the proxy refused a second tunnel');
    return tunnel.socket;
  }
  const host = learnt(seen, 'connect.address') ?? target.host;
  const port = learnt(seen, 'connect.port') ?? target.port;
  return world.dial({ host, port, purpose: 'target' }, signal);
}
