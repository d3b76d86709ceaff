// Which files OpenSSL loads as a list of anchors: asked of it, and of ours.
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readAnchors } from '../../../src/pki/anchors.ts';
import { cleanEnv } from '../../tools/environment.ts';
import { authority, server } from './maker.ts';

const root = authority('root').certificate.pem();
const other = authority('other').certificate.pem();
const leaf = server(['a.test'], authority('root')).certificate.pem();
const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-anchors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LOADS = ['import ssl, sys', 'ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(sys.argv[1])'].join(
  '\n',
);

test.each([
  ['two', root + other, 2],
  ['words around', `# mine\n${root}more: words\n---\n${leaf}`, 2],
  ['CR LF', root.replaceAll('\n', '\r\n'), 1],
  ['a byte order mark', `\ufeff${root}`, 1],
  ['blanks after the lines', root.replaceAll('\n', '  \n'), 1],
  ['a key beside it', key + root, 1],
  ['cut off after a good one', root + other.slice(0, 200), 'damaged'],
  ['two glued together', root.trimEnd() + other, 'damaged'],
  ['END of something else', root + other.replace('END CERTIFICATE', 'END X'), 'damaged'],
  ['not base64', root + other.replace(/\nM/, '\n!'), 'damaged'],
  ['indented', root.replace(/^/gm, '  '), 'no-certificates'],
  ['a key only', key, 'no-certificates'],
  ['PKCS#7', root.replaceAll('CERTIFICATE', 'PKCS7'), 'no-certificates'],
  ['nothing', 'hello\n', 'no-certificates'],
])('%s', (name, text, expected) => {
  const read = readAnchors(Buffer.from(text));
  expect(typeof read === 'string' ? read : read.length).toBe(expected);
  const file = join(folder, `${name.replace(/\W/g, '-')}.pem`);
  writeFileSync(file, text);
  const real = spawnSync('python3', ['-c', LOADS, file], { env: cleanEnv(), encoding: 'utf8' });
  if (!real.error) expect(real.status === 0, real.stderr).toBe(typeof expected === 'number');
});
