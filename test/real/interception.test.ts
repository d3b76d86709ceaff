// Real boxes in the middle on loopback: Squid with ssl-bump and mitmproxy, both from Debian, in front of servers that are
// fine and servers that are not. What we say is compared with what these programs did, and with real Pythons behind them.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CertificateSpec, makePki } from '../../src/lab/pki.ts';
import { closedPort, httpServer, type Listening, tlsServer } from '../../src/lab/servers.ts';
import { cleanEnv } from '../tools/environment.ts';
import { run } from '../tools/program.ts';
import { PYTHONS, requestsPython } from '../tools/pythons.ts';

const CERTGEN = ['/usr/lib/squid/security_file_certgen', '/usr/libexec/squid/security_file_certgen'].find(existsSync);
const hasSquid = has(
  'squid with ssl-bump',
  'squid-openssl',
  () => CERTGEN !== undefined && said('squid', '-v').includes('openssl'),
);
const hasMitmproxy = has('mitmdump', 'mitmproxy', () => said('mitmdump', '--version').startsWith('Mitmproxy'));

const folder = mkdtempSync(join(tmpdir(), 'tlsdoctor-middle-'));
// Squid that was started by root goes on as another user.
chmodSync(folder, 0o777);
const groups: ChildProcess[] = [];
const servers: Listening[] = [];
afterAll(async () => {
  for (const child of groups) killGroup(child);
  await Promise.all(servers.map(server => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

const SPECS: Record<string, CertificateSpec> = {
  root: { ca: true },
  fine: { by: 'root', names: ['localhost', 'api.shop.test'] },
  news: { by: 'root', names: ['www.news.test'] },
  expired: { by: 'root', names: ['localhost'], from: -400, to: -35 },
  alone: { names: ['localhost'] },
  misnamed: { by: 'root', names: ['www.elsewhere.test'] },
  stranger: { ca: true },
  foreign: { by: 'stranger', names: ['localhost'] },
  // As `openssl req -x509` of OpenSSL 3.0 makes it: no keyUsage.
  company: { ca: true, organisation: 'Example Works', cn: 'Example Works Web CA', without: ['keyUsage'] },
  good: { ca: true, organisation: 'Example Works', cn: 'Example Works Web CA 2' },
};
const pki = makePki(
  Object.fromEntries(Object.entries(SPECS).map(([name, spec]) => [name, { key: 'rsa' as const, ...spec }])),
  new Date(),
);
const pem = (name: string) => pki.get(name)?.pem ?? '';
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  chmodSync(path, 0o644);
  return path;
};
for (const name of pki.keys()) file(`${name}.key`, pki.get(name)?.keyPem ?? '');
const roots = file('root.pem', pem('root'));

const ports: Record<string, number> = {};
beforeAll(async () => {
  for (const name of ['fine', 'news', 'expired', 'alone', 'misnamed', 'foreign']) {
    const server = await tlsServer({ certificates: [pem(name)], key: pki.get(name)?.keyPem ?? '' });
    servers.push(server);
    ports[name] = server.port;
  }
});
// By name: for an address Squid writes its digits into a DNS name, which fits no client's check.
const origin = (name: string) => `https://localhost:${ports[name]}/`;
const canary = () => ['--canary', `www.news.test@127.0.0.1:${ports.news}`];

describe.skipIf(!hasSquid)('Squid', () => {
  let proxy: string;
  beforeAll(async () => {
    proxy = await startSquid('company');
  });

  test('is found out by the canary that it signs for as well', async () => {
    const { primary, facts } = await check(origin('fine'), ['--proxy', proxy, ...canary()]);
    expect(primary).toBe('tls-interception certain');
    expect(facts['interception.sameIssuer']).toBe(true);
    expect(facts['interception.canaries']).toEqual(['www.news.test']);
  });

  test('is found out without any canary: the server shows another certificate when nobody is between', async () => {
    const { primary, facts } = await check(origin('fine'), ['--proxy', proxy, '--canary', 'none']);
    expect(primary).toBe('tls-interception certain');
    expect(facts['interception.directIssuer']).toBe('CN=root');
  });

  test.skipIf(!requestsPython)('stops requests with the code that is predicted', async () => {
    const { python } = await check(origin('fine'), ['--proxy', proxy, '--canary', 'none']);
    expect(python).toMatchObject(await askRequests(origin('fine'), roots, proxy));
  });

  test('is a note where its root is trusted, and says that Python 3.13 will refuse it', async () => {
    const trusted = file('trusted-company.pem', pem('root') + pem('company'));
    const { status, primary, others, facts, python } = await check(origin('fine'), [
      ...['--proxy', proxy, '--default-ca-file', trusted, '--profile', 'requests@python3.12', ...canary()],
    ]);
    expect({ status, primary, others }).toEqual({
      status: 'healthy',
      primary: null,
      others: ['tls-interception note', 'duplicate-certs warning'],
    });
    expect(facts['interception.faultyRoot']).toContain('Example Works Web CA');
    if (requestsPython) expect(python).toMatchObject(await askRequests(origin('fine'), trusted, proxy));
  });

  test('is strict-mode-violation to Python 3.13, with the certificate named, as the real one says', async () => {
    const trusted = file('trusted-company.pem', pem('root') + pem('company'));
    const { primary, others, evidence, python } = await check(origin('fine'), [
      ...['--proxy', proxy, '--default-ca-file', trusted, '--profile', 'python3.13', ...canary()],
    ]);
    expect({ primary, others }).toEqual({
      primary: 'strict-mode-violation certain',
      others: expect.arrayContaining(['tls-interception note']),
    });
    expect(evidence).toContain('Example Works Web CA');
    const strict = PYTHONS.find(each => each.version === '3.13');
    if (strict) expect(python).toMatchObject(await askUrllib(strict.path, origin('fine'), trusted, proxy));
  });

  test.each([
    ['expired', 'certificate has expired'],
    ['alone', 'self-signed certificate'],
    ['misnamed', 'hostname mismatch'],
  ])('hides that the server is %s, and we say so', async (name, fault) => {
    const { primary, facts, evidence } = await check(origin(name), ['--proxy', proxy, '--canary', 'none']);
    expect(primary).toBe('tls-interception certain');
    expect(String(facts['interception.hiddenFault']).toLowerCase()).toContain(fault);
    expect(evidence.toLowerCase()).toContain(fault);
  });

  test('that lets the canary alone is not cleared by it', async () => {
    const selective = await startSquid('good', ['acl exempt ssl::server_name www.news.test', 'ssl_bump splice exempt']);
    const { primary, facts } = await check('https://api.shop.test/', [
      ...['--connect', `127.0.0.1:${ports.fine}`, '--proxy', selective, ...canary()],
    ]);
    expect(facts['interception.sameIssuer']).toBe(false);
    expect(primary).toBe('tls-interception certain');
  });

  test('that passes a bad certificate on signs it by a CA whose name says that it was not trusted', async () => {
    const lenient = await startSquid('good', ['sslproxy_cert_error allow all']);
    const { facts } = await check(origin('foreign'), ['--proxy', lenient, '--canary', 'none']);
    expect(facts['interception.hiddenFault']).toMatch(/Not trusted by .*Example Works Web CA 2/);
  });

  test('that is the only way out is also asked for the intermediate, and for whether the certificate was revoked', async () => {
    const asked: string[] = [];
    const pages = await httpServer(path => {
      asked.push(path);
      return path === '/sub.der' ? (inner.get('sub')?.der ?? null) : null;
    });
    servers.push(pages);
    // Only the proxy knows where that is.
    const far = `http://pki.shop.test:${pages.port}`;
    const inner = makePki(
      {
        root: { key: 'rsa', ca: true },
        sub: { key: 'rsa', by: 'root', ca: true, caIssuers: `${far}/root.der` },
        leaf: { key: 'rsa', by: 'sub', names: ['localhost'], caIssuers: `${far}/sub.der`, crl: `${far}/list.crl` },
      },
      new Date(),
    );
    const server = await tlsServer({
      certificates: [inner.get('leaf')?.pem ?? ''],
      key: inner.get('leaf')?.keyPem ?? '',
    });
    servers.push(server);
    const trusted = file('inner.pem', inner.get('root')?.pem ?? '');
    const only = await startSquid('good', [
      `hosts_file ${file('hosts', '127.0.0.1 localhost pki.shop.test\n')}`,
      'ssl_bump splice all',
    ]);
    const { primary } = await check(`https://localhost:${server.port}/`, [
      ...['--proxy', only, '--canary', 'none', '--default-ca-file', trusted],
    ]);
    expect(primary).toBe('missing-intermediate certain');
    expect(asked).toEqual(expect.arrayContaining(['/sub.der', '/list.crl']));
  });
});

describe.skipIf(!hasMitmproxy)('mitmproxy', () => {
  let proxy: string;
  let bundle: string;
  beforeAll(async () => {
    const home = join(folder, 'mitmproxy');
    mkdirSync(home);
    const port = await closedPort();
    const settings = [`confdir=${home}`, `ssl_verify_upstream_trusted_ca=${roots}`].flatMap(each => ['--set', each]);
    await start(
      [
        'mitmdump',
        '--listen-host',
        '127.0.0.1',
        '-p',
        String(port),
        '-q',
        ...settings,
        '--ignore-hosts',
        'www.news.test',
      ],
      port,
    );
    proxy = `http://127.0.0.1:${port}`;
    bundle = file('mitmproxy.pem', pem('root') + readFileSync(join(home, 'mitmproxy-ca-cert.pem'), 'utf8'));
  });

  test('is called by its name', async () => {
    const { primary, facts, python } = await check(origin('fine'), ['--proxy', proxy, ...canary()]);
    expect(primary).toBe('dev-proxy certain');
    expect(facts).toMatchObject({ 'interception.product': 'mitmproxy', 'interception.kind': 'developer' });
    if (requestsPython) expect(python).toMatchObject(await askRequests(origin('fine'), roots, proxy));
  });

  test('is a note where its root is trusted', async () => {
    const { status, others, python } = await check(origin('fine'), [
      ...['--proxy', proxy, '--canary', 'none', '--default-ca-file', bundle, '--profile', 'requests@python3.12'],
    ]);
    expect({ status, others }).toEqual({ status: 'healthy', others: ['dev-proxy note'] });
    if (requestsPython) expect(python).toMatchObject(await askRequests(origin('fine'), bundle, proxy));
  });

  test('meets Python 3.13 as the real one says', async () => {
    const { python } = await check(origin('fine'), [
      ...['--proxy', proxy, '--canary', 'none', '--default-ca-file', bundle, '--profile', 'python3.13'],
    ]);
    const strict = PYTHONS.find(each => each.version === '3.13');
    if (strict) expect(python).toMatchObject(await askUrllib(strict.path, origin('fine'), bundle, proxy));
  });

  test.each([
    ['expired', 'certificate has expired'],
    ['alone', 'self-signed certificate'],
    ['misnamed', 'mismatch'],
  ])('hides that the server is %s, and we say so', async (name, fault) => {
    const { primary, facts } = await check(origin(name), ['--proxy', proxy, '--canary', 'none']);
    expect(primary).toBe('dev-proxy certain');
    expect(String(facts['interception.hiddenFault']).toLowerCase()).toContain(fault);
  });
});

interface Checked {
  readonly status: string;
  readonly primary: string | null;
  readonly others: readonly string[];
  /** All evidence of the primary cause, one text. */
  readonly evidence: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly python: { readonly ok: boolean | null; readonly code: number | null };
}

/** The program, as a person would run it; the lab's root is all that is public and trusted unless the options say otherwise. */
async function check(target: string, options: readonly string[]): Promise<Checked> {
  const trust = options.includes('--default-ca-file') ? [] : ['--default-ca-file', roots];
  const ran = await run(['check', target, '--reference-roots', roots, ...trust, ...options, '--json']);
  expect(ran.stderr).toBe('');
  const { diagnosis, stages, prediction } = JSON.parse(ran.stdout);
  const { primary, others, status } = diagnosis;
  return {
    status,
    primary: primary && `${primary.cause} ${primary.confidence}`,
    others: others.map((each: { cause: string; severity: string }) => `${each.cause} ${each.severity}`),
    evidence: (primary?.evidence ?? []).map((each: { text: string }) => each.text).join('\n'),
    facts: stages.find((stage: { id: string }) => stage.id === 'interception').facts,
    python: { ok: prediction.python.ok, code: prediction.python.verifyCode },
  };
}

/** What requests answers through the proxy. */
async function askRequests(url: string, bundle: string, proxy: string) {
  const probe = new URL('../tools/probe.py', import.meta.url).pathname;
  const argv = [probe, 'requests', url, bundle, '', '443', proxy];
  const { stdout } = await promisify(execFile)(requestsPython?.path ?? '', argv, { env: cleanEnv(), timeout: 20_000 });
  const { ok, code } = JSON.parse(stdout);
  return { ok, code };
}

/** What a plain ssl context answers, through a tunnel that urllib opens. */
async function askUrllib(python: string, url: string, bundle: string, proxy: string) {
  const program = `
import json, ssl, sys, urllib.request, urllib.error
url, bundle, proxy = sys.argv[1:]
handlers = [urllib.request.ProxyHandler({"https": proxy}), urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=bundle))]
try:
    urllib.request.build_opener(*handlers).open(url, timeout=10)
    print(json.dumps({"ok": True, "code": 0}))
except urllib.error.URLError as error:
    print(json.dumps({"ok": False, "code": getattr(error.reason, "verify_code", None)}))
`;
  const { stdout } = await promisify(execFile)(python, ['-c', program, url, bundle, proxy], {
    env: cleanEnv(),
    timeout: 20_000,
  });
  return JSON.parse(stdout);
}

/** A Squid that looks into everything, signing by that CA; `more` may change its mind. */
async function startSquid(ca: string, more: readonly string[] = []): Promise<string> {
  const port = await closedPort();
  const home = join(folder, `squid-${port}`);
  mkdirSync(home);
  chmodSync(home, 0o777);
  execFileSync(CERTGEN ?? '', ['-c', '-s', join(home, 'db'), '-M', '4MB'], { env: cleanEnv(), stdio: 'pipe' });
  execFileSync('chmod', ['-R', 'a+rwX', join(home, 'db')]);
  const config = file(
    `squid-${port}.conf`,
    [
      `http_port 127.0.0.1:${port} ssl-bump tls-cert=${file(`${ca}.pem`, pem(ca))} tls-key=${join(folder, `${ca}.key`)} generate-host-certificates=on`,
      `sslcrtd_program ${CERTGEN} -s ${join(home, 'db')} -M 4MB`,
      'sslcrtd_children 1 startup=1 idle=1',
      'acl hello at_step SslBump1',
      'ssl_bump peek hello',
      ...more,
      'ssl_bump bump all',
      `tls_outgoing_options cafile=${roots}`,
      'http_access allow all',
      'cache deny all',
      'access_log none',
      `cache_log ${join(home, 'cache.log')}`,
      `coredump_dir ${home}`,
      'pid_filename none',
      'pinger_enable off',
      'visible_hostname lab',
      'shutdown_lifetime 0 seconds',
      '',
    ].join('\n'),
  );
  await start(['squid', '-N', '-f', config], port);
  return `http://127.0.0.1:${port}`;
}

/** Starts a program in a process group of its own and waits, at most 30 s, until its port answers. */
async function start([program = '', ...args]: readonly string[], port: number): Promise<void> {
  const child = spawn(program, args, { env: cleanEnv(), stdio: ['ignore', 'ignore', 'pipe'], detached: true });
  groups.push(child);
  let log = '';
  let ended = false;
  child.stderr?.setEncoding('utf8').on('data', text => (log = (log + text).slice(-2000)));
  child.on('error', error => (log += String(error)));
  child.on('exit', () => (ended = true));
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && !ended; ) {
    if (await answers(port)) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  killGroup(child);
  throw new Error(`${program} does not listen on ${port}: ${log}`);
}

function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.setTimeout(1000, () => end(false));
    socket.on('connect', () => end(true)).on('error', () => end(false));
  });
}

/** Squid's helpers are children of its own: the whole group goes. */
function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function has(name: string, debian: string, found: () => boolean): boolean {
  if (found()) return true;
  const how = `${name} is not here: apt-get install ${debian}`;
  if (process.env.CI === 'true') throw new Error(how);
  process.stderr.write(`skipped: ${how}\n`);
  return false;
}

function said(program: string, ...args: readonly string[]): string {
  try {
    return execFileSync(program, args, { env: cleanEnv(), encoding: 'utf8', timeout: 20_000, stdio: 'pipe' });
  } catch {
    return '';
  }
}
