// Other hosts, asked by the same way as the target: whose certificates do they show here? One that is certified by a
// public CA everywhere else, and by the target's private issuer here, proves that somebody re-signs. One that shows its
// own proves nothing for the target: such products choose host by host.
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { type CanaryName, readCanary } from '../net/canary-name.ts';
import { dialAny } from '../net/dial-any.ts';
import { openTunnel } from '../net/proxy.ts';
import { arrange, didIssue, issuersIn } from '../pki/arrangement.ts';
import type { Certificate } from '../pki/certificate.ts';
import { ipOctets, matchesHost, matchesIp } from '../pki/names.ts';
import type { TrustStore } from '../pki/store.ts';
import { attempt, offerOf, profileOfRun } from './attempt.ts';
import { parsePem, pemOf } from './parsed.ts';
import type { Run } from './stage.ts';

/** A chain as it was shown, from the leaf upwards, and what can be told without asking anybody else. */
export interface Shown {
  readonly leaf: Certificate;
  readonly path: readonly Certificate[];
  readonly topSelfSigned: boolean;
}

export interface CanaryAnswer {
  readonly host: string;
  /** null = no certificate came. */
  readonly shown: Shown | null;
  /** First bytes of an answer that is no TLS, else empty. */
  readonly plain: string;
}

/** The canaries to ask: those given, else built-in ones that are not the target's own site. */
export function canariesFor(run: Run): readonly CanaryName[] {
  const { canaries } = run.world.options;
  const own = siteOf(run.target.host);
  const names = canaries ?? run.canaries().hosts.filter(host => siteOf(host) !== own);
  return names
    .flatMap(name => readCanary(name) ?? [])
    .filter(({ host, port }) => host !== run.target.host || port !== run.target.port)
    .slice(0, MAX_CANARIES);
}

/** Asks all at once; those that have not answered half a second after the first are not waited for. Never rejects. */
export async function askCanaries(
  names: readonly CanaryName[],
  run: Run,
  signal: AbortSignal,
): Promise<readonly CanaryAnswer[]> {
  const enough = new AbortController();
  const limit = run.world.within(Math.min(PATIENCE_MS, run.world.remainingMs() * 0.4), signal);
  const stop = () => enough.abort();
  limit.addEventListener('abort', stop, { once: true });
  if (limit.aborted) stop();
  const answers = await Promise.all(
    names.map(async name => {
      const answer = await ask(name, run, enough.signal);
      if (answer.shown) setTimeout(stop, GRACE_MS).unref();
      return answer;
    }),
  );
  limit.removeEventListener('abort', stop);
  return answers;
}

/** A handshake as the target's was, and the chain it showed. */
export async function chainShownBy(transport: Duplex, serverName: string | null, run: Run, signal: AbortSignal) {
  const profile = await profileOfRun(run);
  const { flight, socket, release } = await attempt(
    transport,
    { ...offerOf(profile, run, null), serverName, alpn: ['http/1.1'] },
    signal,
  );
  release();
  socket?.destroy();
  transport.destroy();
  return {
    shown: arranged(flight.certificates.map(pemOf)),
    plain: flight.kind === 'not-tls' ? Buffer.from(flight.firstBytes).toString('latin1') : '',
  };
}

/** Certificates as facts carry them, put in order; null when the first cannot be read. */
export function arranged(pems: readonly string[]): Shown | null {
  const sent = parsePem(pems.slice(0, MAX_CERTIFICATES));
  const [leaf] = sent;
  if (!leaf || parsePem(pems.slice(0, 1)).length === 0) return null;
  const { path, topSelfSigned } = arrange(sent);
  return { leaf, path, topSelfSigned };
}

/** The store's certificate that some certificate of the chain is, or is signed by. */
export function anchorIn(store: TrustStore, { path }: Shown): Certificate | null {
  for (const certificate of path) {
    const anchor = store.has(certificate) ? certificate : issuersIn(store, certificate)[0];
    if (anchor) return anchor;
  }
  return null;
}

/** Both were signed by the same key, as far as what was shown can tell. */
export function sameSigner(one: Shown, other: Shown): boolean {
  if (one.leaf.sha256 === other.leaf.sha256) return true;
  const shared = other.path.some(
    certificate => certificate !== other.leaf && one.path.slice(1).some(each => each.sha256 === certificate.sha256),
  );
  if (shared || sameRootUnseen(one, other)) return true;
  if (one.leaf.issuer.canonical !== other.leaf.issuer.canonical) return false;
  const issuer = [...one.path, ...other.path].find(each => each.subject.canonical === one.leaf.issuer.canonical);
  // Nobody sent the issuer: the key identifiers are all there is besides the name.
  if (!issuer) return sameBytes(keyIdOf(one.leaf), keyIdOf(other.leaf));
  return didIssue(issuer, one.leaf) && didIssue(issuer, other.leaf);
}

/** Each sent a CA certificate of its own, and both were signed by one key that nobody sent. */
function sameRootUnseen({ path: one }: Shown, { path: other }: Shown): boolean {
  const [top, theirs] = [one.at(-1), other.at(-1)];
  if (!top || !theirs || one.length < 2 || other.length < 2) return false;
  const keyId = keyIdOf(top);
  return top.issuer.canonical === theirs.issuer.canonical && keyId !== null && sameBytes(keyId, keyIdOf(theirs));
}

/** The certificate names the host. */
export function fits(leaf: Certificate, host: string): boolean {
  const octets = ipOctets(host);
  return octets ? matchesIp(leaf, octets) : matchesHost(leaf, host.replace(/\.$/, ''), 'fallback');
}

const MAX_CANARIES = 4;
const MAX_CERTIFICATES = 20;
const PATIENCE_MS = 3000;
const GRACE_MS = 500;

async function ask(name: CanaryName, run: Run, signal: AbortSignal): Promise<CanaryAnswer> {
  const { host } = name;
  try {
    const to = name.connect ?? { host, port: name.port };
    const transport = await open(to, run, signal);
    return { host, ...(await chainShownBy(transport, isIP(host) === 0 ? host : null, run, signal)) };
  } catch {
    return { host, shown: null, plain: '' };
  }
}

async function open(to: { readonly host: string; readonly port: number }, run: Run, signal: AbortSignal) {
  if (!run.route.proxy) return dialAny({ ...to, purpose: 'canary' }, run.world, signal);
  const tunnel = await openTunnel(run.route.proxy, to, run.world, signal);
  if (!tunnel.socket) throw new Error('the proxy opened no tunnel');
  return tunnel.socket;
}

/** The last two labels: enough to leave out the target's own site. */
const siteOf = (host: string) => host.split('.').slice(-2).join('.');
const keyIdOf = (certificate: Certificate) => certificate.extensions.authorityKeyId?.keyId ?? null;
const sameBytes = (one: Uint8Array | null, other: Uint8Array | null) =>
  one === null || other === null ? one === other : Buffer.compare(one, other) === 0;
