// What the server sent, how it hangs together, and what is missing between it and a root: looked for in the client's own
// store, in today's public list, and where the certificates themselves say their issuer can be fetched (AIA).
import { type Facts, known, learnt, type Observation, unknown } from '../model/facts.ts';
import type { KnownIntermediates } from '../model/knowledge.ts';
import { arrange, didIssue } from '../pki/arrangement.ts';
import { type Certificate, certificateInfo, isSignedBy } from '../pki/certificate.ts';
import { attributesOf } from '../pki/names.ts';
import { type Climb, climb, continued } from './climb.ts';
import { parseOne } from './parsed.ts';
import type { Run, Stage } from './stage.ts';

export const chain: Stage<Gives> = {
  id: 'chain',
  needs: ['handshake.certificates'],
  after: [],
  gives: [
    'chain.certificates',
    'chain.sent',
    'chain.path',
    'chain.leafSubject',
    'chain.leafIssuer',
    'chain.leafSelfSigned',
    'chain.topSelfSigned',
    'chain.topSubject',
    'chain.missing',
    'chain.missingFoundBy',
    'chain.missingUrl',
    'chain.found',
    'chain.problems',
    'chain.order',
    'chain.duplicates',
    'chain.unrelated',
    'chain.malformed',
    'chain.expiredCrossSign',
    'chain.missingKin',
    'chain.missingRoot',
    'chain.leafLogged',
  ],
  share: 0.6,
  waitingFor: () => 'the certificates between the server’s and a root',
  skip: seen =>
    learnt(seen, 'handshake.certificates')?.length ? null : 'could not run: the server sent no certificate',
  async *run(seen, run, signal) {
    const pems = learnt(seen, 'handshake.certificates') ?? [];
    const read = pems.map(parseOne);
    const how = 'the certificates as the server sent them';
    const malformed = read.flatMap((certificate, i) => faultsOf(certificate, i));
    yield known('chain.malformed', malformed, how);
    const sent = read.filter(certificate => certificate !== null);
    if (read[0] == null || sent[0] === undefined)
      return { status: 'fail', text: 'the server’s own certificate cannot be read' };

    const { path: signedPath, duplicates, unrelated: strangers, ordered } = arrange(sent);
    const path = continued(signedPath, sent);
    const unrelated = strangers.filter(certificate => !path.includes(certificate));
    const leaf = sent[0];
    const top = path.at(-1) ?? leaf;
    const topSelfSigned = didIssue(top, top);
    yield known(
      'chain.certificates',
      sent.map(certificate => certificateInfo(certificate, roleOf(certificate, leaf, unrelated))),
      how,
    );
    yield known(
      'chain.sent',
      sent.map(certificate => certificate.subject.text),
      how,
    );
    yield known('chain.leafSubject', leaf.subject.text, how);
    yield known('chain.leafIssuer', leaf.issuer.text, how);
    yield known('chain.leafSelfSigned', path.length === 1 && topSelfSigned, how);
    yield known('chain.topSelfSigned', topSelfSigned, how);
    yield known('chain.topSubject', top.subject.text, how);
    yield known('chain.order', ordered ? 'ordered' : 'disordered', how);
    yield known(
      'chain.duplicates',
      duplicates.map(certificate => certificate.subject.text),
      how,
    );
    yield known(
      'chain.unrelated',
      unrelated.map(certificate => certificate.subject.text),
      how,
    );
    yield known(
      'chain.expiredCrossSign',
      await expiredCrossSign(path, run),
      'compared with the roots of the store and of the public list',
    );
    yield known(
      'chain.leafLogged',
      (leaf.signedTimestamps ?? []).length > 0,
      'embedded certificate timestamps of the leaf (RFC 6962)',
    );

    const gap = await climb(path, run, signal);
    yield* await whatIsMissing(gap, run);
    yield known(
      'chain.path',
      gap.way.map(({ certificate, from }) => ({ sha256: certificate.sha256, subject: certificate.subject.text, from })),
      'built upwards from the leaf',
    );
    const problems = [
      ...malformed,
      ...(ordered ? [] : ['the certificates are not in the order of the chain']),
      ...duplicates.map(certificate => `sent twice: ${certificate.subject.text}`),
      ...unrelated.map(certificate => `does not belong to the chain: ${certificate.subject.text}`),
      ...badlySigned(gap),
      ...gap.missing.map(name => `not sent, and not in the client’s store: ${name}`),
    ];
    yield known('chain.problems', problems, how);
    if (gap.missing.length > 0) {
      const places = gap.fetched.map(({ where }) => where).join(', ');
      return { status: 'fail', text: `nobody sent “${gap.missing[0]}”${places && `; found at ${places}`}` };
    }
    if (malformed.length > 0) return { status: 'fail', text: malformed[0] ?? '' };
    const count = `${sent.length} certificate${sent.length === 1 ? '' : 's'} sent`;
    return problems.length > 0
      ? { status: 'warn', text: `${count}; ${problems[0]}` }
      : { status: 'ok', text: `${count}, nothing missing` };
  },
};

type Gives = Extract<keyof Facts, `chain.${string}`>;

/** What lies between the server's certificates and a root, and who had it. */
async function whatIsMissing(gap: Climb, run: Run): Promise<readonly Observation<Gives>[]> {
  const { missing, fetched, url } = gap;
  const how = 'the path was followed upwards through the store, the public list and AIA';
  const listed = missing.length > 0 && fetched.length === 0 ? listedIssuer(gap.last, run.intermediates()) : null;
  const foundAt =
    fetched.length > 0
      ? `fetched from ${fetched.map(({ where }) => where).join(', ')}`
      : listed
        ? 'its name and key identifier are on the list of public intermediates'
        : (gap.why ?? how);
  return [
    known('chain.missing', missing, how),
    known('chain.missingUrl', url, 'authorityInfoAccess of the last certificate sent (RFC 5280 §4.2.2.1)'),
    known('chain.found', fetched, foundAt),
    // A place that could not be asked might have it; one that is not named cannot.
    missing.length > 0 && url !== null && fetched.length === 0 && !listed
      ? unknown('chain.missingFoundBy', run.world.options.offline ? 'nobody was asked for it: --offline' : foundAt)
      : known('chain.missingFoundBy', fetched[0]?.from ?? (listed ? 'knowledge' : null), foundAt),
    known('chain.missingRoot', listed, foundAt),
    known(
      'chain.missingKin',
      missing.length > 0 ? await kinOf(gap.last, run) : null,
      'organisations of the known roots compared with the missing issuer’s',
    ),
  ];
}

/** The public root above a certificate's issuer, when the issuer's name and key identifier are known; null = they are not. */
function listedIssuer({ issuer, extensions }: Certificate, list: readonly KnownIntermediates[]): string | null {
  const keyId = extensions.authorityKeyId?.keyId;
  if (!keyId) return null;
  const hex = Buffer.from(keyId).toString('hex');
  return (
    list.find(({ issuers }) => issuers.some(each => each.keyId === hex && each.subject === issuer.text))?.root ?? null
  );
}

const badlySigned = ({ way }: Climb) =>
  way.flatMap(({ certificate }, i) => {
    const issuer = way[i + 1]?.certificate;
    return issuer && !isSignedBy(certificate, issuer)
      ? [`the signature of ${certificate.subject.text} was not made by the key of ${issuer.subject.text}`]
      : [];
  });

function roleOf(certificate: Certificate, leaf: Certificate, unrelated: readonly Certificate[]) {
  if (certificate === leaf || certificate.sha256 === leaf.sha256) return 'leaf';
  if (unrelated.includes(certificate)) return 'unrelated';
  return didIssue(certificate, certificate) ? 'root' : 'intermediate';
}

function faultsOf(certificate: Certificate | null, index: number): string[] {
  const which = index === 0 ? 'the server’s own certificate' : `certificate ${index + 1}`;
  if (certificate === null) return [`${which} is not readable as X.509`];
  return [
    ...(certificate.validFrom.valid ? [] : [`${which}: notBefore is no date (${certificate.validFrom.text})`]),
    ...(certificate.validTo.valid ? [] : [`${which}: notAfter is no date (${certificate.validTo.text})`]),
    ...certificate.extensions.broken.map(
      extension => `${which}: ${extension.name} cannot be read (${extension.reason})`,
    ),
  ];
}

/**
 * An expired issuer on the path that a root of the same name and key could stand in for: the cross-sign is past its time,
 * the authority is not. (An expired intermediate that nobody can replace is just that.)
 */
async function expiredCrossSign(path: readonly Certificate[], run: Run): Promise<string | null> {
  const now = run.world.now();
  for (const dead of path.slice(1)) {
    if (dead.notAfter > now || dead.selfIssued) continue;
    const store = (await (await run.client).store).trust;
    const roots = [
      ...store.withSubject(dead.subject.canonical),
      ...(await run.reference()).withSubject(dead.subject.canonical),
    ];
    if (roots.some(root => root.selfIssued && Buffer.compare(root.spki, dead.spki) === 0)) return dead.subject.text;
  }
  return null;
}

/** A root of the store or the public list whose organisation is also the missing issuer's: a sister of it is known here. */
async function kinOf(missing: Certificate | null, run: Run): Promise<string | null> {
  const organisation = missing && attributesOf(missing.issuer, OID_ORGANISATION)[0]?.text;
  if (!organisation) return null;
  const store = (await (await run.client).store).trust;
  const same = (root: Certificate) => attributesOf(root.subject, OID_ORGANISATION)[0]?.text === organisation;
  return (store.certificates.find(same) ?? (await run.reference()).certificates.find(same))?.subject.text ?? null;
}

const OID_ORGANISATION = '2.5.4.10';
