// Namespaces of the tests' own (unshare, of util-linux): another hosts file, another network. Linux only, as root or where
// unprivileged ones are allowed.
import { spawnSync } from 'node:child_process';

/** Whether they can be made here; where they cannot, CI fails and a laptop is told so. */
export const NAMESPACES = spawnSync('unshare', ['--map-root-user', '--net', '--mount', 'true']).status === 0;

if (!NAMESPACES) {
  const how = 'namespaces cannot be made here: run as root on Linux, or allow unprivileged user namespaces';
  if (process.env.CI === 'true') throw new Error(how);
  process.stderr.write(`skipped: ${how}\n`);
}
