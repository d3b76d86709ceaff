// What the chosen client would answer, computed: the chain as sent, judged by its rules against its store. And what
// would be answered with the gaps filled, or with the store it would use by default.
import { rulesOf } from '../clients/client.ts';
import { verificationSwitches } from '../clients/disabled.ts';
import type { Store, StorePlace } from '../clients/trust-store.ts';
import type { VerifyAnswer } from '../model/certificate.ts';
import { known, learnt, type Observation, unknown } from '../model/facts.ts';
import type { KnownRoots, RemovedRoot } from '../model/knowledge.ts';
import type { Certificate } from '../pki/certificate.ts';
import { V } from '../pki/codes.ts';
import { attributesOf } from '../pki/names.ts';
import type { TrustStore } from '../pki/store.ts';
import { answersOf, type Verdict, verify } from '../pki/verify.ts';
import { parseOne, parsePem } from './parsed.ts';
import type { Run, Stage } from './stage.ts';

export const trust: Stage<
  | 'trust.profile'
  | 'trust.answers'
  | 'trust.codes'
  | 'trust.strictCodes'
  | 'trust.message'
  | 'trust.anchored'
  | 'trust.anchor'
  | 'trust.store'
  | 'trust.storeKind'
  | 'trust.storeBecause'
  | 'trust.storeSize'
  | 'trust.storeProblem'
  | 'trust.storeRefused'
  | 'trust.defaultAccepts'
  | 'trust.acceptedBy'
  | 'trust.publicRoot'
  | 'trust.rootMissingFromStore'
  | 'trust.rootRemoved'
  | 'trust.rootRemovedBy'
  | 'trust.certifiVersion'
  | 'trust.openssl'
  | 'trust.opensslTooOld'
  | 'trust.sslModule'
  | 'trust.verificationDisabled'
> = {
  id: 'trust',
  needs: [],
  after: ['handshake.certificates', 'chain.path', 'chain.found', 'chain.missingFoundBy', 'chain.missingRoot'],
  gives: [
    'trust.profile',
    'trust.answers',
    'trust.codes',
    'trust.strictCodes',
    'trust.message',
    'trust.anchored',
    'trust.anchor',
    'trust.store',
    'trust.storeKind',
    'trust.storeBecause',
    'trust.storeSize',
    'trust.storeProblem',
    'trust.storeRefused',
    'trust.defaultAccepts',
    'trust.acceptedBy',
    'trust.publicRoot',
    'trust.rootMissingFromStore',
    'trust.rootRemoved',
    'trust.rootRemovedBy',
    'trust.certifiVersion',
    'trust.openssl',
    'trust.opensslTooOld',
    'trust.sslModule',
    'trust.verificationDisabled',
  ],
  share: 0.9,
  waitingFor: () => 'the client’s trust store to be read',
  async *run(seen, run) {
    const client = await run.client;
    const store = await client.store;
    yield known(
      'trust.profile',
      client.profile,
      run.world.options.profile ? 'given with --profile' : 'from the Python found on this machine',
    );
    yield known('trust.store', store.path, client.place.because);
    yield known('trust.storeKind', client.place.kind, client.place.because);
    yield known('trust.storeBecause', client.place.because, 'in the order the client itself looks');
    yield known('trust.storeSize', store.size, `read from ${store.path}`);
    yield known('trust.storeProblem', store.problem, `read from ${store.path}`);
    yield known(
      'trust.storeRefused',
      refusal(client.id, client.place, store),
      `what ${client.id} does with such a store`,
    );
    yield known('trust.certifiVersion', client.python?.certifi?.version ?? null, 'asked of the interpreter');
    if (client.python) {
      yield known('trust.openssl', client.python.openssl, `ssl.OPENSSL_VERSION of ${client.python.path}`);
      yield known('trust.sslModule', client.python.sslModule, `import ssl in ${client.python.path}`);
    }
    yield known(
      'trust.opensslTooOld',
      tooOld(client.python?.openssl ?? null),
      'ssl.OPENSSL_VERSION of the interpreter',
    );
    const switches = await verificationSwitches(run.world, client.requests);
    yield known(
      'trust.verificationDisabled',
      switches.length > 0 ? switches.join('; ') : null,
      'environment variables and settings files of this user, for any client',
    );

    const pems = learnt(seen, 'handshake.certificates') ?? [];
    const [leaf, ...untrusted] = parsePem(pems);
    if (!leaf || parseOne(pems[0] ?? '') === null) {
      return { status: 'skipped', text: 'there is no certificate to judge' };
    }
    const rules = rulesOf(client);
    const judge = (anchors: TrustStore, more: readonly Certificate[] = [], profile = rules) =>
      verify(leaf, [...untrusted, ...more], anchors, { host: run.target.host, at: run.world.now(), profile });

    const verdict = judge(store.trust);
    const answers = answersOf(verdict);
    const how = `computed as ${client.profile} would, against ${store.path}`;
    yield known('trust.answers', answers, how);
    yield known(
      'trust.codes',
      answers.map(answer => answer.verifyCode),
      how,
    );
    yield known(
      'trust.strictCodes',
      rules.strict ? onlyStrict(answers, judge(store.trust, [], { ...rules, strict: false })) : [],
      'the same, compared with the verdict without VERIFY_X509_STRICT',
    );
    yield known('trust.message', answers[0]?.verifyMessage ?? null, how);

    const found = parsePem((learnt(seen, 'chain.found') ?? []).map(each => each.pem));
    const filled = found.length > 0 ? judge(store.trust, found) : verdict;
    // The missing one is not at hand, but where it leads is known.
    const under = learnt(seen, 'chain.missingRoot');
    const leads = (list: TrustStore) => under != null && list.certificates.some(root => root.subject.text === under);
    const anchored = isAnchored(filled) || leads(store.trust);
    // What could not be fetched might still lead to an anchor: then nobody knows.
    const gap = seen['chain.missingFoundBy'];
    const open = !anchored && gap?.known === false ? gap.why : null;
    if (open !== null) {
      yield unknown('trust.anchored', open);
      yield unknown('trust.publicRoot', open);
      yield* removedFacts(removedRoot([leaf, ...untrusted], run.roots));
    } else yield known('trust.anchored', anchored, found.length > 0 ? `${how}, missing certificates filled in` : how);
    const anchor = isAnchored(filled) ? (filled.chain.at(-1)?.certificate.subject.text ?? null) : under;
    yield known('trust.anchor', anchored ? (anchor ?? null) : null, how);
    const others = anchored ? [] : await run.otherStores();
    const accepting = others.find(({ trust: list }) => isAnchored(judge(list, found)));
    yield known(
      'trust.acceptedBy',
      accepting?.path ?? null,
      others.length > 0 ? `the same, against ${others.map(({ path }) => path).join(', ')}` : how,
    );
    const other = await client.defaultStore();
    if (other) yield known('trust.defaultAccepts', judge(other.trust, found).ok, `the same, against ${other.path}`);
    else yield known('trust.defaultAccepts', verdict.ok, how);

    if (open === null && under != null && !isAnchored(filled)) {
      const listed = 'the list of public intermediates names the root above the missing one';
      yield known('trust.publicRoot', leads(await run.reference()), listed);
      yield known('trust.rootMissingFromStore', null, listed);
      yield* removedFacts(null);
    } else if (open === null)
      yield* publicness(
        anchored ? filled : null,
        () => run.reference().then(list => judge(list, found)),
        [leaf, ...untrusted, ...found],
        run,
      );
    return verdict.ok
      ? { status: 'ok', text: `${client.profile} accepts it, by ${store.path}` }
      : { status: 'fail', text: `${client.profile}: ${verdict.verifyMessage}` };
  },
};

/** Codes that only the strict rules give; a keyUsage that is wrong for a server is 82 with them and 26 without. */
function onlyStrict(answers: readonly VerifyAnswer[], lenient: Verdict): number[] {
  const without = new Set([lenient, ...lenient.then].map(answer => answer.verifyCode));
  return answers
    .map(answer => answer.verifyCode)
    .filter(
      code => !without.has(code) && !(code === V.KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA && without.has(V.INVALID_PURPOSE)),
    );
}

/** No answer says that the path does not end at an anchor. */
const isAnchored = (verdict: Verdict) =>
  ![verdict, ...verdict.then].some(answer => BUILD_FAILURES.has(answer.verifyCode));

const BUILD_FAILURES: ReadonlySet<number> = new Set([
  V.UNABLE_TO_GET_ISSUER_CERT,
  V.DEPTH_ZERO_SELF_SIGNED_CERT,
  V.SELF_SIGNED_CERT_IN_CHAIN,
  V.UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
  V.UNABLE_TO_VERIFY_LEAF_SIGNATURE,
]);

/**
 * What the client raises before it even connects, when its store cannot be loaded: requests checks the path
 * (requests.adapters.HTTPAdapter.cert_verify), ssl.SSLContext.load_verify_locations the content. Plain ssl with its
 * defaults ignores a store that is not there, and then trusts nobody.
 */
function refusal(id: string, place: StorePlace, store: Store): string | null {
  if (store.problem === null || (id !== 'requests' && place.kind !== 'given')) return null;
  if (store.problem === 'path-missing')
    return id === 'requests'
      ? `Could not find a suitable TLS CA certificate bundle, invalid path: ${store.path}`
      : '[Errno 2] No such file or directory';
  if (store.problem === 'unreadable') return '[Errno 13] Permission denied';
  if (store.problem === 'damaged') return '[X509] PEM lib';
  // requests hands a directory over as capath, which is not looked into yet.
  if (store.isDirectory && id === 'requests') return null;
  return '[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found';
}

type Publicness = 'trust.publicRoot' | 'trust.rootMissingFromStore' | 'trust.rootRemoved' | 'trust.rootRemovedBy';

/**
 * Does the chain end in a root of today's public list, or in one that used to be on it?
 * @param accepted the verdict by which the client's store anchors the chain; null = it does not
 */
async function* publicness(
  accepted: Verdict | null,
  byReference: () => Promise<Verdict>,
  certificates: readonly Certificate[],
  run: Run,
): AsyncGenerator<Observation<Publicness>> {
  const anchor = accepted?.chain.at(-1)?.certificate;
  const shipped = run.world.options.referenceRoots === null;
  if (shipped && anchor && run.roots.current.some(root => root.sha256 === anchor.sha256)) {
    const how = `${anchor.subject.text} is on the public list`;
    yield known('trust.publicRoot', true, how);
    yield known('trust.rootMissingFromStore', null, how);
    yield* removedFacts(null);
    return;
  }
  const verdict = await byReference();
  const isPublic = isAnchored(verdict);
  const how = `the chain was followed to ${run.world.options.referenceRoots ?? 'the public root list'}`;
  yield known('trust.publicRoot', isPublic, how);
  yield known(
    'trust.rootMissingFromStore',
    isPublic && !accepted ? (verdict.chain.at(-1)?.certificate.subject.text ?? null) : null,
    how,
  );
  yield* removedFacts(isPublic ? null : removedRoot(certificates, run.roots));
}

interface Removed {
  readonly text: string;
  /** `key`: it is that root, as far as can be seen. `name`: an issuer bears its name, perhaps with another key. */
  readonly by: 'key' | 'name';
}

function* removedFacts(found: Removed | null): Generator<Observation<'trust.rootRemoved' | 'trust.rootRemovedBy'>> {
  const how = 'compared with the roots that were taken off the public list';
  yield known('trust.rootRemoved', found?.text ?? null, how);
  yield known('trust.rootRemovedBy', found?.by ?? null, how);
}

/**
 * The removed root that signed, or is, one of the certificates: by fingerprint, or by its whole name with no key
 * identifier against it; else one whose common name and organisation an issuer bears.
 */
function removedRoot(certificates: readonly Certificate[], roots: KnownRoots): Removed | null {
  const tests: readonly [Removed['by'], (root: RemovedRoot, certificate: Certificate) => boolean][] = [
    ['key', isThatRoot],
    ['name', bearsItsName],
  ];
  for (const [by, test] of tests)
    for (const certificate of certificates) {
      const found = roots.removed.find(root => test(root, certificate));
      // Some were only made anew under their old name.
      if (found && (by === 'key' || !roots.current.some(root => root.name === found.name)))
        return { text: `${found.name} (removed ${found.removedOn})`, by };
    }
  return null;
}

function isThatRoot(root: RemovedRoot, { sha256, issuer, extensions }: Certificate): boolean {
  const keyId = extensions.authorityKeyId?.keyId;
  const contradicted = root.keyId !== null && keyId != null && root.keyId !== Buffer.from(keyId).toString('hex');
  return root.sha256 === sha256 || (root.subject === issuer.text && !contradicted);
}

function bearsItsName(root: RemovedRoot, { issuer }: Certificate): boolean {
  if (attributesOf(issuer, '2.5.4.3')[0]?.text !== root.name) return false;
  const organisation = attributesOf(issuer, '2.5.4.10')[0]?.text;
  const listed = /(?:^|, )O=((?:\\.|[^,\\])*)/.exec(root.subject ?? '')?.[1]?.replace(/\\(.)/g, '$1');
  return organisation === undefined || listed === undefined || organisation === listed;
}

/** OpenSSL before 1.1.1 has no TLS 1.3 and builds paths without looking in the trust store first. */
function tooOld(version: string | null): string | null {
  const [, major, minor, patch] = /^OpenSSL (\d+)\.(\d+)\.(\d+)/.exec(version ?? '') ?? [];
  if (version === null || major === undefined) return null;
  return Number(major) * 10_000 + Number(minor) * 100 + Number(patch) < 1_01_01 ? version : null;
}
