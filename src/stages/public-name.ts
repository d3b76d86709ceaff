// Is the target something the whole world could reach? What stands inside a network may well have a CA of its own, and
// a private issuer there is no news.
import { learnt, type Seen } from '../model/facts.ts';
import { isPrivate } from '../net/http.ts';
import type { Run } from './stage.ts';

/** A name, or address, that the whole world could reach: what stands inside a network may well have a CA of its own. */
export function looksPublic(seen: Seen, { target, world }: Run): boolean {
  const labels = target.host.replace(/\.$/, '').toLowerCase().split('.');
  if (target.serverName === null) return !isPrivate(target.host);
  if (labels.length < 2 || RESERVED.has(labels.at(-1) ?? '')) return false;
  if (/^example\.(?:com|net|org)$/.test(labels.slice(-2).join('.'))) return false;
  const addresses = world.options.connect.length > 0 ? [] : (learnt(seen, 'dns.addresses') ?? []);
  return addresses.length === 0 || !addresses.every(isPrivate) || learnt(seen, 'dns.pointsHome') === true;
}

/** RFC 2606, 6761, 6762, 8375, and what people use inside. */
const RESERVED: ReadonlySet<string> = new Set(
  'test example invalid localhost local localdomain internal intranet lan home arpa corp private onion alt'.split(' '),
);
