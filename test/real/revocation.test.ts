// The revocation stage against OpenSSL's own responder and lists, and the lab's answers against OpenSSL's own judge:
// neither of ours is the measure of the other.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateSpec, makePki, type Pki } from '../../src/lab/pki.ts';
import { makeCrl, makeOcsp, type OcspPlan } from '../../src/lab/revocation.ts';
import { closedPort, httpServer, type Listening, tlsServer } from '../../src/lab/servers.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { ocspRequest } from '../../src/pki/ocsp.ts';
import { cleanEnv } from '../tools/environment.ts';
import { run } from '../tools/program.ts';

const call = promisify(execFile);
const openssl = (...args: string[]) => call('openssl', args, { env: cleanEnv(), cwd: folder });
const hasOpenssl = await call('openssl', ['version'], { env: cleanEnv() }).then(
  () => true,
  () => false,
);
let folder = '';
let pki: Pki;
let port = 0;
const made = (name: string) => {
  const found = pki.get(name);
  if (!found) throw new Error(name);
  return found;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tlsdoctor-revocation-'));
  port = await closedPort();
  const pointing: CertificateSpec = { by: 'root', names: ['127.0.0.1'], ocsp: `http://127.0.0.1:${port}/` };
  pki = makePki(
    {
      root: { ca: true, key: 'rsa' },
      responder: { by: 'root', extKeyUsage: ['ocspSigning'] },
      fine: { ...pointing, serial: 0x11 },
      bad: { ...pointing, serial: 0x12 },
    },
    new Date(),
  );
  for (const name of pki.keys()) {
    await writeFile(join(folder, `${name}.pem`), made(name).pem);
    await writeFile(join(folder, `${name}.key`), made(name).keyPem);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('with OpenSSL (skipped where there is none)', () => {
  const plans: readonly [string, OcspPlan, RegExp][] = [
    ['good', { about: 'fine', says: 'good' }, /Response verify OK[\s\S]*fine\.pem: good/],
    ['revoked', { about: 'fine', says: 'revoked' }, /verify OK[\s\S]*revoked[\s\S]*Reason: keyCompromise/],
    ['delegated', { about: 'fine', says: 'good', by: 'responder' }, /Response verify OK[\s\S]*good/],
    ['badly signed', { about: 'fine', says: 'good', badSignature: true }, /Response Verify Failure/],
    ['refused', { about: 'fine', says: 'good', refuses: 3 }, /Responder Error: trylater/],
  ];
  test.each(plans)('the lab’s OCSP response, %s, is what OpenSSL takes it for', async (name, plan, says) => {
    const file = `${name.replace(/\W/g, '-')}.der`;
    await writeFile(join(folder, file), makeOcsp(plan, pki, new Date()));
    const args = ['-issuer', 'root.pem', '-cert', 'fine.pem', '-respin', file, '-CAfile', 'root.pem', '-no_nonce'];
    const { stdout, stderr } = await openssl('ocsp', ...args).catch(
      error => error as { stdout: string; stderr: string },
    );
    expect(`${stderr}${stdout}`).toMatch(says);
  });

  test.each([
    ['right', false, /verify OK/],
    ['badly signed', true, /verify failure/],
  ])('the lab’s CRL, %s, is what OpenSSL takes it for', async (name, badSignature, says) => {
    const file = `${name.replace(/\W/g, '-')}.crl`;
    const list = makeCrl({ issuer: 'root', revokes: ['bad'], badSignature }, pki, new Date());
    await writeFile(join(folder, file), list);
    const { stdout, stderr } = await openssl(
      'crl',
      '-inform',
      'DER',
      '-in',
      file,
      '-text',
      '-CAfile',
      'root.pem',
    ).catch(error => error as { stdout: string; stderr: string });
    expect(`${stderr}${stdout}`).toMatch(says);
    expect(stdout).toMatch(/Serial Number: 12[\s\S]*Key Compromise/);
  });

  test('our question is one that OpenSSL reads', async () => {
    const [fine, root] = ['fine', 'root'].map(name => parseCertificate(made(name).der));
    if (!fine || !root) throw new Error('no certificates');
    await writeFile(join(folder, 'question.der'), ocspRequest(fine, root));
    const { stdout } = await openssl('ocsp', '-reqin', 'question.der', '-req_text');
    expect(stdout).toMatch(/Serial Number: 11/);
  });

  test('openssl ocsp as the responder of two servers: one good, one revoked', async () => {
    const day = (days: number) =>
      `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
    await writeFile(
      join(folder, 'index.txt'),
      `V\t${day(80)}\t\t11\tunknown\t/CN=fine\nR\t${day(80)}\t${day(-3)},superseded\t12\tunknown\t/CN=bad\n`,
    );
    const responder = spawn(
      'openssl',
      [
        'ocsp',
        '-index',
        'index.txt',
        '-CA',
        'root.pem',
        '-rsigner',
        'responder.pem',
        '-rkey',
        'responder.key',
        '-port',
        `${port}`,
        '-ndays',
        '3',
      ],
      { env: cleanEnv(), cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const open: Listening[] = [];
    try {
      await new Promise<void>((resolve, reject) => {
        const said = (text: Buffer) => /waiting for|ACCEPT/i.test(text.toString()) && resolve();
        responder.stdout.on('data', said);
        responder.stderr.on('data', said);
        responder.on('exit', () => reject(new Error('openssl ocsp ended')));
      });
      const states: Record<string, unknown> = {};
      for (const name of ['fine', 'bad']) {
        const server = await tlsServer({ certificates: [made(name).pem], key: made(name).keyPem });
        open.push(server);
        const { stdout } = await run(
          [
            'check',
            `https://127.0.0.1:${server.port}/`,
            '--json',
            ...['--canary', 'none', '--proxy', 'none', '--profile', 'python3.12'],
            ...['--default-ca-file', join(folder, 'root.pem'), '--reference-roots', join(folder, 'root.pem')],
          ],
          {},
        );
        states[name] = revocationOf(stdout);
      }
      expect(states).toMatchObject({
        fine: { status: 'ok', facts: { 'revocation.status': 'good' } },
        bad: {
          status: 'fail',
          facts: { 'revocation.status': 'revoked', 'revocation.revoked': [expect.stringContaining('superseded')] },
        },
      });
    } finally {
      responder.kill();
      await Promise.all(open.map(each => each.close()));
    }
  });
});

describe('what nobody signed decides nothing', () => {
  const rows: readonly [string, OcspPlan | Uint8Array | null, RegExp][] = [
    ['a forged response', { about: 'leaf', says: 'revoked', by: 'stranger' }, /not signed by the issuer/],
    ['another certificate’s response', { about: 'other', says: 'good' }, /about another certificate/],
    ['one that ran out', { about: 'leaf', says: 'good', from: -20, to: -10 }, /out of date/],
    ['one from the future', { about: 'leaf', says: 'good', from: 3, to: 10 }, /from the future/],
    ['a refusal', { about: 'leaf', says: 'good', refuses: 6 }, /unauthorized/],
    ['garbage', Buffer.from('\u001b]0;no\u0007'), /cannot be read/],
    ['HTTP 404', null, /HTTP 404/],
  ];
  test.each(rows)('%s', async (_name, answer, why) => {
    let all: Pki = new Map();
    const responder = await httpServer(() =>
      answer === null ? null : answer instanceof Uint8Array ? answer : makeOcsp(answer, all, new Date()),
    );
    all = makePki(
      {
        root: { ca: true },
        stranger: { ca: true },
        other: { by: 'root' },
        leaf: { by: 'root', names: ['127.0.0.1'], ocsp: `http://127.0.0.1:${responder.port}/` },
      },
      new Date(),
    );
    const leaf = all.get('leaf');
    const root = all.get('root');
    if (!leaf || !root) throw new Error('no certificates');
    const server = await tlsServer({ certificates: [leaf.pem], key: leaf.keyPem });
    const file = join(folder, 'this-root.pem');
    await writeFile(file, root.pem);
    try {
      const { stdout, code } = await run(
        [
          ...['check', `https://127.0.0.1:${server.port}/`, '--json', '--canary', 'none', '--proxy', 'none'],
          ...['--default-ca-file', file, '--reference-roots', file, '--profile', 'python3.12'],
        ],
        {},
      );
      const stage = revocationOf(stdout);
      expect({ status: stage.status, fact: stage.facts['revocation.status'], code }).toEqual({
        status: 'warn',
        fact: { unknown: expect.stringMatching(why) },
        code: 0,
      });
    } finally {
      await server.close();
      await responder.close();
    }
  });
});

interface StageShape {
  readonly id: string;
  readonly status: string;
  readonly summary: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

function revocationOf(stdout: string): StageShape {
  const { stages } = JSON.parse(stdout) as { stages: StageShape[] };
  const found = stages.find(({ id }) => id === 'revocation');
  if (!found) throw new Error('no revocation stage');
  return found;
}
