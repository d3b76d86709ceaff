// CRLs and OCSP responses as the machine's openssl writes them.
import { spawnSync } from 'node:child_process';
import { sign } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCrl } from '../../../src/pki/crl.ts';
import { ocspRequest, readOcspResponse } from '../../../src/pki/ocsp.ts';
import { pemBlocks } from '../../../src/pki/pem.ts';
import { X } from '../../parity/chains.ts';
import { bits, integer, oid, sequence, text, time, tlv } from '../../parity/der-builder.ts';
import { cleanEnv } from '../../tools/environment.ts';
import { authority, days, ecKey, type Made, NOW, server } from './maker.ts';

// openssl ocsp and ca judge by the machine's clock.
const now = new Date();
const from = (day: number) => time(Math.floor(now.getTime() / 1000) + day * 86_400);
const today = { from: from(-10), to: from(10) };
const root = authority('root', null, { change: today });
const namesake = authority('root', null, { change: today });
const good = server(['good.test'], root, { change: { ...today, serial: integer(0x1001) } });
const revoked = server(['revoked.test'], root, { change: { ...today, serial: integer(0x1002) } });
const stranger = server(['stranger.test'], root, { change: { ...today, serial: integer(0x1003) } });
const responder = server([], root, {
  commonName: 'responder',
  change: today,
  extensions: { [X.eku]: { critical: false, value: sequence(oid('1.3.6.1.5.5.7.3.9')) } },
});
const forged = server([], namesake, {
  commonName: 'responder',
  change: today,
  extensions: { [X.eku]: { critical: false, value: sequence(oid('1.3.6.1.5.5.7.3.9')) } },
});
const impostor = server([], root, { commonName: 'no responder', change: today });

const hasOpenssl = spawnSync('openssl', ['version'], { env: cleanEnv() }).status === 0;

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('written by openssl (skipped where there is none)', () => {
  let folder = '';
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', env: cleanEnv() });
    if (status !== 0) throw new Error(stderr);
  };
  const write = (name: string, { certificate, draft }: Made) => {
    writeFileSync(join(folder, `${name}.pem`), certificate.pem());
    writeFileSync(join(folder, `${name}.key`), draft.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'revocation-'));
    for (const [name, made] of Object.entries({ root, responder, impostor, forged, other: namesake }))
      write(name, made);
    const stamp = (day: number) =>
      new Date(now.getTime() + day * 86_400_000)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2);
    const row = (status: string, when: string, serial: string, name: string) =>
      `${status}\t${stamp(10)}\t${when}\t${serial}\tunknown\t/CN=${name}\n`;
    writeFileSync(
      join(folder, 'index.txt'),
      row('V', '', '1001', 'good') + row('R', `${stamp(-1)},keyCompromise`, '1002', 'revoked'),
    );
    writeFileSync(
      join(folder, 'ca.cnf'),
      '[ca]\ndefault_ca=c\n[c]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=7\ncertificate=root.pem\nprivate_key=root.key\n',
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const respond = (about: Made, signer: string, ...more: string[]) => {
    writeFileSync(join(folder, 'request'), ocspRequest(about.certificate, root.certificate));
    openssl(
      'ocsp',
      '-index',
      'index.txt',
      '-CA',
      'root.pem',
      '-rsigner',
      `${signer}.pem`,
      '-rkey',
      `${signer}.key`,
      '-reqin',
      'request',
      '-respout',
      'response',
      ...(more.length > 0 ? more : ['-ndays', '2']),
    );
    return readFileSync(join(folder, 'response'));
  };

  test('OCSP: good, revoked and unknown, signed by the issuer or by its responder', () => {
    for (const signer of ['root', 'responder']) {
      const ask = (about: Made, at = now) =>
        readOcspResponse(respond(about, signer), about.certificate, root.certificate, at);
      expect(ask(good)).toMatchObject({ status: 'good', signatureValid: true, problem: null, reason: null });
      expect(ask(revoked)).toMatchObject({
        status: 'revoked',
        signatureValid: true,
        problem: null,
        reason: 'keyCompromise',
      });
      expect(ask(revoked).revokedAt?.getTime()).toBeCloseTo(now.getTime() - 86_400_000, -4);
      expect(ask(stranger)).toMatchObject({
        status: 'unknown',
        problem: 'the responder does not know this certificate',
      });
      expect(ask(good).nextUpdate?.getTime()).toBeGreaterThan(now.getTime());
    }
  });

  test('OCSP: what does not count', () => {
    const response = respond(good, 'root');
    const judge = (about: Made, issuer: Made, at: Date, bytes: Uint8Array = response) =>
      readOcspResponse(bytes, about.certificate, issuer.certificate, at);
    const later = new Date(now.getTime() + 3 * 86_400_000);
    const earlier = new Date(now.getTime() - 86_400_000);
    expect(judge(good, root, later)).toMatchObject({ status: 'unknown', problem: 'the OCSP response is out of date' });
    expect(judge(good, root, earlier)).toMatchObject({
      status: 'unknown',
      problem: 'the OCSP response is from the future',
    });
    expect(judge(revoked, root, now).problem).toBe('the OCSP response is about another certificate');
    expect(judge(good, namesake, now).problem).toBe('the OCSP response is about another certificate');
    expect(judge(good, root, now, respond(good, 'impostor'))).toMatchObject({
      status: 'unknown',
      signatureValid: false,
    });
    // A responder made by a namesake of the issuer.
    expect(judge(good, root, now, respond(good, 'forged'))).toMatchObject({ status: 'unknown', signatureValid: false });
    const spoilt = Buffer.from(response);
    spoilt[80] = (spoilt[80] ?? 0) ^ 1;
    expect(judge(good, root, now, spoilt)).toMatchObject({ status: 'unknown' });
    expect(judge(good, root, now, sequence(tlv(0x0a, Buffer.from([3])))).problem).toBe(
      'the responder answered tryLater',
    );
    expect(judge(revoked, root, later, respond(revoked, 'root'))).toMatchObject({
      status: 'revoked',
      problem: 'the OCSP response is out of date',
    });
  });

  test('a CRL', () => {
    openssl('ca', '-config', 'ca.cnf', '-gencrl', '-out', 'crl.pem');
    const der = pemBlocks(readFileSync(join(folder, 'crl.pem')))[0]?.der ?? new Uint8Array();
    const list = readCrl(der, root.certificate, now);
    expect(list).toMatchObject({ issuer: 'CN=root', signatureValid: true, problem: null });
    expect(list.lookup(revoked.certificate.serial)).toMatchObject({ reason: 'keyCompromise' });
    expect(list.lookup(good.certificate.serial)).toBeNull();
    expect(readCrl(der, namesake.certificate, now)).toMatchObject({
      signatureValid: false,
      problem: 'the CRL is not signed by the issuer',
    });
    expect(readCrl(der, good.certificate, now).problem).toBe('the CRL is from another issuer');
    expect(readCrl(der, root.certificate, new Date(now.getTime() + 8 * 86_400_000)).problem).toBe(
      'the CRL is out of date',
    );
    expect(readCrl(der, root.certificate, new Date(now.getTime() - 86_400_000)).problem).toBe(
      'the CRL is from the future',
    );
    expect(readCrl(der.subarray(0, -9), root.certificate, now).problem).toMatch(/^the CRL cannot be read/);
  });
});

describe('lists no tool here writes', () => {
  const ca = authority('ca', null, { key: ecKey('ca') });
  const list = (entries: readonly Buffer[], ...extensions: Buffer[]) => {
    const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
    const tbs = sequence(
      integer(1),
      algorithm,
      ca.draft.subject,
      days(-1),
      days(1),
      sequence(Buffer.concat(entries)),
      ...(extensions.length > 0 ? [tlv(0xa0, sequence(...extensions))] : []),
    );
    return sequence(tbs, algorithm, bits(sign('sha256', tbs, ca.draft.key.privateKey)));
  };
  const entry = (serial: number) => sequence(integer(serial), days(-2));

  test('200,000 entries are looked up without being unpacked', () => {
    const crl = readCrl(list(Array.from({ length: 200_000 }, (_, i) => entry(i * 3))), ca.certificate, NOW);
    expect(crl.problem).toBeNull();
    expect(crl.lookup(Buffer.from([0x09, 0x27, 0xbd]))).toMatchObject({ reason: null }); // 599,997
    expect(crl.lookup(Buffer.from([0x09, 0x27, 0xbe]))).toBeNull();
  });

  test.each([
    [
      'changes only',
      sequence(oid('2.5.29.27'), tlv(1, Buffer.from([0xff])), tlv(4, integer(1))),
      'the CRL lists changes only',
    ],
    [
      'an unknown critical extension',
      sequence(oid('1.2.3'), tlv(1, Buffer.from([0xff])), tlv(4, text(12, 'x'))),
      'the CRL has the unknown critical extension 1.2.3',
    ],
    [
      'several issuers',
      sequence(oid('2.5.29.28'), tlv(1, Buffer.from([0xff])), tlv(4, sequence(tlv(0x84, Buffer.from([0xff]))))),
      'the CRL speaks for several issuers',
    ],
    ['an extension nobody minds', sequence(oid('2.5.29.20'), tlv(4, integer(7))), null],
  ])('%s', (_, extension, problem) => {
    expect(readCrl(list([entry(1)], extension), ca.certificate, NOW).problem).toBe(problem);
  });
});
