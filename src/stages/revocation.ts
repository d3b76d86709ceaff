// Has a certificate of the chain been revoked? Python, curl and openssl s_client never ask; browsers and auditors do. So
// nothing here changes what the client would answer, and nothing else waits for it.
import { known, learnt, type Observation, type Seen, unknown } from '../model/facts.ts';
import { arrange, didIssue, issuersIn } from '../pki/arrangement.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseOne, parsePem } from './parsed.ts';
import { askPlaces, askStaple, placesOf, type Question, type Said } from './revocation-sources.ts';
import type { Observed, Run, Stage } from './stage.ts';

type Gives =
  | 'revocation.status'
  | 'revocation.revoked'
  | 'revocation.sources'
  | 'revocation.mustStaple'
  | 'revocation.stapled'
  | 'revocation.times';

export const revocation: Stage<Gives> = {
  id: 'revocation',
  needs: ['handshake.certificates'],
  after: ['handshake.staple'],
  gives: [
    'revocation.status',
    'revocation.revoked',
    'revocation.sources',
    'revocation.mustStaple',
    'revocation.stapled',
    'revocation.times',
  ],
  share: 0.6,
  waitingFor: () => 'the revocation services to answer',
  async *run(seen, run, signal, observed) {
    const pems = learnt(seen, 'handshake.certificates') ?? [];
    const leaf = parseOne(pems[0] ?? '');
    if (!leaf) return { status: 'skipped', text: 'there is no certificate to ask about' };
    const { offline } = run.world.options;
    const now = run.world.now();
    yield known('revocation.mustStaple', leaf.mustStaple, 'TLS feature extension of the leaf (RFC 7633)');

    const questions = await questionsAbout(parsePem(pems), seen, run, observed);
    const staple = learnt(seen, 'handshake.staple');
    const aboutLeaf = questions.find(({ certificate }) => certificate === leaf);
    const stapled = staple != null && aboutLeaf ? askStaple(Buffer.from(staple, 'base64'), aboutLeaf, now) : null;
    yield stapledFact(staple, stapled, now);

    const answers = await Promise.all(
      questions.map(async question => ({
        question,
        said: [
          ...(question === aboutLeaf && stapled ? [stapled] : []),
          ...(offline ? [] : await askPlaces(question, run.world, signal)),
        ],
      })),
    );
    yield known(
      'revocation.times',
      answers.flatMap(({ said }) =>
        said.flatMap(({ source, times }) =>
          times.map(({ at, exact }) => ({ who: source, at: at.toISOString(), exact })),
        ),
      ),
      'producedAt and thisUpdate of signed answers, Date headers of their servers',
    );
    return yield* conclusion(answers, leaf.mustStaple && staple == null, offline);
  },
};

/** Deeper chains are no chains one meets, and each certificate is a round of questions. */
const MAX_QUESTIONS = 4;

interface Answer {
  readonly question: Question;
  readonly said: readonly Said[];
}

async function* conclusion(
  answers: readonly Answer[],
  stapleMissing: boolean,
  offline: boolean,
): AsyncGenerator<Observation<Gives>, { status: 'ok' | 'warn' | 'fail' | 'skipped'; text: string }> {
  const verdicts = answers.map(({ question, said }) => ({
    name: question.certificate.subject.text,
    said,
    status: statusOf(said),
    asked: said.length > 0,
    open: placesOf(question.certificate).length > 0,
  }));
  const revoked = verdicts.filter(({ status }) => status === 'revoked');
  const how = 'answers signed by the issuer, or by a responder it made';
  if (revoked.length > 0) {
    const names = revoked.map(({ name, said }) => `${name} (${said.find(each => each.since !== null)?.since})`);
    yield known('revocation.status', 'revoked', how);
    yield known('revocation.revoked', names, how);
    yield known('revocation.sources', sourcesOf(revoked, 'revoked'), how);
    return { status: 'fail', text: `revoked: ${names[0]}; Python does not look` };
  }
  yield known('revocation.revoked', [], how);
  yield known('revocation.sources', sourcesOf(verdicts, 'good'), how);
  const unclear = verdicts.find(({ status, asked, open }) => status === null && (asked || open));
  if (stapleMissing) {
    yield unclear
      ? unknown('revocation.status', whyUnclear(unclear.said, offline))
      : known('revocation.status', statusOfAll(verdicts), how);
    return { status: 'warn', text: 'the certificate promises a stapled answer, and none came; Python does not look' };
  }
  if (unclear) {
    const why = whyUnclear(unclear.said, offline);
    yield unknown('revocation.status', why);
    return offline && unclear.said.length === 0
      ? { status: 'skipped', text: why }
      : { status: 'warn', text: `could not be learnt: ${why}` };
  }
  const status = statusOfAll(verdicts);
  yield known('revocation.status', status, verdicts.some(({ asked }) => asked) ? how : NOBODY);
  if (!verdicts.some(({ asked }) => asked)) return { status: 'skipped', text: NOBODY };
  return status === 'good'
    ? { status: 'ok', text: `not revoked, by ${sourcesOf(verdicts, 'good')[0]}; Python itself asks nobody` }
    : { status: 'warn', text: 'the responder does not know this certificate; Python itself asks nobody' };
}

const NOBODY = 'the certificates name nobody who could be asked';

type Verdict = { readonly status: Said['status']; readonly said: readonly Said[] };

const statusOf = (said: readonly Said[]): Said['status'] =>
  (['revoked', 'good', 'unknown'] as const).find(status => said.some(each => each.status === status)) ?? null;

const statusOfAll = (verdicts: readonly Verdict[]) =>
  verdicts.some(({ status }) => status === 'good') && verdicts.every(({ status }) => status !== 'unknown')
    ? 'good'
    : 'unknown';

const sourcesOf = (verdicts: readonly Verdict[], status: Said['status']) => [
  ...new Set(verdicts.flatMap(({ said }) => said.filter(each => each.status === status).map(({ source }) => source))),
];

const whyUnclear = (said: readonly Said[], offline: boolean) =>
  said.length === 0 && offline
    ? 'revocation services are not asked: --offline'
    : said.map(({ source, why }) => `${source}: ${why}`).join('; ');

/**
 * A response that proves nothing (another certificate's, not signed, run out) is none for a client that insists on one. One
 * from the future was brought all the same: this clock may be behind.
 */
function stapledFact(
  staple: string | null | undefined,
  said: Said | null,
  now: Date,
): Observation<'revocation.stapled'> {
  if (staple === undefined) return unknown('revocation.stapled', 'the handshake did not get that far');
  if (staple === null) return known('revocation.stapled', false, 'the handshake brought no OCSP response');
  const useless = said !== null && said.status === null && !said.times.some(({ at }) => at > now);
  return known('revocation.stapled', !useless, useless ? `one came, but ${said.why}` : 'the handshake');
}

/**
 * Each certificate that has an issuer, with it. What was sent and the stores usually know all of them at once; only when
 * the leaf's own issuer is missing is the chain stage waited for, which may fetch it.
 */
async function questionsAbout(
  sent: readonly Certificate[],
  seen: Seen,
  run: Run,
  observed: Observed,
): Promise<Question[]> {
  const { path, topSelfSigned } = arrange(sent);
  const way = [...path];
  const top = path.at(-1);
  if (top && !topSelfSigned) {
    const store = (await (await run.client).store).trust;
    const issuer = issuersIn(store, top)[0] ?? issuersIn(await run.reference(), top)[0];
    if (issuer) way.push(issuer);
    else if (way.length === 1) {
      await observed('chain.found');
      for (const found of parsePem((learnt(seen, 'chain.found') ?? []).map(each => each.pem))) {
        const last = way.at(-1);
        if (last && didIssue(found, last)) way.push(found);
      }
    }
  }
  return way
    .flatMap((certificate, i) => {
      const issuer = way[i + 1];
      return issuer ? [{ certificate, issuer }] : [];
    })
    .slice(0, MAX_QUESTIONS);
}
