// What the evidence comes to: one in the middle or not, of what kind, and why we think so, strongest first.
import type { StorePlace } from '../clients/trust-store.ts';
import { loadStore } from '../clients/trust-store.ts';
import { type Facts, learnt, type Seen } from '../model/facts.ts';
import { matchesPattern } from '../pki/names.ts';
import { trustStore } from '../pki/store.ts';
import { verify } from '../pki/verify.ts';
import { anchorIn, type CanaryAnswer, fits, type Shown, sameSigner } from './canaries.ts';
import type { Recognised } from './interceptor-names.ts';
import { loginInPlain, type Probed } from './portal.ts';
import { looksPublic } from './public-name.ts';
import type { Direct } from './second-look.ts';
import type { Run } from './stage.ts';

export interface Evidence {
  readonly shown: Shown;
  /** The chain reaches a root that is public, or was once. */
  readonly isPublic: boolean;
  readonly product: Recognised | null;
  readonly canaries: readonly CanaryAnswer[];
  readonly direct: Direct | null;
  readonly probed: Probed | null;
  /** A redirect to a login page, one sentence. */
  readonly login: string | null;
  /** What an error page says of the server's certificate. */
  readonly error: string | null;
}

export interface Judged {
  readonly product: string | null;
  readonly kind: Facts['interception.kind'];
  readonly signs: readonly string[];
  readonly canaries: readonly string[];
  /** null = no canary was asked, or none answered. */
  readonly sameIssuer: boolean | null;
  readonly publicSite: boolean;
  readonly directIssuer: string | null;
  readonly hiddenFault: string | null;
  /** This client accepts the one in the middle. */
  readonly trusted: boolean;
}

export async function judgeMiddle(evidence: Evidence, seen: Seen, run: Run): Promise<Judged> {
  const { shown, isPublic, product, canaries } = evidence;
  const reference = await referenceIfNeeded(evidence, run);
  const strangers = canaries.filter(({ shown: theirs }) => theirs && !reference?.(theirs) && !wasLogged(theirs));
  const same =
    isPublic || !signerIsPrivate(shown) ? [] : strangers.filter(each => each.shown && sameSigner(shown, each.shown));
  const portal = portalIn(evidence, run);
  const isSite = !isPublic && isPublicSite(shown, seen, run);
  const directIssuer = isPublic ? null : issuerWithoutProxy(evidence);
  const hiddenFault = isPublic ? null : hiddenBehind(evidence, seen);
  const trusted = learnt(seen, 'trust.anchored') === true;

  const issuer = shown.leaf.issuer.text;
  const hosts = same.map(each => each.host);
  const proofs = isPublic
    ? []
    : [
        hosts.length > 0 ? `“${issuer}” also signs ${hosts.join(', ')}, which public CAs certify` : null,
        product?.how ?? null,
        directIssuer === null ? null : `asked without the proxy, the server shows a certificate by “${directIssuer}”`,
        isSite ? `${run.target.host} is certified by public CAs, and “${issuer}” is none` : null,
        ...strangers
          .filter(each => !same.includes(each))
          .map(each => `${each.host}, which public CAs certify, shows one by “${each.shown?.leaf.issuer.text}” here`),
        hiddenFault,
      ].filter(sign => sign !== null);
  const hints = isPublic || trusted ? [] : await hintsIn(evidence, seen, run);
  const clean = canaries.filter(each => each.shown && reference?.(each.shown)).map(each => each.host);
  if (proofs.length > 0 && clean.length > 0)
    proofs.push(`not every host is looked into: ${clean.join(', ')} shows its own certificate`);
  return {
    product: product?.product.product ?? null,
    kind: portal === null ? (product?.product.kind ?? null) : 'captive-portal',
    signs: [...(portal === null ? [] : [portal]), ...proofs, ...hints],
    canaries: hosts,
    sameIssuer: canaries.some(each => each.shown) ? hosts.length > 0 : null,
    publicSite: isSite,
    directIssuer,
    hiddenFault,
    trusted,
  };
}

/**
 * The certificate that strict rules refuse although its root is trusted, or would be once it was: Python 3.13 and later
 * (VERIFY_X509_STRICT). One sentence, or null.
 */
export async function faultyRoot({ shown, isPublic }: Evidence, { product }: Judged, run: Run): Promise<string | null> {
  if (isPublic) return null;
  const store = (await (await run.client).store).trust;
  const top = shown.path.at(-1);
  const root = anchorIn(store, shown) ?? (shown.topSelfSigned && top !== shown.leaf ? top : null);
  if (!root) return null;
  const verdict = verify(shown.leaf, shown.path.slice(1), trustStore([root]), {
    at: run.world.now(),
    profile: 'python3.13',
  });
  const faults = verdict.ok
    ? []
    : [verdict, ...verdict.then].filter(({ verifyCode }) => verifyCode >= 80 && verifyCode <= 94);
  const said = faults.flatMap(({ depth, verifyMessage }) => {
    const certificate = verdict.chain[depth ?? -1]?.certificate;
    if (!certificate) return [];
    const whose = certificate.selfIssued
      ? product
        ? `the root of ${product}`
        : 'a private root'
      : `by ${product ?? `“${certificate.issuer.text}”`}`;
    return [`“${certificate.subject.text}” (${whose}): ${verifyMessage}`];
  });
  return said.length > 0 ? said.slice(0, 3).join('; ') : null;
}

/** Who is asked last is asked only if there is something to compare: the public list takes time to read. */
async function referenceIfNeeded({ canaries }: Evidence, run: Run) {
  if (!canaries.some(each => each.shown)) return null;
  const reference = await run.reference();
  return (theirs: Shown) => anchorIn(reference, theirs) !== null;
}

const wasLogged = ({ leaf }: Shown) => (leaf.signedTimestamps ?? []).length > 0;

/**
 * A chain that is on no public list is private, if it shows who signed. A leaf alone may be a public one with its issuer
 * forgotten: but public CAs log their certificates and say where their own can be fetched.
 */
const signerIsPrivate = (shown: Shown) =>
  shown.path.length > 1 || shown.topSelfSigned || (!wasLogged(shown) && shown.leaf.caIssuersUrls.length === 0);

/** Proof of a login page, in one sentence; null = none. */
function portalIn({ shown, product, canaries, probed, login }: Evidence, run: Run): string | null {
  const { host } = run.target;
  // The plain request decides, when it was answered; the rest stands in for it.
  if (probed) return probed.portal;
  if (login !== null) return login;
  if (product?.product.kind === 'captive-portal') return product.how;
  if (product !== null || fits(shown.leaf, host)) return null;
  // One certificate for everybody, and made for none of them.
  const everywhere = canaries.find(
    each => each.shown?.leaf.sha256 === shown.leaf.sha256 && !fits(shown.leaf, each.host),
  );
  if (everywhere)
    return `${host} and ${everywhere.host} show one certificate, for “${shown.leaf.commonName ?? shown.leaf.subject.text}”`;
  const plain = canaries.find(each => loginInPlain(each.plain, each.host) !== null);
  return plain ? `${plain.host} ${loginInPlain(plain.plain, plain.host)}` : null;
}

/** A host that only public CAs certify, with a chain that is complete, names it, and leads to nobody public. */
function isPublicSite(shown: Shown, seen: Seen, run: Run): boolean {
  const host = run.target.host.replace(/\.$/, '').toLowerCase();
  const { hosts, publicSites } = run.canaries();
  return (
    shown.path.length > (shown.topSelfSigned ? 1 : 0) &&
    !wasLogged(shown) &&
    signerIsPrivate(shown) &&
    learnt(seen, 'trust.publicRoot') === false &&
    fits(shown.leaf, host) &&
    [...hosts, ...publicSites].some(name =>
      name.startsWith('*.') ? host.endsWith(name.slice(1)) : matchesPattern(name, host),
    )
  );
}

/**
 * Who signs for the server when no proxy is between, if that proves another one in the middle: somebody public, or just
 * somebody else while the proxy itself reports what it found wrong with the server.
 */
function issuerWithoutProxy({ shown, direct, error }: Evidence): string | null {
  if (!direct || direct.shown.leaf.sha256 === shown.leaf.sha256 || sameSigner(shown, direct.shown)) return null;
  return direct.isPublic || error !== null ? direct.shown.leaf.issuer.text : null;
}

/** What is wrong with the server's own certificate, which the client never gets to see. */
function hiddenBehind({ shown, direct, error }: Evidence, seen: Seen): string | null {
  if (error !== null) return `its error page says of the server’s own certificate: ${error}`;
  const codes = learnt(seen, 'trust.codes') ?? [];
  const differs = direct !== null && direct.shown.leaf.sha256 !== shown.leaf.sha256;
  if (differs && direct.fault !== null && !codes.includes(direct.fault.code))
    return `asked without the proxy, the server’s own certificate fails too: ${direct.fault.message}`;
  const issuer = shown.leaf.issuer.text;
  // Squid signs what it did not trust by “Not trusted by …”, others by a second CA whose name says so.
  return /\b(?:untrusted|not trusted)\b/i.test(issuer)
    ? `the issuer calls itself “${issuer}”: the server’s own certificate was not trusted either`
    : null;
}

/** Weaker signs, which together make it likely. Only where a private CA is not the obvious explanation. */
async function hintsIn({ shown, direct }: Evidence, seen: Seen, run: Run): Promise<string[]> {
  const { leaf, topSelfSigned } = shown;
  if (!topSelfSigned || shown.path.length === 1 || wasLogged(shown) || !fits(leaf, run.target.host)) return [];
  if (!looksPublic(seen, run)) return [];
  const age = run.world.now().getTime() - leaf.notBefore.getTime();
  const root = await rootOfThisMachine(shown, run);
  const fresh = age >= 0 && age < FRESH_MS ? ', which was made within the last two days' : '';
  return [
    `${run.target.host} is a public name, and no public root or certificate log knows the issuer of its certificate${fresh}: “${leaf.issuer.text}”`,
    // Asked without it, the server shows the same: then it is not this proxy's doing.
    run.route.proxy && !direct ? `the connection goes through ${run.route.proxy.shown}` : null,
    root,
  ].filter(sign => sign !== null);
}

/** The administrator put this root into the system's list: on managed machines that is how inspection is rolled out. */
async function rootOfThisMachine(shown: Shown, run: Run): Promise<string | null> {
  const place: StorePlace = { kind: 'system', files: [], directory: null, because: 'the system’s own list' };
  const system = await loadStore(place, run.world);
  const root = anchorIn(system.trust, shown);
  return root && `“${root.subject.text}” is in ${system.path}, and on no public list: somebody put it there`;
}

const FRESH_MS = 2 * 86_400_000;
