// A proxy that is reached over TLS shows a certificate of its own. The client checks it with the list and the rules it has
// for servers (urllib3.connection.HTTPSConnection._connect_tls_proxy), before it asks for a tunnel.
import { rulesOf } from '../clients/client.ts';
import type { VerifyAnswer } from '../model/certificate.ts';
import type { Spoken } from '../net/proxy.ts';
import type { ProxyServer } from '../net/proxy-choice.ts';
import { answersOf, verify } from '../pki/verify.ts';
import { readFlight } from '../wire/flight.ts';
import { parsePem, pemOf } from './parsed.ts';
import type { Run } from './stage.ts';

/** What the client says of it; empty when it accepts it, or has no list to judge by. */
export async function refusalsOf(spoken: Spoken, proxy: ProxyServer, run: Run): Promise<readonly VerifyAnswer[]> {
  const client = await run.client;
  const { trust, problem } = await client.store;
  const [leaf, ...untrusted] = parsePem(readFlight(spoken).certificates.map(pemOf));
  if (!leaf || problem !== null) return [];
  return answersOf(verify(leaf, untrusted, trust, { host: proxy.host, at: run.world.now(), profile: rulesOf(client) }));
}
