// Every wrapping a certificate comes in, written by the machine's own openssl where one is needed for it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MalformedCertificate, parseCertificate } from '../../../src/pki/certificate.ts';
import { readCertificates } from '../../../src/pki/containers.ts';
import { cleanEnv } from '../../tools/environment.ts';
import { authority, server } from './maker.ts';

const root = authority('root');
const leaf = server(['a.test'], root);
const [rootPem, leafPem] = [root.certificate.pem(), leaf.certificate.pem()];
const subjects = async (bytes: string | Uint8Array, password?: string) => {
  const read = await readCertificates(
    typeof bytes === 'string' ? Buffer.from(bytes) : bytes,
    password === undefined ? {} : { password },
  );
  return {
    subjects: read.certificates.map(({ subject }) => subject.text),
    format: read.format,
    problems: read.problems,
  };
};

describe('PEM', () => {
  test.each([
    ['two', rootPem + leafPem, ['CN=root', 'CN=server']],
    [
      'with junk around',
      `# my roots\n\nsubject=/CN=root\n${rootPem}junk: yes\n---\n${leafPem}-----`,
      ['CN=root', 'CN=server'],
    ],
    ['with CR LF', rootPem.replaceAll('\n', '\r\n'), ['CN=root']],
    ['with a BOM', `\ufeff${rootPem}`, ['CN=root']],
    ['on one line', rootPem.replace(/(?<!-)\n(?!-)/g, ''), ['CN=root']],
    ['indented', rootPem.replace(/^(?=[A-Za-z0-9])/gm, '    '), ['CN=root']],
    ['X509 CERTIFICATE', rootPem.replaceAll(' CERTIFICATE', ' X509 CERTIFICATE'), ['CN=root']],
    ['beside a key', `-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${rootPem}`, ['CN=root']],
    ['text that begins with the octet of a sequence', `0\n${rootPem}`, ['CN=root']],
  ])('%s', async (_, text, expected) => {
    expect(await subjects(text)).toEqual({ subjects: expected, format: 'pem', problems: [] });
  });

  test.each([
    ['cut off', rootPem.slice(0, 200), 'the CERTIFICATE block has no end', 0],
    ['not base64', rootPem.replace('MII', '!!!').replace(/\n(M|A)/, '\n!'), 'the CERTIFICATE block is not base64', 0],
    [
      'closed by another',
      rootPem.replace('END CERTIFICATE', 'END X'),
      'the CERTIFICATE block does not end with -----END CERTIFICATE-----',
      0,
    ],
    ['nothing of the kind', 'hello', 'there is no certificate in this file', 0],
    ['empty', '', 'there is no certificate in this file', 0],
  ])('%s: the reason and the place', async (_, text, message, offset) => {
    expect((await subjects(text)).problems).toEqual([{ offset, message }]);
  });

  test('a spoilt one among good ones is reported where it stands, and does not hide the others', async () => {
    const spoilt = `-----BEGIN CERTIFICATE-----\n${root.der.subarray(0, -3).toString('base64')}\n-----END CERTIFICATE-----\n`;
    const read = await subjects(rootPem + spoilt + leafPem);
    expect(read.subjects).toEqual(['CN=root', 'CN=server']);
    expect(read.problems).toEqual([
      { offset: rootPem.length, message: 'an ASN.1 element runs past the end of what contains it' },
    ]);
  });
});

describe('DER', () => {
  test('one, and two in a row', async () => {
    expect(await subjects(root.der)).toMatchObject({ subjects: ['CN=root'], format: 'der' });
    expect(await subjects(Buffer.concat([root.der, leaf.der]))).toMatchObject({
      subjects: ['CN=root', 'CN=server'],
      problems: [],
    });
  });

  test('says where it breaks', () => {
    const bad = Buffer.from(root.der);
    const place = bad.indexOf('root') - 2; // the string type of the issuer’s name
    bad[place] = 0x1a;
    const offset = (() => {
      try {
        parseCertificate(bad);
      } catch (error) {
        return error instanceof MalformedCertificate ? error.offset : null;
      }
      return null;
    })();
    expect(offset).toBe(place);
  });

  test('something behind a certificate is reported', async () => {
    const { problems } = await subjects(Buffer.concat([root.der, Buffer.from('rest')]));
    expect(problems).toMatchObject([{ offset: root.der.length }]);
  });
});

const hasOpenssl = spawnSync('openssl', ['version'], { env: cleanEnv() }).status === 0;

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')('written by openssl (skipped where there is none)', () => {
  let folder = '';
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', env: cleanEnv() });
    if (status !== 0) throw new Error(stderr);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'containers-'));
    writeFileSync(file('all.pem'), leafPem + rootPem);
    writeFileSync(file('leaf.pem'), leafPem);
    writeFileSync(file('root.pem'), rootPem);
    writeFileSync(file('key.pem'), leaf.draft.key.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(['DER', 'PEM'])('PKCS#7 as %s, EC keys included', async form => {
    openssl('crl2pkcs7', '-nocrl', '-certfile', 'all.pem', '-outform', form, '-out', 'out.p7b');
    expect(await subjects(readFileSync(file('out.p7b')))).toEqual({
      subjects: ['CN=server', 'CN=root'],
      format: form === 'DER' ? 'pkcs7' : 'pem',
      problems: [],
    });
  });

  test.each([
    ['as today', []],
    ['as long ago', ['-legacy']],
    ['without encryption', ['-keypbe', 'NONE', '-certpbe', 'NONE']],
  ])('PKCS#12 %s', async (_, options) => {
    const pass = ['-passout', 'pass:sésame'];
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'key.pem',
      '-in',
      'leaf.pem',
      '-certfile',
      'root.pem',
      ...options,
      ...pass,
      '-out',
      'out.p12',
    );
    const bytes = readFileSync(file('out.p12'));
    expect(await subjects(bytes, 'sésame')).toEqual({
      subjects: ['CN=server', 'CN=root'],
      format: 'pkcs12',
      problems: [],
    });
    expect((await readCertificates(bytes)).needsPassword).toBe(true);
    expect((await subjects(bytes, 'open')).problems).toMatchObject([
      { message: 'the password does not open this PKCS#12 file' },
    ]);
  });

  test('PKCS#12 with an empty password needs none', async () => {
    openssl('pkcs12', '-export', '-inkey', 'key.pem', '-in', 'leaf.pem', '-passout', 'pass:', '-out', 'out.p12');
    expect((await subjects(readFileSync(file('out.p12')))).subjects).toEqual(['CN=server']);
  });

  test('PKCS#12 that asks for a billion rounds is refused unpaid', async () => {
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'key.pem',
      '-in',
      'leaf.pem',
      '-passout',
      'pass:x',
      '-iter',
      '65539',
      '-out',
      'out.p12',
    );
    const bytes = readFileSync(file('out.p12'));
    const rounds = Buffer.from([0x02, 0x03, 0x01, 0x00, 0x03]);
    for (let at = bytes.indexOf(rounds); at >= 0; at = bytes.indexOf(rounds, at + 1))
      bytes.set([0x7f, 0xff, 0xff], at + 2);
    const { problems } = await subjects(bytes, 'x');
    expect(problems).toMatchObject([{ message: 'this PKCS#12 asks for more than 2000000 key derivation rounds' }]);
  });

  test('TRUSTED CERTIFICATE, PEM and DER', async () => {
    for (const form of ['PEM', 'DER']) {
      openssl(
        'x509',
        '-in',
        'root.pem',
        '-trustout',
        '-addtrust',
        'serverAuth',
        '-addreject',
        'emailProtection',
        '-outform',
        form,
        '-out',
        'trusted',
      );
      const { certificates } = await readCertificates(readFileSync(file('trusted')));
      expect(certificates.map(({ trust }) => trust)).toEqual(
        // In DER nothing tells the settings from a second certificate, and openssl itself writes none.
        form === 'PEM' ? [{ trusted: ['1.3.6.1.5.5.7.3.1'], rejected: ['1.3.6.1.5.5.7.3.4'] }] : [null],
      );
    }
  });
});
