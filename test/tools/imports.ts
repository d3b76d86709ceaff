// DESIGN's room table as a check: which room may import which, what of Node a room may touch, and what no room but
// world.ts may reach without an import (clock, environment, console). Run: tsx test/tools/imports.ts SRC; exit 1 on any.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** A room may always import itself, and `model`. `world.ts` is the type of the door that probes are handed. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  model: [],
  pki: [],
  wire: [],
  intake: [],
  diagnosis: [],
  report: [],
  'world.ts': [],
  'version.ts': [],
  'data.ts': ['intake', 'diagnosis', 'lab'],
  net: ['world.ts'],
  clients: ['pki', 'world.ts'],
  stages: ['pki', 'wire', 'net', 'clients', 'world.ts', 'version.ts'],
  remedy: ['clients', 'world.ts'],
  lab: ['pki', 'wire'],
  tui: ['remedy', 'report', 'diagnose.ts'],
  'diagnose.ts': [
    'pki',
    'wire',
    'net',
    'intake',
    'stages',
    'clients',
    'diagnosis',
    'remedy',
    'world.ts',
    'open-world.ts',
    'version.ts',
    'data.ts',
  ],
};

/** Rooms with a list may touch only these built-ins; rooms not named may touch any. */
const BUILTINS: Readonly<Record<string, readonly string[]>> = {
  model: [],
  pki: ['node:crypto', 'node:buffer', 'node:net'],
  wire: ['node:crypto', 'node:buffer'],
  intake: [],
  diagnosis: [],
  report: [],
  stages: ['node:crypto', 'node:buffer', 'node:net'],
  clients: ['node:path', 'node:crypto'],
};

/** Ways out that no import shows. */
const AMBIENT = /\b(process\.(env|cwd|stdout|stdin|exit)|Date\.now\(|new Date\(\)|Math\.random\(|fetch\(|console\.)/;
const PURE = new Set(['model', 'pki', 'wire', 'intake', 'diagnosis', 'report']);
const IMPORT = /(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g;

/** Every violation below `root`, one sentence each. */
export function violations(root: string): string[] {
  const room = (path: string) => relative(root, path).split('/')[0] ?? '';
  const bad: string[] = [];
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const here = room(file);
    const may = MAY[here];
    if (!may) continue; // cli/, build/, index.ts: anything
    const where = relative(root, file);
    // A type of Node's is erased: it touches nothing.
    const source = readFileSync(file, 'utf8').replace(/^import type [^;]* from 'node:[^']*';$/gm, '');
    const code = source.replace(/\/\*[\s\S]*?\*\/|(?<![:'"`])\/\/.*$/gm, '');
    const builtins = BUILTINS[here];
    for (const [, spec = ''] of code.matchAll(IMPORT)) {
      if (spec.startsWith('.')) {
        const there = room(resolve(dirname(file), spec));
        if (there !== here && there !== 'model' && !may.includes(there))
          bad.push(`${where}: ${here} may not import ${there} (${spec})`);
      } else if (spec.startsWith('node:') && builtins && !builtins.includes(spec)) {
        bad.push(`${where}: ${here} may not import ${spec}`);
      } else if (/^(ink|react)\b/.test(spec) && here !== 'tui') {
        bad.push(`${where}: only tui may import ${spec}`);
      }
    }
    const ambient = PURE.has(here) || here === 'stages' || here === 'clients' ? AMBIENT.exec(code) : null;
    if (ambient) bad.push(`${where}: ${here} may not use ${ambient[0]}; take it as an argument`);
  }
  return bad;
}

const root = process.argv[2];
if (root && import.meta.url.endsWith('imports.ts') && process.argv[1]?.endsWith('imports.ts')) {
  const bad = violations(resolve(root));
  for (const line of bad) process.stderr.write(`${line}\n`);
  process.exitCode = bad.length > 0 ? 1 : 0;
}
