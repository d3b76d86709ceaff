// Every real Python that can be found: Debian's, and whatever pyenv holds. What must be there is Debian's python3 with
// python3-requests; without it CI fails, and a laptop is told how to get it.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { cleanEnv } from './environment.ts';

export interface RealPython {
  readonly path: string;
  /** `3.11` */
  readonly version: string;
  readonly requests: boolean;
}

const PROBE =
  "import sys\ntry:\n import requests; r=True\nexcept Exception: r=False\nprint('%d.%d %s' % (sys.version_info[0], sys.version_info[1], r))";

export const PYTHONS: readonly RealPython[] = candidates().flatMap(path => {
  try {
    const [version = '', requests] = execFileSync(path, ['-c', PROBE], { env: cleanEnv(), encoding: 'utf8' })
      .trim()
      .split(' ');
    return [{ path, version, requests: requests === 'True' }];
  } catch {
    return [];
  }
});

/** The Python with requests that stands for a user's: Debian's, else the first that has it. */
export const requestsPython: RealPython | null =
  PYTHONS.find(python => python.path === '/usr/bin/python3' && python.requests) ??
  PYTHONS.find(python => python.requests) ??
  null;

if (requestsPython === null) {
  const how = 'python3 with requests is not here: apt-get install python3 python3-requests';
  if (process.env.CI === 'true') throw new Error(how);
  process.stderr.write(`skipped: ${how}\n`);
}

function candidates(): string[] {
  const versions = `${homedir()}/.pyenv/versions`;
  const pyenv = existsSync(versions) ? readdirSync(versions).map(name => `${versions}/${name}/bin/python`) : [];
  return ['/usr/bin/python3', ...pyenv].filter(existsSync);
}
