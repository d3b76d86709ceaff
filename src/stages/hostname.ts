// Is the certificate for the name that was asked for, by the client's own rules? And if not: which near miss is it?
import { isIP } from 'node:net';
import { rulesOf } from '../clients/client.ts';
import { known, learnt } from '../model/facts.ts';
import { afterwardsMismatch } from '../pki/match-hostname.ts';
import { ipOctets, matchesHost, matchesIp, matchesPattern } from '../pki/names.ts';
import { parsePem } from './parsed.ts';
import type { Stage } from './stage.ts';

export const hostname: Stage<
  | 'hostname.asked'
  | 'hostname.kind'
  | 'hostname.matches'
  | 'hostname.names'
  | 'hostname.wildcard'
  | 'hostname.commonNameOnly'
  | 'hostname.commonName'
> = {
  id: 'hostname',
  needs: ['handshake.certificates'],
  after: [],
  gives: [
    'hostname.asked',
    'hostname.kind',
    'hostname.matches',
    'hostname.names',
    'hostname.wildcard',
    'hostname.commonNameOnly',
    'hostname.commonName',
  ],
  share: 0.9,
  waitingFor: () => 'the names of the certificate to be compared',
  skip: seen =>
    learnt(seen, 'handshake.certificates')?.length ? null : 'could not run: the server sent no certificate',
  async *run(seen, { target, client }) {
    const [leaf] = parsePem(learnt(seen, 'handshake.certificates') ?? []);
    const rules = rulesOf(await client);
    const kind = isIP(target.host) === 0 ? 'dns' : 'ip';
    const asked = rules.stripsTrailingDot ? target.host.replace(/\.$/, '') : target.host;
    yield known('hostname.asked', asked, 'from the target');
    yield known('hostname.kind', kind, 'from the target');
    if (!leaf) return { status: 'fail', text: 'the certificate cannot be read, so its names are not known' };

    const { names, commonName } = leaf;
    const octets = kind === 'ip' ? ipOctets(asked) : null;
    const matches =
      rules.hostCheck === 'match_hostname'
        ? afterwardsMismatch(leaf, asked) === null
        : octets
          ? matchesIp(leaf, octets)
          : matchesHost(leaf, asked, rules.commonName);
    const how = `the leaf's names, by the rules of ${rules.name}`;
    yield known('hostname.names', names, 'subjectAltName of the leaf');
    yield known('hostname.commonName', commonName, 'subject of the leaf');
    yield known('hostname.matches', matches, how);
    yield known('hostname.wildcard', matches || kind === 'ip' ? null : nearestWildcard(asked, names), how);
    const namedByCommonName =
      commonName !== null && (octets ? commonName === asked : matchesPattern(commonName, asked));
    yield known('hostname.commonNameOnly', !matches && namedByCommonName && !names.includes(asked), how);
    return matches
      ? { status: 'ok', text: `the certificate is for ${asked}` }
      : {
          status: 'fail',
          text: `the certificate is not for ${asked}; it is for ${names.slice(0, 3).join(', ') || commonName || 'no name at all'}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`,
        };
  },
};

/** The wildcard that would match if it stood for another number of labels than one (RFC 6125 §6.4.3); null = none. */
function nearestWildcard(host: string, names: readonly string[]): string | null {
  const bare = host.toLowerCase().replace(/\.$/, '');
  return (
    names.find(
      name =>
        name.startsWith('*.') && (bare.endsWith(name.slice(1).toLowerCase()) || bare === name.slice(2).toLowerCase()),
    ) ?? null
  );
}
