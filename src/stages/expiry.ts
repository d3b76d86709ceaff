// Which certificates on the way up from the leaf are outside their validity, at the judged time.
import { type Facts, known, learnt, type Seen } from '../model/facts.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseOne, parsePem } from './parsed.ts';
import type { Run, Stage } from './stage.ts';

export const expiry: Stage<
  | 'expiry.expired'
  | 'expiry.notYetValid'
  | 'expiry.judgedAt'
  | 'expiry.leafNotBefore'
  | 'expiry.leafNotAfter'
  | 'expiry.daysLeft'
  | 'expiry.pathFrom'
  | 'expiry.pathTo'
> = {
  id: 'expiry',
  needs: ['chain.certificates'],
  after: ['chain.path'],
  gives: [
    'expiry.expired',
    'expiry.notYetValid',
    'expiry.judgedAt',
    'expiry.leafNotBefore',
    'expiry.leafNotAfter',
    'expiry.daysLeft',
    'expiry.pathFrom',
    'expiry.pathTo',
  ],
  share: 0.9,
  waitingFor: () => 'the validity of each certificate to be compared with the clock',
  async *run(seen, run) {
    const { world } = run;
    const now = world.now();
    const how = world.options.at ? 'judged at the time given with --at' : "judged by this machine's clock";
    const judged = await onThePath(seen, run);
    const expired = rolesWhere(judged, c => ended(c, now));
    const early = rolesWhere(judged, c => c.notBefore > now);
    yield known('expiry.judgedAt', now.toISOString(), how);
    yield known('expiry.expired', expired, how);
    yield known('expiry.notYetValid', early, how);
    const readable = judged.flatMap(({ certificate: { validFrom, validTo } }) =>
      validFrom.valid && validTo.valid ? [{ from: validFrom.date.getTime(), to: validTo.date.getTime() }] : [],
    );
    if (readable.length === judged.length && readable.length > 0) {
      const whole = 'the time in which every certificate of the path is valid';
      yield known('expiry.pathFrom', new Date(Math.max(...readable.map(({ from }) => from))).toISOString(), whole);
      yield known('expiry.pathTo', new Date(Math.min(...readable.map(({ to }) => to))).toISOString(), whole);
    }
    const leaf = judged.find(each => each.role === 'leaf')?.certificate;
    if (!leaf?.validFrom.valid || !leaf.validTo.valid)
      return { status: 'warn', text: "the leaf's validity cannot be read" };
    const daysLeft = Math.floor((leaf.notAfter.getTime() - now.getTime()) / 86_400_000);
    yield known('expiry.leafNotBefore', leaf.notBefore.toISOString(), 'validity of the leaf');
    yield known('expiry.leafNotAfter', leaf.notAfter.toISOString(), 'validity of the leaf');
    yield known('expiry.daysLeft', daysLeft, how);
    if (expired.length > 0)
      return {
        status: 'fail',
        text: `expired: ${expired.join(', ')}${expired.includes('leaf') ? ` (${-daysLeft} days ago)` : ''}`,
      };
    if (early.length > 0) return { status: 'fail', text: `not yet valid: ${early.join(', ')}` };
    return { status: daysLeft < 14 ? 'warn' : 'ok', text: `valid for ${daysLeft} more days` };
  },
};

type Role = Facts['expiry.expired'][number];

interface Judged {
  readonly role: Role;
  readonly certificate: Certificate;
}

/** What was sent and lies on the path, and what continues it from the store or from elsewhere: roots have dates too. */
async function onThePath(seen: Seen, run: Run): Promise<Judged[]> {
  const path = learnt(seen, 'chain.path') ?? [];
  const onPath = new Set(path.map(entry => entry.sha256));
  const sent = (learnt(seen, 'chain.certificates') ?? []).flatMap((info): Judged[] => {
    const certificate =
      info.role === 'unrelated' || (onPath.size > 0 && !onPath.has(info.sha256)) ? null : parseOne(info.pem);
    return certificate ? [{ role: info.role as Role, certificate }] : [];
  });
  const above = path.filter(entry => entry.from !== 'sent');
  if (above.length === 0) return sent;
  const store = (await (await run.client).store).trust.certificates;
  const found = parsePem((learnt(seen, 'chain.found') ?? []).map(each => each.pem));
  const rest: Judged[] = [];
  for (const { sha256 } of above) {
    const same = (each: Certificate) => each.sha256 === sha256;
    const certificate = store.find(same) ?? found.find(same) ?? (await run.reference()).certificates.find(same);
    if (certificate) rest.push({ role: certificate.selfIssued ? 'root' : 'intermediate', certificate });
  }
  return [...sent, ...rest];
}

/** A certificate is dead in its notAfter second (facts: measured; X509_cmp_time treats equality as past). */
const ended = (certificate: Certificate, now: Date) => certificate.notAfter <= now;

function rolesWhere(judged: readonly Judged[], test: (certificate: Certificate) => boolean): Role[] {
  return [...new Set(judged.filter(each => test(each.certificate)).map(each => each.role))];
}
