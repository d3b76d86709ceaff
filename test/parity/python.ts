// Real Pythons as judges: real_python.py under every interpreter found.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface RealPython {
  readonly path: string;
  /** `3.13`. */
  readonly minor: string;
}

/** Debian's Python, and pyenv's where there is one; 3.10 and newer, whose rules do not hang on how OpenSSL was built. */
export function realPythons(): RealPython[] {
  const pyenv = join(homedir(), '.pyenv/versions');
  const paths = [
    '/usr/bin/python3',
    ...(existsSync(pyenv) ? readdirSync(pyenv).map(version => join(pyenv, version, 'bin/python3')) : []),
  ];
  return paths.flatMap(path => {
    if (!existsSync(path)) return [];
    const { stdout } = spawnSync(path, ['-I', '-c', 'import ssl,sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
      env: CLEAN,
    });
    const minor = stdout.trim();
    return /^3\.1\d$/.test(minor) ? [{ path, minor }] : [];
  });
}

export interface Handshake {
  /** Leaf first, PEM. */
  readonly chain: string;
  readonly key: string;
  readonly anchors: string;
  readonly host: string;
  readonly nocn: boolean;
}

export interface PythonAnswer {
  readonly code?: number;
  readonly message?: string;
  readonly skip?: string;
}

/** Asks one interpreter about many handshakes; the answers come in their order. */
export async function askPython({ path }: RealPython, handshakes: readonly Handshake[]): Promise<PythonAnswer[]> {
  const script = new URL('./real_python.py', import.meta.url).pathname;
  const child = spawn(path, ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'], env: CLEAN });
  child.stdin.end(handshakes.map(one => `${JSON.stringify(one)}\n`).join(''));
  const answers: PythonAnswer[] = [];
  let first = true;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!first) answers.push(JSON.parse(line) as PythonAnswer);
    first = false;
  }
  return answers;
}

// Whoever runs this may export SSL_CERT_FILE and its kin.
const CLEAN = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' };
