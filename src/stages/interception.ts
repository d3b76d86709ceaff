// Does somebody on the way re-sign the connection? Proved, not guessed (DESIGN technique 5): whom it could help to ask
// is asked as soon as the certificates are there, beside AIA and the rest; a chain that reaches a public root costs nothing.
import { type Facts, known, learnt, type Observation, type Seen, unknown } from '../model/facts.ts';
import { isPrivate } from '../net/http.ts';
import { didIssue } from '../pki/arrangement.ts';
import { anchorIn, arranged, askCanaries, canariesFor, fits, type Shown } from './canaries.ts';
import { recogniseByFiles } from './interceptor-files.ts';
import { type Recognised, recognise } from './interceptor-names.ts';
import { faultyRoot, type Judged, judgeMiddle } from './middle.ts';
import { parsePem } from './parsed.ts';
import { loginInPlain, type Probed, probePortal, probesFor } from './portal.ts';
import { looksPublic } from './public-name.ts';
import { askDirectly, errorPage, loginPageInPlain, loginPageOf } from './second-look.ts';
import type { Observed, Run, Stage } from './stage.ts';

type Gives = Extract<keyof Facts, `interception.${string}`>;

export const interception: Stage<Gives> = {
  id: 'interception',
  needs: [],
  after: ['handshake.certificates'],
  gives: [
    'interception.product',
    'interception.kind',
    'interception.signs',
    'interception.canaries',
    'interception.sameIssuer',
    'interception.publicSite',
    'interception.directIssuer',
    'interception.hiddenFault',
    'interception.faultyRoot',
  ],
  share: 0.8,
  waitingFor: () => 'signs of a box in the middle',
  async *run(seen, run, signal, observed) {
    const shown = arranged(learnt(seen, 'handshake.certificates') ?? []);
    if (!shown) return yield* withoutCertificate(seen, run, signal, observed);

    const first = await firstLook(shown, seen, run);
    const asked = {
      canaries: first.canaries === null ? askCanaries(canariesFor(run), run, signal) : Promise.resolve([]),
      direct: first.direct ? askDirectly(run, signal) : Promise.resolve(null),
      probed: first.probe ? probePortal(probesFor(run), run, signal) : Promise.resolve(null),
    };
    await observed(
      'trust.publicRoot',
      'trust.rootRemoved',
      'trust.codes',
      'chain.found',
      'chain.missing',
      'handshake.httpStatus',
    );
    const isPublic = learnt(seen, 'trust.publicRoot') === true || learnt(seen, 'trust.rootRemoved') != null;
    const probed = await asked.probed;
    const page = await pagesOf(shown, { isPublic, probed: probed !== null }, seen, run, signal);
    const evidence = {
      shown: withFound(shown, seen),
      isPublic,
      product: isPublic ? null : (first.product ?? (await recogniseByFiles(shown, run))),
      canaries: await asked.canaries,
      direct: await asked.direct,
      probed,
      ...page,
    };
    const judged = await judgeMiddle(evidence, seen, run);
    yield* facts(judged, first, evidence);
    yield known('interception.faultyRoot', await faultyRoot(evidence, judged, run), 'computed by Python 3.13’s rules');
    return outcomeOf(judged, isPublic);
  },
};

interface FirstLook {
  readonly product: Recognised | null;
  /** Why no canary is asked; null = they are. */
  readonly canaries: string | null;
  readonly direct: boolean;
  readonly probe: boolean;
}

/** What can be told at once, from what was sent and the lists at hand: enough to decide whom to ask. */
async function firstLook(shown: Shown, seen: Seen, run: Run): Promise<FirstLook> {
  const { options } = run.world;
  const store = (await (await run.client).store).trust;
  const anchor = anchorIn(store, shown);
  const isPublic =
    anchor !== null && options.referenceRoots === null && run.roots.current.some(root => root.sha256 === anchor.sha256)
      ? true
      : anchorIn(await run.reference(), shown) !== null;
  const named = fits(shown.leaf, run.target.host);
  // Whoever inspects signs for what was asked; an address inside that shows another name is a device's own page.
  const inside = run.target.serverName === null && isPrivate(run.target.host) && !LOOPBACK.test(run.target.host);
  const product = isPublic ? null : recognise(shown.path, { fits: named, inside }, run.interceptors());
  const foreign = looksPublic(seen, run);
  const chosen = options.canaries !== null || options.portalProbe !== undefined;
  // Signed certificate timestamps: a public CA issued it, whatever is missing between.
  const logged = (shown.leaf.signedTimestamps ?? []).length > 0;
  return {
    product,
    canaries: options.offline
      ? 'no other host is asked: --offline'
      : options.canaries?.length === 0
        ? 'no other host is asked: --canary none'
        : isPublic
          ? 'not asked: the chain reaches a public root'
          : options.canaries !== null
            ? null
            : product
              ? 'not asked: the issuer’s name says enough'
              : anchor
                ? 'not asked: this client trusts the chain'
                : logged
                  ? 'not asked: certificate logs know this certificate'
                  : run.target.starttls || !foreign
                    ? 'not asked: this is no public web site'
                    : null,
    direct: run.route.proxy !== null && !isPublic && !anchor && run.target.starttls === null,
    probe: run.route.proxy === null && (!named || !anchor) && (chosen || foreign),
  };
}

const LOOPBACK = /^127\.|^::1$/;

/** The chain upwards with what AIA found for it. */
function withFound(shown: Shown, seen: Seen): Shown {
  const found = parsePem((learnt(seen, 'chain.found') ?? []).map(each => each.pem));
  const top = found.at(-1);
  return top ? { ...shown, path: [...shown.path, ...found], topSelfSigned: didIssue(top, top) } : shown;
}

/** Pages that the one in the middle may have put in the server's place, looked at only when something is wrong. */
async function pagesOf(
  shown: Shown,
  { isPublic, probed }: { readonly isPublic: boolean; readonly probed: boolean },
  seen: Seen,
  run: Run,
  signal: AbortSignal,
) {
  const status = learnt(seen, 'handshake.httpStatus') ?? null;
  const misnamed = !fits(shown.leaf, run.target.host);
  const shows = status !== null && (status < 400 || status === 511);
  return {
    login: misnamed && shows && !probed ? await loginPageOf(seen, run, signal) : null,
    error: !isPublic && status !== null && status >= 502 && status <= 504 ? await errorPage(seen, run, signal) : null,
  };
}

async function* facts(
  judged: Judged,
  first: FirstLook,
  { isPublic, product }: { isPublic: boolean; product: Recognised | null },
) {
  const name = isPublic
    ? 'the chain reaches a root that is, or was, public: a name proves nothing'
    : (product?.how ?? 'issuers and fingerprints compared with those of known products');
  yield known('interception.product', judged.product, name);
  yield known('interception.kind', judged.kind, judged.kind === 'captive-portal' ? (judged.signs[0] ?? '') : name);
  yield known('interception.signs', judged.signs, 'what the certificates and the answers of others tell');
  yield known('interception.publicSite', judged.publicSite, 'compared with hosts known to use public CAs');
  yield known('interception.directIssuer', judged.directIssuer, 'the same host was asked without the proxy');
  yield known('interception.hiddenFault', judged.hiddenFault, 'what the one in the middle says of the server');
  if (isPublic) {
    yield known('interception.canaries', [], 'the chain reaches a public root');
    yield known('interception.sameIssuer', false, 'the chain reaches a public root');
  } else if (judged.sameIssuer === null) {
    yield unknown('interception.canaries', first.canaries ?? 'no canary answered');
    yield unknown('interception.sameIssuer', first.canaries ?? 'no canary answered');
  } else {
    yield known('interception.canaries', judged.canaries, 'asked by the same way as the target');
    yield known('interception.sameIssuer', judged.sameIssuer, 'asked by the same way as the target');
  }
}

function outcomeOf({ kind, signs, trusted }: Judged, isPublic: boolean) {
  if (kind === 'captive-portal') return { status: 'fail', text: signs[0] ?? 'a login page answers' } as const;
  if (isPublic) return { status: 'ok', text: 'nobody re-signs: the chain reaches a public root' } as const;
  if (signs.length === 0) return { status: 'ok', text: 'nothing points to a box in the middle' } as const;
  return { status: kind !== null && !trusted ? 'fail' : 'warn', text: signs[0] ?? '' } as const;
}

/** The handshake, or the connection, failed: only a network's login page would leave traces of itself. */
async function* withoutCertificate(
  seen: Seen,
  run: Run,
  signal: AbortSignal,
  observed: Observed,
): AsyncGenerator<Observation<Gives>, { readonly status: 'ok' | 'fail' | 'skipped'; readonly text: string }> {
  await observed('handshake.outcome', 'handshake.firstBytes', 'connect.error', 'proxy.error', 'dns.error');
  const none = 'could not run: no certificate came';
  if (run.route.proxy || learnt(seen, 'dns.error')) return { status: 'skipped', text: none };
  const said = learnt(seen, 'handshake.firstBytes') ?? '';
  const chosen = run.world.options.portalProbe !== undefined;
  const probes = chosen || looksPublic(seen, run) ? probesFor(run) : [];
  const probed: Probed | null = probes.length > 0 ? await probePortal(probes, run, signal) : null;
  const portal = probed ? probed.portal : await loginInstead(said, seen, run, signal);
  if (portal) {
    const how = probed?.how ?? 'what came instead of TLS';
    yield known('interception.signs', [portal], how);
    yield known('interception.kind', 'captive-portal', how);
    yield known('interception.product', null, how);
    return { status: 'fail', text: portal };
  }
  if (probed) {
    yield known('interception.kind', null, probed.how);
    yield known('interception.signs', [], probed.how);
  }
  return { status: 'skipped', text: none };
}

/** What came instead of TLS, from the target or from canaries that were chosen by hand: a way to a login page? */
async function loginInstead(said: string, seen: Seen, run: Run, signal: AbortSignal): Promise<string | null> {
  const { host } = run.target;
  const own =
    loginInPlain(said, host) ??
    (/^HTTP\/1\.\d (?:200|30)/.test(said) ? await loginPageInPlain(seen, run, signal) : null);
  if (own !== null) return `${host} ${own}`;
  if (run.world.options.offline || !run.world.options.canaries?.length) return null;
  const answers = await askCanaries(canariesFor(run), run, signal);
  const plain = answers.find(each => loginInPlain(each.plain, each.host) !== null);
  return plain ? `${plain.host} ${loginInPlain(plain.plain, plain.host)}` : null;
}
