// Which certificates on the way up from the leaf are outside their validity, at the judged time.
import { type Facts, known, learnt } from '../model/facts.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseOne } from './parsed.ts';
import type { Stage } from './stage.ts';

export const expiry: Stage<
  | 'expiry.expired'
  | 'expiry.notYetValid'
  | 'expiry.judgedAt'
  | 'expiry.leafNotBefore'
  | 'expiry.leafNotAfter'
  | 'expiry.daysLeft'
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
  ],
  share: 0.9,
  waitingFor: () => 'the validity of each certificate to be compared with the clock',
  async *run(seen, { world }) {
    const now = world.now();
    const how = world.options.at ? 'judged at the time given with --at' : "judged by this machine's clock";
    const infos = learnt(seen, 'chain.certificates') ?? [];
    const onPath = new Set(learnt(seen, 'chain.path')?.map(entry => entry.sha256));
    const judged = infos.flatMap(info => {
      const certificate =
        info.role === 'unrelated' || (onPath.size > 0 && !onPath.has(info.sha256)) ? null : parseOne(info.pem);
      return certificate ? [{ role: info.role as Role, certificate }] : [];
    });
    const expired = rolesWhere(judged, c => ended(c, now));
    const early = rolesWhere(judged, c => c.notBefore > now);
    yield known('expiry.judgedAt', now.toISOString(), how);
    yield known('expiry.expired', expired, how);
    yield known('expiry.notYetValid', early, how);
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

/** A certificate is dead in its notAfter second (facts: measured; X509_cmp_time treats equality as past). */
const ended = (certificate: Certificate, now: Date) => certificate.notAfter <= now;

function rolesWhere(
  judged: readonly { role: Role; certificate: Certificate }[],
  test: (certificate: Certificate) => boolean,
): Role[] {
  return [...new Set(judged.filter(each => test(each.certificate)).map(each => each.role))];
}
