// Builds of one Python differ in what they offer: Debian's takes TLS 1.0 with static RSA, python.org's does not. With no
// profile named, the interpreter that `python3` starts is the one we speak for, and must be right about.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePki } from '../../src/lab/pki.ts';
import { type Listening, type TlsSpec, tlsServer } from '../../src/lab/servers.ts';
import { cleanEnv } from '../tools/environment.ts';
import { run } from '../tools/program.ts';
import { PYTHONS } from '../tools/pythons.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-offer-'));
const made = makePki(
  {
    root: { ca: true, key: 'rsa' },
    leaf: { by: 'root', names: ['127.0.0.1'], key: 'rsa' },
    weak: { by: 'root', names: ['127.0.0.1'], key: 'rsa-1024' },
  },
  new Date(),
);
const bundle = join(folder, 'root.pem');
writeFileSync(bundle, made.get('root')?.pem ?? '');

const SERVERS: readonly (readonly [string, string, Partial<TlsSpec>])[] = [
  ['TLS 1.0, static RSA', 'leaf', { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'AES128-SHA' }],
  ['TLS 1.1, ECDHE', 'leaf', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ECDHE-RSA-AES128-SHA' }],
  ['TLS 1.2, static RSA', 'leaf', { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' }],
  ['TLS 1.2, AES-CCM', 'leaf', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' }],
  ['a small DH group', 'leaf', { maxVersion: 'TLSv1.2', ciphers: 'DHE-RSA-AES128-GCM-SHA256', dhBits: 1024 }],
  ['TLS 1.3 only', 'leaf', { minVersion: 'TLSv1.3' }],
  ['a weak key', 'weak', {}],
];
const servers = new Map<string, Listening>();
beforeAll(async () => {
  for (const [name, leaf, spec] of SERVERS)
    servers.set(
      name,
      await tlsServer({ certificates: [made.get(leaf)?.pem ?? ''], key: made.get(leaf)?.keyPem ?? '', ...spec }),
    );
});
afterAll(async () => {
  for (const server of servers.values()) await server.close();
  rmSync(folder, { recursive: true, force: true });
});

// Before 3.10 a context does not tell its security level.
const pythons = PYTHONS.filter(({ version }) => /^3\.1\d$/.test(version));
describe.each(pythons.map(python => [python.path, python] as const))('%s', (path, python) => {
  test.each(SERVERS.map(([name]) => name))('%s', async name => {
    const bin = mkdtempSync(join(folder, 'bin-'));
    symlinkSync(path, join(bin, 'python3'));
    const port = servers.get(name)?.port ?? 0;
    const probe = new URL('../tools/probe.py', import.meta.url).pathname;
    const kind = python.requests ? 'requests' : 'ssl';
    const said = await promisify(execFile)(
      path,
      [probe, kind, `https://127.0.0.1:${port}/`, bundle, '', String(port)],
      { env: cleanEnv() },
    );
    const theirs = JSON.parse(said.stdout) as { ok: boolean; code: number | null };
    const { stdout, stderr } = await run(
      ['check', `https://127.0.0.1:${port}/`, '--ca-file', bundle, '--proxy', 'none', '--canary', 'none', '--json'],
      { env: { PATH: `${bin}:${process.env.PATH}` } },
    );
    expect(stderr).toBe('');
    const { prediction, diagnosis } = JSON.parse(stdout) as {
      prediction: { python: { ok: boolean; verifyCode: number | null } };
      diagnosis: { status: string };
    };
    expect({ ok: prediction.python.ok, code: prediction.python.verifyCode }).toEqual({
      ok: theirs.ok,
      code: theirs.code,
    });
    expect(diagnosis.status).toBe(theirs.ok ? 'healthy' : 'problem');
  });
});
