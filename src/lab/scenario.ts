// A scenario is a situation as data (src/lab/scenarios/*.yaml): what stands where, and what must be concluded. Starting
// one makes the certificates, starts the servers and says with which words `check` is to be asked.
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Options } from '../model/options.ts';
import { type MintSpec, mintingProxy, type PortalManner, probeServer } from './interceptor.ts';
import { type PagePlan, pageServer, withPages } from './pages.ts';
import { type CertificateSpec, listOf, makePki, moment, type Pki } from './pki.ts';
import { makeOcsp, type OcspPlan } from './revocation.ts';
import {
  blackHole,
  closedPort,
  httpServer,
  type Listening,
  type PlainManner,
  type ProxySpec,
  plainDialectServer,
  plainServer,
  proxyServer,
  type TlsSpec,
  tlsServer,
} from './servers.ts';

export interface ServerPlan extends Omit<Partial<TlsSpec>, 'certificates' | 'key' | 'clientCas' | 'staple'> {
  /** Names of certificates, in the order to be sent. */
  readonly sends?: readonly string[];
  /** Whose key to use, when it is not the first one's. */
  readonly keyOf?: string;
  readonly clientCas?: readonly string[];
  /** An OCSP response to staple. */
  readonly staple?: OcspPlan;
  /** Instead of TLS. */
  readonly plain?: PlainManner | 'closed' | 'black-hole' | 'no-starttls';
  /** Loopback address to listen on. */
  readonly host?: string;
}

export interface LabPlan {
  /** Key of certificates that name none. */
  readonly key?: CertificateSpec['key'];
  readonly pki?: Readonly<Record<string, CertificateSpec>>;
  readonly server?: ServerPlan;
  /** Further servers of the same name, for --connect. */
  readonly backends?: readonly ServerPlan[];
  readonly proxy?: Omit<Partial<ProxySpec>, 'resign' | 'tls' | 'to'> & {
    readonly tls?: string;
    readonly resign?: ServerPlan;
    readonly closed?: boolean;
    /** The environment variable that names it, instead of --proxy. */
    readonly by?: string;
    /** What the setting says; default: what the proxy speaks. */
    readonly scheme?: 'http' | 'https';
    /** A proxy that signs for whatever is asked for, by the certificate `ca`. */
    readonly mint?: Omit<MintSpec, 'ca' | 'sends'> & { readonly ca: string; readonly sends?: readonly string[] };
  };
  /** Hosts to compare with: --canary HOST@127.0.0.1:PORT. Without a server: the target's end, by that name. */
  readonly canaries?: readonly { readonly host: string; readonly server?: ServerPlan }[];
  /** How the network answers the plain request that finds login pages: --portal-probe. */
  readonly portal?: PortalManner;
  /** Serve this certificate as http://127.0.0.1:PORT/ca.der; `{aia}` in certificate URLs becomes that. */
  readonly aia?: string;
  /** Plain-http pages that URLs in certificates point to: `{name}` there becomes the page's address. */
  readonly pages?: Readonly<Record<string, PagePlan>>;
  readonly client?: {
    /** Names of trusted certificates: --default-ca-file. */
    readonly trusts?: readonly string[];
    /** Names on the public list: --reference-roots. Default: what is trusted. */
    readonly public?: readonly string[];
    /** --default-ca-file with nothing in it to trust, instead of `trusts`. */
    readonly store?: 'empty' | 'junk';
    /** --ca-file */
    readonly caFile?: readonly string[];
    readonly certificate?: string;
    readonly keyOf?: string;
    /** Host to ask for; default 127.0.0.1. */
    readonly asks?: string;
    /** false = the name leads there by itself, without --connect. */
    readonly connect?: boolean;
    /** Further words for `check`. */
    readonly args?: readonly string[];
    readonly options?: Partial<Options>;
    /** `{pem:NAMES}` becomes a file with these certificates, `{missing}` a path where nothing is, `{folder}` the lab's own. */
    readonly env?: Readonly<Record<string, string>>;
    /** Permission bits of the key file; default 0600. */
    readonly keyMode?: number;
    /** Files of the machine: path within the lab's folder, content. A folder `bin` of them comes first on PATH. */
    readonly files?: Readonly<Record<string, string>>;
    /** Lines added to the hosts file, in a mount namespace of the client's own. */
    readonly hosts?: readonly string[];
    /** No network but an idle loopback, in a namespace of its own. */
    readonly network?: 'none';
    /** Days from now that its clock shows: --at. */
    readonly clock?: number;
    readonly scheme?: string;
  };
}

export interface Scenario {
  /** File name. */
  readonly id: string;
  readonly title: { readonly en: string; readonly zh: string };
  /** Shown in practice mode when there is one: what a person would have seen. */
  readonly story?: { readonly en: string; readonly zh: string };
  readonly lab: LabPlan;
  readonly expect: {
    readonly status: 'problem' | 'healthy' | 'inconclusive';
    /** `cause confidence`. */
    readonly primary?: string;
    readonly others?: readonly string[];
    readonly not?: readonly string[];
    /** What real Pythons say: a verify code, 0 = accepted, null = fails otherwise, absent = not asked. */
    readonly python?: {
      readonly code: number | null;
      /** Oldest minor version of Python 3 to ask; those before depend on how they were built. */
      readonly since?: number;
    };
  };
}

export interface Running {
  readonly target: string;
  /** Options of `check` that the situation needs. */
  readonly args: readonly string[];
  readonly options: Partial<Options>;
  readonly env: Readonly<Record<string, string>>;
  /** Words to put before the program's own: namespaces (unshare of util-linux) it is to run in; empty = none. */
  readonly within: readonly string[];
  /** What a real Python would be given as its bundle. */
  readonly trustFile: string | null;
  /** Where its TCP connection goes. */
  readonly end: { readonly host: string; readonly port: number } | null;
  close(): Promise<void>;
}

/** Starts everything; close() stops the servers and removes the files. */
export async function startScenario({ lab }: Scenario): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'tlsdoctor-lab-'));
  const open: Listening[] = [];
  try {
    return await start(lab, folder, open);
  } catch (error) {
    await stop(open, folder);
    throw error;
  }
}

async function start(lab: LabPlan, folder: string, open: Listening[]): Promise<Running> {
  const now = new Date();
  const keep = <T extends Listening>(listening: T): T => {
    open.push(listening);
    return listening;
  };
  let pki: Pki = new Map();
  const aia =
    lab.aia === undefined
      ? null
      : keep(await httpServer(() => (lab.aia === undefined ? null : (pki.get(lab.aia)?.der ?? null))));
  const pages = lab.pages ? keep(await pageServer(lab.pages, () => pki)) : null;
  pki = makePki(withUrls(lab, aia?.port ?? 0, pages?.port ?? 0), now);
  const pems = (names: readonly string[]) => names.map(name => certificate(pki, name).pem);

  const end = lab.server ? await startServer(lab.server, pki, keep) : null;
  const backends = await Promise.all((lab.backends ?? []).map(plan => startServer(plan, pki, keep)));
  const client = lab.client ?? {};
  const asks = client.asks ?? '127.0.0.1';
  const args: string[] = [];
  const options: Record<string, unknown> = { ...client.options };
  const give = (name: string, key: keyof Options, text: string, value: unknown = text) => {
    args.push(name, text);
    options[key] = value;
  };
  const file = async (name: string, content: string) => {
    const path = join(folder, name);
    await writeFile(path, content, { mode: 0o600 });
    return path;
  };

  // 127.0.0.1 and localhost need no --connect; any other name does, and so do several backends.
  const ends = [...(end ? [end] : []), ...backends];
  if (ends.length > 1 || (end && client.connect !== false && asks !== '127.0.0.1' && asks !== 'localhost')) {
    for (const each of ends) args.push('--connect', `${each.host}:${each.port}`);
    options.connect = ends;
  }
  let trustFile: string | null = null;
  if (client.trusts) {
    trustFile = await file('trusted.pem', pems(client.trusts).join(''));
    give('--default-ca-file', 'defaultCaFile', trustFile);
  }
  if (client.store) {
    trustFile = await file('store.pem', client.store === 'empty' ? '' : 'no certificate in here\n');
    give('--default-ca-file', 'defaultCaFile', trustFile);
  }
  const listed = client.public ?? client.trusts;
  if (listed) give('--reference-roots', 'referenceRoots', await file('public.pem', pems(listed).join('')));
  if (client.caFile) {
    trustFile = await file('given.pem', pems(client.caFile).join(''));
    give('--ca-file', 'caFiles', trustFile, [trustFile]);
  }
  if (client.certificate) {
    give('--cert', 'certFile', await file('client.pem', certificate(pki, client.certificate).pem));
    const key = await file('client.key', certificate(pki, client.keyOf ?? client.certificate).keyPem);
    if (client.keyMode !== undefined) await chmod(key, client.keyMode);
    give('--key', 'keyFile', key);
  }
  if (client.clock !== undefined) give('--at', 'at', moment(client.clock, now).toISOString());
  const proxyEnv: Record<string, string> = {};
  if (lab.proxy) {
    const url = await startProxy(lab.proxy, pki, end, keep);
    if (lab.proxy.by === undefined) give('--proxy', 'proxy', url);
    else proxyEnv[lab.proxy.by] = url;
  } else give('--proxy', 'proxy', 'none', null);
  const canaries = await Promise.all(
    (lab.canaries ?? []).map(async ({ host, server }) => {
      const to = server ? await startServer(server, pki, keep) : end;
      return `${host}@${to?.host}:${to?.port}`;
    }),
  );
  for (const canary of canaries.length > 0 ? canaries : ['none']) args.push('--canary', canary);
  options.canaries = canaries;
  if (lab.portal) {
    const probe = `http://127.0.0.1:${keep(await probeServer(lab.portal)).port}/generate_204`;
    give('--portal-probe', 'portalProbe', probe);
  }
  for (const word of client.args ?? []) args.push(word);
  const scheme = client.scheme ?? 'https';
  const port = end ? `:${end.port}` : '';
  return {
    target: `${scheme}://${asks}${port}${scheme === 'https' ? '/' : ''}`,
    args,
    options: options as Partial<Options>,
    env: {
      ...proxyEnv,
      ...(await environmentOf(client, folder, names => file(`${names.join('-')}.pem`, pems(names).join('')))),
    },
    within: await namespaces(client, file),
    trustFile,
    end,
    close: () => stop(open, folder),
  };
}

type ClientPlan = NonNullable<LabPlan['client']>;

async function environmentOf(
  { env = {}, files = {} }: ClientPlan,
  folder: string,
  pem: (names: readonly string[]) => Promise<string>,
): Promise<Record<string, string>> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content.replaceAll('{folder}', folder), { mode: 0o755 });
  }
  const made: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const names = /\{pem:([^}]*)\}/.exec(value)?.[1]?.split(',');
    made[name] = value
      .replace(/\{pem:[^}]*\}/, names ? await pem(names) : '')
      .replace('{missing}', join(folder, 'nothing-here.pem'))
      .replaceAll('{folder}', folder);
  }
  if (Object.keys(files).some(path => path.startsWith('bin/'))) made.PATH = `${folder}/bin:${process.env.PATH ?? ''}`;
  return made;
}

async function namespaces(
  { hosts, network }: ClientPlan,
  file: (name: string, content: string) => Promise<string>,
): Promise<readonly string[]> {
  if (network === 'none') return ['unshare', '--map-root-user', '--net'];
  if (!hosts) return [];
  const path = await file('hosts', `127.0.0.1 localhost\n${hosts.join('\n')}\n`);
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', 'mount --bind "$0" /etc/hosts && exec "$@"', path];
}

async function startServer(plan: ServerPlan, pki: Pki, keep: <T extends Listening>(listening: T) => T) {
  const host = plan.host ?? '127.0.0.1';
  if (plan.plain === 'closed') return { host, port: await closedPort(host) };
  if (plan.plain === 'black-hole') return { host, port: keep(await blackHole(host)).port };
  if (plan.plain === 'no-starttls')
    return { host, port: keep(await plainDialectServer(plan.starttls ?? 'smtp', host)).port };
  if (plan.plain) return { host, port: keep(await plainServer(plan.plain, host)).port };
  return { host, port: keep(await tlsServer(tlsSpec(plan, pki), host)).port };
}

function tlsSpec(
  { sends = ['leaf'], keyOf, clientCas, staple, plain: _plain, host: _host, ...rest }: ServerPlan,
  pki: Pki,
): TlsSpec {
  return {
    ...rest,
    certificates: sends.map(name => certificate(pki, name).pem),
    key: certificate(pki, keyOf ?? sends[0] ?? 'leaf').keyPem,
    ...(clientCas ? { clientCas: clientCas.map(name => certificate(pki, name).pem) } : {}),
    ...(staple ? { staple: makeOcsp(staple, pki, new Date()) } : {}),
  };
}

async function startProxy(
  plan: NonNullable<LabPlan['proxy']>,
  pki: Pki,
  end: { readonly host: string; readonly port: number } | null,
  keep: <T extends Listening>(listening: T) => T,
): Promise<string> {
  if (plan.closed) return `http://127.0.0.1:${await closedPort()}`;
  const { tls, resign, mint, scheme, by: _by, ...rest } = plan;
  if (mint) {
    const { ca, sends, ...more } = mint;
    const spec = { ...more, ca: certificate(pki, ca) };
    const sent = sends ? { sends: sends.map(name => certificate(pki, name)) } : {};
    return `http://127.0.0.1:${keep(await mintingProxy({ ...spec, ...sent })).port}`;
  }
  const own = tls === undefined ? undefined : certificate(pki, tls);
  const proxy = keep(
    await proxyServer({
      manner: 'tunnel',
      ...rest,
      ...(own ? { tls: { cert: own.pem, key: own.keyPem } } : {}),
      ...(end ? { to: end } : {}),
      ...(resign ? { resign: tlsSpec(resign, pki) } : {}),
    }),
  );
  return `${scheme ?? (own ? 'https' : 'http')}://127.0.0.1:${proxy.port}`;
}

/** The plan with defaults filled in: the scenario's key, and `{aia}` and `{page}` as the URLs they stand for. */
function withUrls(lab: LabPlan, aiaPort: number, pagesPort: number): Record<string, CertificateSpec> {
  const url = (text: string) =>
    withPages(text.replace('{aia}', `http://127.0.0.1:${aiaPort}/ca.der`), lab.pages ?? {}, pagesPort);
  const urls = (spec: CertificateSpec, kind: 'caIssuers' | 'ocsp' | 'crl') =>
    spec[kind] === undefined ? {} : { [kind]: listOf(spec[kind]).map(url) };
  return Object.fromEntries(
    Object.entries(lab.pki ?? {}).map(([name, spec]) => [
      name,
      {
        ...(lab.key ? { key: lab.key } : {}),
        ...spec,
        ...urls(spec ?? {}, 'caIssuers'),
        ...urls(spec ?? {}, 'ocsp'),
        ...urls(spec ?? {}, 'crl'),
      },
    ]),
  );
}

function certificate(pki: Pki, name: string) {
  const found = pki.get(name);
  if (!found) throw new Error(`the scenario has no certificate '${name}'`);
  return found;
}

async function stop(open: readonly Listening[], folder: string): Promise<void> {
  await Promise.all(open.map(listening => listening.close()));
  await rm(folder, { recursive: true, force: true });
}
