// RSA-PSS in the ways openssl can write it and node:crypto cannot: the mask with another digest, odd salts, bound keys.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSignedBy } from '../../../src/pki/certificate.ts';
import { readPem } from '../../../src/pki/containers.ts';
import { cleanEnv } from '../../tools/environment.ts';

const hasOpenssl = spawnSync('openssl', ['version'], { env: cleanEnv() }).status === 0;

describe.skipIf(!hasOpenssl && process.env.CI !== 'true')(
  'RSA-PSS written by openssl (skipped where there is none)',
  () => {
    let folder = '';
    const openssl = (...args: string[]) => {
      const { status, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8', env: cleanEnv() });
      if (status !== 0) throw new Error(stderr);
    };
    const read = (name: string) => {
      const [certificate] = readPem(readFileSync(join(folder, name))).certificates;
      if (!certificate) throw new Error(`no certificate in ${name}`);
      return certificate;
    };
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'signatures-'));
      openssl('genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', 'rsa.key');
      openssl(
        'genpkey',
        '-algorithm',
        'RSA-PSS',
        '-pkeyopt',
        'rsa_keygen_bits:2048',
        '-pkeyopt',
        'rsa_pss_keygen_md:sha256',
        '-pkeyopt',
        'rsa_pss_keygen_mgf1_md:sha512',
        '-pkeyopt',
        'rsa_pss_keygen_saltlen:16',
        '-out',
        'pss.key',
      );
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    test.each([
      ['the usual', 'rsa.key', 'sha256', ['rsa_pss_saltlen:32']],
      ['no salt', 'rsa.key', 'sha256', ['rsa_pss_saltlen:0']],
      ['a salt as long as it can be', 'rsa.key', 'sha256', ['rsa_pss_saltlen:222']],
      ['the mask by SHA-1', 'rsa.key', 'sha256', ['rsa_mgf1_md:sha1', 'rsa_pss_saltlen:200']],
      ['the mask by SHA-512', 'rsa.key', 'sha384', ['rsa_mgf1_md:sha512', 'rsa_pss_saltlen:48']],
      ['a key bound to odd ways', 'pss.key', 'sha256', ['rsa_mgf1_md:sha512', 'rsa_pss_saltlen:16']],
    ])('%s', (_, key, digest, options) => {
      const pss = ['rsa_padding_mode:pss', ...options].flatMap(option => ['-sigopt', option]);
      openssl(
        'req',
        '-x509',
        '-new',
        '-key',
        key,
        '-subj',
        '/CN=pss',
        '-days',
        '9',
        `-${digest}`,
        ...(key === 'pss.key' ? pss.slice(2) : pss),
        '-out',
        'one.pem',
      );
      const certificate = read('one.pem');
      expect(isSignedBy(certificate, certificate)).toBe(true);
      openssl(
        'req',
        '-x509',
        '-new',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-keyout',
        'other.key',
        '-subj',
        '/CN=pss',
        '-out',
        'other.pem',
      );
      expect(isSignedBy(certificate, read('other.pem'))).toBe(false);
    });
  },
);
