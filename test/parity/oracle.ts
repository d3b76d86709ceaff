// The machine's own OpenSSL as a judge beside ours: oracle.py in one process, a line for a question and a line for an answer.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { MalformedCertificate, parseCertificate } from '../../src/pki/certificate.ts';
import { type Profile, profileOf } from '../../src/pki/profiles/index.ts';
import { trustStore } from '../../src/pki/store.ts';
import { verify } from '../../src/pki/verify.ts';
import type { Chain } from './chains.ts';

/** An answer of either judge, comparable as it is. */
export interface Judgement {
  readonly unreadable?: true;
  readonly code?: number;
  readonly depth?: number | null;
  readonly all?: readonly (readonly [code: number, depth: number | null])[];
  /** 0 = the leaf, then what was sent, then the anchors that could be read. */
  readonly chain?: readonly number[];
  readonly seconds?: number;
}

export interface Oracle {
  /** `OpenSSL 3.0.19 …`. */
  readonly version: string;
  ask(chain: Chain, repeat?: number): Promise<Judgement>;
  end(): void;
}

const PYTHON = '/usr/bin/python3';

/** Whether there is a Python to run the oracle with. */
export function hasOracle(): boolean {
  return existsSync(PYTHON);
}

export async function startOracle(): Promise<Oracle> {
  const script = new URL('./oracle.py', import.meta.url).pathname;
  const child = spawn(PYTHON, ['-I', script], { stdio: ['pipe', 'pipe', 'inherit'], env: { PATH: '/usr/bin:/bin' } });
  const waiting: ((line: string) => void)[] = [];
  const failing: ((error: Error) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', line => {
    failing.shift();
    waiting.shift()?.(line);
  });
  const gone = (error: Error) => {
    for (const fail of failing.splice(0)) fail(error);
  };
  child.on('error', gone);
  child.on('exit', code => gone(new Error(`the oracle ended with ${code}`)));
  const line = () =>
    new Promise<string>((resolve, reject) => {
      waiting.push(resolve);
      failing.push(reject);
    });
  const version = JSON.parse(await line()) as string;
  return {
    version,
    async ask(chain, repeat = 0) {
      const base64 = (der: Buffer) => der.toString('base64');
      const { at, level, strict, partial, host, ip, nocn, client } = chain;
      const flags = { at, level, strict, partial, host, ip, nocn, client, repeat };
      const request = {
        ...flags,
        leaf: base64(chain.leaf),
        untrusted: chain.untrusted.map(base64),
        anchors: chain.anchors.map(base64),
      };
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return JSON.parse(await line()) as Judgement;
    },
    end: () => child.stdin.end(),
  };
}

/** Our rules with these flags. */
export function profileFor({
  level,
  strict,
  partial,
  nocn,
}: Pick<Chain, 'level' | 'strict' | 'partial' | 'nocn'>): Profile {
  return {
    ...profileOf('openssl'),
    securityLevel: level,
    strict,
    partialChain: partial,
    commonName: nocn ? 'never' : 'fallback',
  };
}

/** Our own answer in the oracle's form. */
export function judge(chain: Chain): Judgement {
  const read = (list: readonly Buffer[]) =>
    list.flatMap(der => {
      try {
        return [parseCertificate(der)];
      } catch (error) {
        if (error instanceof MalformedCertificate) return [];
        throw error;
      }
    });
  const [leaf] = read([chain.leaf]);
  if (!leaf) return { unreadable: true };
  const untrusted = read(chain.untrusted);
  const anchors = read(chain.anchors);
  const store = trustStore(anchors);
  const verdict = verify(leaf, untrusted, store, {
    ...(chain.host === null ? {} : { host: chain.host }),
    at: new Date(chain.at * 1000),
    profile: profileFor(chain),
    purpose: chain.client ? 'client' : 'server',
  });
  const all = verdict.ok ? [] : [verdict, ...verdict.then].map(({ verifyCode, depth }) => [verifyCode, depth] as const);
  const known = [leaf, ...untrusted, ...anchors];
  const path = verdict.chain.map(({ certificate }) => known.findIndex(other => other.equals(certificate)));
  return { code: verdict.verifyCode, depth: verdict.depth, all, chain: path };
}
