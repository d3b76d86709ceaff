// Has the certificate been revoked? Python never asks; browsers and auditors do.
import { known, learnt } from '../model/facts.ts';
import { parseOne } from './parsed.ts';
import type { Stage } from './stage.ts';

export const revocation: Stage<
  'revocation.status' | 'revocation.revoked' | 'revocation.sources' | 'revocation.mustStaple' | 'revocation.stapled'
> = {
  id: 'revocation',
  needs: ['handshake.certificates'],
  after: ['handshake.staple', 'chain.path'],
  gives: [
    'revocation.status',
    'revocation.revoked',
    'revocation.sources',
    'revocation.mustStaple',
    'revocation.stapled',
  ],
  share: 0.6,
  waitingFor: () => 'the revocation services to answer',
  async *run(seen) {
    const leaf = parseOne(learnt(seen, 'handshake.certificates')?.[0] ?? '');
    if (!leaf) return { status: 'skipped', text: 'there is no certificate to ask about' };
    yield known('revocation.mustStaple', leaf.mustStaple, 'TLS feature extension of the leaf (RFC 7633)');
    yield known('revocation.stapled', learnt(seen, 'handshake.staple') != null, 'the handshake');
    return { status: 'skipped', text: 'revocation services are not asked by this version' };
  },
};
