// What the resolver says, in a network of the test's own: a name server on its loopback that answers as it is told.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { NAMESPACES } from '../tools/namespaces.ts';
import { run } from '../tools/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-dns-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n');
writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n');
writeFileSync(
  join(folder, 'named.py'),
  `
import socket, sys
how = sys.argv[1]
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 53))
print('ready', flush=True)
while True:
    asked, peer = server.recvfrom(512)
    end = asked.index(b'\\0', 12) + 5
    if how == 'silence':
        continue
    code = {'nxdomain': 3, 'servfail': 2, 'refused': 5}.get(how, 0)
    server.sendto(asked[:2] + bytes([0x81, 0x80 | code]) + asked[4:6] + b'\\0' * 6 + asked[12:end], peer)
`,
);
const WITHIN = (how: string) => [
  ...['unshare', '--map-root-user', '--net', '--mount', 'bash', '-c'],
  `ip link set lo up && mount --bind ${folder}/resolv.conf /etc/resolv.conf && mount --bind ${folder}/hosts /etc/hosts &&
   { [ ${how} = nobody ] || { coproc NAMED { exec python3 ${folder}/named.py ${how}; }; read -r _ <&"\${NAMED[0]}"; }; } &&
   "$@"; code=$?; [ -z "\${NAMED_PID:-}" ] || kill "$NAMED_PID"; exit "$code"`,
  'bash',
];
test.skipIf(!NAMESPACES).each([
  ['nxdomain', 'not-found'],
  ['empty', 'no-address'],
  ['servfail', 'server-failure'],
  ['refused', 'server-failure'],
  ['silence', 'server-failure'],
  ['nobody', 'server-failure'],
])('a name server that answers with: %s', async (how, error) => {
  const { stdout, stderr, code } = await run(
    [
      'check',
      'https://www.lab-dns.com/',
      '--proxy',
      'none',
      '--profile',
      'python3.12',
      '--default-ca-file',
      '/dev/null',
      '--timeout',
      '12',
      '--json',
    ],
    { within: WITHIN(how) },
  );
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as {
    stages: { id: string; facts: Record<string, { value?: unknown }> }[];
    diagnosis: { primary: { cause: string; confidence: string } | null };
  };
  expect(report.diagnosis.primary).toMatchObject({ cause: 'dns-failure', confidence: 'certain' });
  expect(JSON.stringify(report.stages.find(stage => stage.id === 'dns')?.facts)).toContain(error);
  expect(code).toBe(1);
});
