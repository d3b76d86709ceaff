// From a clue to a run, and back: where to look, as whom, and whether the run saw what the text said.
import { describe, expect, test } from 'vitest';
import { hostKind } from '../../../src/intake/likely.ts';
import { probeOf, seenAgain } from '../../../src/intake/probe.ts';
import type { Clue, ErrorEntry } from '../../../src/model/clue.ts';
import type { Report } from '../../../src/model/report.ts';

const CLUE: Clue = {
  error: 'certificate-expired',
  tool: 'requests',
  host: 'api.shop.example',
  port: 8443,
  url: null,
  line: '',
  proxy: null,
  versions: {},
  causes: [],
};

describe('where and as whom', () => {
  test.each([
    ['a host and port', {}, { host: 'api.shop.example', port: 8443 }],
    ['no port', { port: null }, { host: 'api.shop.example', port: 443 }],
    ['an address of IPv6', { host: '2001:db8::7', port: 443 }, { host: '2001:db8::7', port: 443 }],
    [
      'a scheme of its own',
      { url: 'ldaps://dir.example/', host: 'dir.example', port: 636 },
      { host: 'dir.example', port: 636 },
    ],
  ] as const)('%s', (_what, change, expected) => {
    expect(probeOf({ ...CLUE, ...change }).target).toMatchObject(expected);
  });

  test.each([
    ['no host', { host: null }],
    ['a placeholder', { host: 'x$y' }],
  ])('%s is no target', (_what, change) => {
    expect(probeOf({ ...CLUE, ...change }).target).toBeNull();
  });

  test.each([
    ['requests', { python: '3.13.1' }, 'requests@python3.13'],
    ['pip', { python: '3.8' }, 'requests@python3.8'],
    ['urllib', { python: '3.12' }, 'python3.12'],
    ['requests', {}, null],
    ['requests', { python: '2.7' }, null],
    ['curl', {}, 'openssl'],
    ['git', { python: '3.12' }, 'openssl'],
    ['browser', {}, null],
  ] as const)('%s with %j goes by the rules of %s', (tool, versions, expected) => {
    expect(probeOf({ ...CLUE, tool, versions }).profile).toBe(expected);
  });

  test.each([
    ['pypi.org', 'public'],
    ['localhost', 'local'],
    ['127.0.0.1', 'local'],
    ['[::1]', 'local'],
    ['10.1.2.3', 'private'],
    ['172.20.1.1', 'private'],
    ['172.xx.xx.xx', 'address'],
    ['8.8.8.8', 'address'],
    ['buildserver', 'private'],
    ['git.corp.internal', 'private'],
    ['gitlab.acme.com', 'private'],
    ['gitlab.com', 'public'],
    [null, 'none'],
  ])('%s is %s', (host, kind) => {
    expect(hostKind(host)).toBe(kind);
  });
});

describe('seen again', () => {
  const entry = (codes: number[]) => ({ id: CLUE.error, codes }) as unknown as ErrorEntry;
  const report = (status: string, verifyCode: number | null, cause: string | null = null) =>
    ({
      diagnosis: { status, primary: cause === null ? null : { cause } },
      prediction: { python: { verifyCode } },
    }) as unknown as Report;

  test.each([
    ['the same verify code', [10], report('problem', 10), 'same'],
    ['another verify code', [10], report('problem', 20), 'other'],
    ['a text without a reason', [1], report('problem', 20), 'same'],
    ['nothing is wrong now', [10], report('healthy', null), 'gone'],
    ['nobody knows', [10], report('inconclusive', null), 'unknown'],
    ['it does not even connect', [10], report('problem', null, 'connection-refused'), 'other'],
    ['an error before certificates, met again', [], report('problem', null, 'proxy-unreachable'), 'same'],
    ['an error before certificates, another now', [], report('problem', null, 'dns-failure'), 'other'],
  ])('%s', (_what, codes, seen, expected) => {
    const causes = [{ cause: 'proxy-unreachable', likelihood: 'likely' as const, because: { en: '', zh: '' } }];
    expect(seenAgain({ ...CLUE, causes }, entry(codes), seen)).toBe(expected);
  });
});
