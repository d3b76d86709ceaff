// Verifications per second beside OpenSSL's own library doing the same in the same run (through ctypes, whose calls are
// inside its time: about 10 µs a verification). Certificates are parsed once on both sides, stores are built once.
import { existsSync, readFileSync } from 'node:fs';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { readCertificates } from '../../src/pki/containers.ts';
import { pemBlocks } from '../../src/pki/pem.ts';
import { type TrustStore, trustStore } from '../../src/pki/store.ts';
import { verify } from '../../src/pki/verify.ts';
import type { Chain } from '../parity/chains.ts';
import { readCases } from '../parity/limbo.ts';
import { hasOracle, profileFor, startOracle } from '../parity/oracle.ts';
import { authority, NOW, server } from '../unit/pki/maker.ts';

const BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** Lines to print; says so when a part cannot be measured here. */
export async function benchVerify(): Promise<string[]> {
  if (!hasOracle()) return ['verify: no /usr/bin/python3 to run OpenSSL’s library with'];
  const oracle = await startOracle();
  try {
    const lines = [`verify, against ${oracle.version.split(' ').slice(0, 2).join(' ')} in one process:`];
    lines.push(await line('an everyday chain, all roots of this machine in the store', oracle, await everyday(), 2000));
    const corpus = corpusChains();
    lines.push(
      corpus.length > 0
        ? await line(`${corpus.length} cases of x509-limbo`, oracle, corpus, 5)
        : '  ../shared/limbo is not here',
    );
    lines.push(await parsing());
    return lines;
  } finally {
    oracle.end();
  }
}

async function line(
  what: string,
  oracle: Awaited<ReturnType<typeof startOracle>>,
  chains: readonly Chain[],
  repeat: number,
): Promise<string> {
  let theirs = 0;
  for (const chain of chains) theirs += (await oracle.ask(chain, repeat)).seconds ?? 0;
  // Once as a handshake would meet it (parsing and keys included, which OpenSSL is spared here), then as for every
  // further client of the machine, when signatures are known.
  const first = chains.flatMap(chain => Array.from({ length: Math.max(1, repeat / 10) }, () => prepare(chain)));
  let start = performance.now();
  for (const one of first) one();
  const fresh = (performance.now() - start) / 1000 / first.length;
  const known = chains.map(chain => prepare(chain)());
  for (const one of known) one();
  start = performance.now();
  for (const one of known) for (let i = 0; i < repeat; i++) one();
  const again = (performance.now() - start) / 1000 / known.length / repeat;
  theirs /= chains.length * repeat;
  const speed = (seconds: number) => `${Math.round(1 / seconds).toLocaleString('en')}/s`;
  const ratio = (ours: number) => `ratio ${(theirs / ours).toFixed(2)}`;
  return `  ${what}: OpenSSL ${speed(theirs)}; ours fresh from DER ${speed(fresh)} (${ratio(fresh)}), again ${speed(again)} (${ratio(again)})`;
}

/** Builds the store, and gives what parses the rest and then what verifies. */
function prepare(chain: Chain): () => () => void {
  const read = (list: readonly Buffer[]): Certificate[] =>
    list.flatMap(der => {
      try {
        return [parseCertificate(der)];
      } catch {
        return [];
      }
    });
  const store: TrustStore = trustStore(read(chain.anchors));
  const options = {
    ...(chain.host === null ? {} : { host: chain.host }),
    at: new Date(chain.at * 1000),
    profile: profileFor(chain),
  };
  return () => {
    const [leaf] = read([chain.leaf]);
    const untrusted = read(chain.untrusted);
    if (leaf) verify(leaf, untrusted, store, options);
    return () => leaf && verify(leaf, untrusted, store, options);
  };
}

const RULES = { level: 2, strict: false, partial: false, nocn: false, client: false, faults: [] } as const;

async function everyday(): Promise<Chain[]> {
  const root = authority('root');
  const issuing = authority('issuing', root);
  const leaf = server(['www.example.com'], issuing);
  const roots = existsSync(BUNDLE) ? (await readCertificates(readFileSync(BUNDLE))).certificates : [];
  const anchors = [...roots.map(({ der }) => Buffer.from(der)), root.der];
  return [
    {
      ...RULES,
      leaf: leaf.der,
      untrusted: [issuing.der],
      anchors,
      at: NOW.getTime() / 1000,
      host: 'www.example.com',
      ip: false,
    },
  ];
}

/** Every fifth case of the corpus, as Python up to 3.12 would judge it. */
function corpusChains(): Chain[] {
  const der = (pem: string) => Buffer.from(pemBlocks(Buffer.from(pem))[0]?.der ?? []);
  return (readCases()?.cases ?? [])
    .filter((one, i) => i % 5 === 0 && one.kind === 'SERVER')
    .map(({ peer, intermediates, trusted, time, host }) => ({
      ...RULES,
      leaf: der(peer),
      untrusted: intermediates.map(der),
      anchors: trusted.map(der),
      at: time,
      host: host?.py ?? null,
      ip: host?.type === 'ip',
    }));
}

async function parsing(): Promise<string> {
  if (!existsSync(BUNDLE)) return '  no system bundle to parse here';
  const bytes = readFileSync(BUNDLE);
  await readCertificates(bytes);
  const start = performance.now();
  let size = 0;
  for (let i = 0; i < 10; i++) size = trustStore((await readCertificates(bytes)).certificates).size;
  return `  a store of ${size} roots is parsed and indexed in ${((performance.now() - start) / 10).toFixed(1)} ms`;
}
