// What the server sent, how it hangs together, and what is missing between it and a root: looked for in the client's own
// store, in today's public list, and where the certificates themselves say their issuer can be fetched (AIA).
import { type Facts, known, learnt, type Observation, unknown } from '../model/facts.ts';
import { arrange, didIssue, issuersIn } from '../pki/arrangement.ts';
import { type Certificate, certificateInfo } from '../pki/certificate.ts';
import { attributesOf } from '../pki/names.ts';
import { fetchIssuers } from './aia.ts';
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

    const { path, duplicates, unrelated, ordered, topSelfSigned } = arrange(sent);
    const leaf = sent[0];
    const top = path.at(-1) ?? leaf;
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

    const gap = await lookUpwards(top, topSelfSigned, run, signal);
    yield* gap.observations;
    yield known(
      'chain.path',
      [
        ...path.map(certificate => ({
          sha256: certificate.sha256,
          subject: certificate.subject.text,
          from: 'sent' as const,
        })),
        ...gap.above.map(({ certificate, from }) => ({
          sha256: certificate.sha256,
          subject: certificate.subject.text,
          from,
        })),
      ],
      'built upwards from the leaf',
    );
    const problems = [
      ...malformed,
      ...(ordered ? [] : ['the certificates are not in the order of the chain']),
      ...duplicates.map(certificate => `sent twice: ${certificate.subject.text}`),
      ...unrelated.map(certificate => `does not belong to the chain: ${certificate.subject.text}`),
      ...gap.missing.map(name => `not sent, and not in the client’s store: ${name}`),
    ];
    yield known('chain.problems', problems, how);
    if (gap.missing.length > 0) return { status: 'fail', text: `nobody sent “${gap.missing[0]}”` };
    if (malformed.length > 0) return { status: 'fail', text: malformed[0] ?? '' };
    const count = `${sent.length} certificate${sent.length === 1 ? '' : 's'} sent`;
    return problems.length > 0
      ? { status: 'warn', text: `${count}; ${problems[0]}` }
      : { status: 'ok', text: `${count}, nothing missing` };
  },
};

type Gives = Extract<keyof Facts, `chain.${string}`>;

interface Gap {
  readonly missing: readonly string[];
  readonly above: readonly { readonly certificate: Certificate; readonly from: 'aia' | 'store' }[];
  readonly observations: readonly Observation<Gives>[];
}

/** From the last certificate sent to a root: the store first, as OpenSSL does, then today's public list, then AIA. */
async function lookUpwards(top: Certificate, topSelfSigned: boolean, run: Run, signal: AbortSignal): Promise<Gap> {
  const store = (await (await run.client).store).trust;
  const above: { certificate: Certificate; from: 'aia' | 'store' }[] = [];
  const fetched: Facts['chain.found'][number][] = [];
  const missing: string[] = [];
  let url: string | null = null;
  let why: string | null = null;
  let current = top;
  while (!topSelfSigned && above.length < MAX_ABOVE) {
    const anchor = issuersIn(store, current)[0] ?? issuersIn(await run.reference(), current)[0];
    if (anchor) {
      above.push({ certificate: anchor, from: 'store' });
      break;
    }
    const asked = run.world.options.offline
      ? { found: null, url: current.caIssuersUrls[0] ?? null, why: 'not looked for: --offline' }
      : await fetchIssuers(current, run.world, signal);
    if (missing.length === 0) url = asked.url;
    if (!asked.found) {
      // The issuer of a certificate that was itself fetched may be a root that nobody knows: then nothing more is missing.
      if (fetched.length === 0) missing.push(current.issuer.text);
      why = asked.why;
      break;
    }
    above.push({ certificate: asked.found, from: 'aia' });
    fetched.push({ pem: asked.found.pem(), from: 'aia', where: asked.url ?? '' });
    if (didIssue(asked.found, asked.found)) break;
    missing.push(current.issuer.text);
    current = asked.found;
  }
  const how = 'the path was followed upwards through the store, the public list and AIA';
  return {
    missing,
    above,
    observations: [
      known('chain.missing', missing, how),
      known('chain.missingUrl', url, 'authorityInfoAccess of the last certificate sent (RFC 5280 §4.2.2.1)'),
      known('chain.found', fetched, how),
      missing.length > 0 && url !== null && run.world.options.offline
        ? unknown('chain.missingFoundBy', 'nobody was asked for it: --offline')
        : known('chain.missingFoundBy', fetched.length > 0 ? 'aia' : null, why ?? how),
      known(
        'chain.missingKin',
        missing.length > 0 ? await kinOf(current, run) : null,
        'organisations of the known roots compared with the missing issuer’s',
      ),
    ],
  };
}

/** No real chain is deeper; a loop of cross-signs would be. */
const MAX_ABOVE = 6;

function roleOf(certificate: Certificate, leaf: Certificate, unrelated: readonly Certificate[]) {
  if (certificate === leaf || certificate.sha256 === leaf.sha256) return 'leaf';
  if (unrelated.includes(certificate)) return 'unrelated';
  return didIssue(certificate, certificate) ? 'root' : 'intermediate';
}

function faultsOf(certificate: Certificate | null, index: number): string[] {
  const which = index === 0 ? 'the server’s own certificate' : `certificate ${index + 1}`;
  if (certificate === null) return [`${which} is not readable as X.509`];
  return certificate.extensions.broken.map(
    extension => `${which}: ${extension.name} cannot be read (${extension.reason})`,
  );
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
