// The recorded answers of real OpenSSL (../shared/limbo, see its README) beside ours: verdict, code, depth, path, and
// every further error in its order.
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { type Certificate, MalformedCertificate, parseCertificate } from '../../src/pki/certificate.ts';
import { pemBlocks } from '../../src/pki/pem.ts';
import { type Profile, profileOf } from '../../src/pki/profiles/index.ts';
import { trustStore } from '../../src/pki/store.ts';
import { type Verdict, verify } from '../../src/pki/verify.ts';

export const LIMBO = new URL('../../../shared/limbo/', import.meta.url);
export const EXCEPTIONS = new URL('./exceptions.yaml', import.meta.url);

export interface Case {
  readonly id: string;
  readonly kind: 'SERVER' | 'CLIENT';
  readonly host: { readonly type: string; readonly value: string; readonly py: string } | null;
  readonly time: number;
  readonly trusted: readonly string[];
  readonly intermediates: readonly string[];
  readonly peer: string;
}

/** What OpenSSL answered in one mode. The *_nocn modes carry no path and no further errors. */
export interface Recorded {
  readonly ok: boolean;
  readonly code: number;
  readonly name: string;
  readonly message: string;
  readonly python_message?: string;
  readonly depth: number | null;
  readonly chain?: readonly string[];
  readonly all?: readonly (readonly [code: number, name: string, depth: number])[];
}

export const MODES = ['default', 'strict', 'default_nocn', 'strict_nocn'] as const;
export type Mode = (typeof MODES)[number];

export interface Difference {
  readonly id: string;
  readonly mode: Mode;
  readonly what: 'verdict' | 'code' | 'depth' | 'message' | 'chain' | 'then';
  readonly expected: string;
  readonly actual: string;
}

export interface Comparison {
  readonly cases: number;
  readonly checked: Readonly<Record<Mode, number>>;
  readonly differences: readonly Difference[];
  /** Recorded code of each case and mode, for shares. */
  readonly recorded: readonly { readonly id: string; readonly mode: Mode; readonly code: number }[];
  readonly milliseconds: number;
}

/** A difference that is known and explained: `id mode` → what differs. */
export type Exceptions = readonly {
  readonly id: string;
  readonly mode: Mode;
  readonly what: string;
  readonly reason: string;
}[];

export function readExceptions(): Exceptions {
  return (parse(readFileSync(EXCEPTIONS, 'utf8')) as Exceptions | null) ?? [];
}

/** The open half of the corpus; null where it is not there. */
export function readCases(): {
  readonly cases: readonly Case[];
  readonly answers: ReadonlyMap<string, Record<Mode, Recorded>>;
} | null {
  const vectors = new URL('dev-vectors.jsonl.gz', LIMBO);
  if (!existsSync(vectors)) return null;
  const lines = <T>(file: URL) =>
    gunzipSync(readFileSync(file))
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as T);
  const answers = lines<Record<Mode, Recorded> & { id: string }>(new URL('dev.jsonl.gz', LIMBO));
  return { cases: lines<Case>(vectors), answers: new Map(answers.map(answer => [answer.id, answer])) };
}

/** Our profile of each recorded mode; the *_nocn ones are the same rules without the common name. */
export const PROFILES: Readonly<Record<Mode, Profile>> = {
  default: profileOf('python3.12'),
  strict: profileOf('python3.13'),
  default_nocn: { ...profileOf('python3.12'), commonName: 'never' },
  strict_nocn: { ...profileOf('python3.13'), commonName: 'never' },
};

/** Judges one case; null when its leaf cannot be read at all. */
export function judge(one: Case, mode: Mode): { readonly verdict: Verdict; readonly path: readonly string[] } | null {
  const peer = readAll([one.peer])[0];
  if (!peer) return null;
  const sent = readAll(one.intermediates);
  const anchors = readAll(one.trusted);
  const verdict = verify(peer, sent, trustStore(anchors), {
    ...(one.host && one.kind === 'SERVER' ? { host: one.host.py } : {}),
    at: new Date(one.time * 1000),
    profile: PROFILES[mode],
    purpose: one.kind === 'CLIENT' ? 'client' : 'server',
  });
  const place = (list: readonly Certificate[], certificate: Certificate) =>
    list.findIndex(other => other.equals(certificate));
  const path = verdict.chain.map(({ certificate, origin }, depth) => {
    if (origin === 'store') return `t${place(anchors, certificate)}`;
    return depth === 0 ? 'peer' : `u${place(sent, certificate)}`;
  });
  return { verdict, path };
}

/** Runs every case in every mode. */
export function compare(cases: readonly Case[], answers: ReadonlyMap<string, Record<Mode, Recorded>>): Comparison {
  const differences: Difference[] = [];
  const recorded: { id: string; mode: Mode; code: number }[] = [];
  const checked = { default: 0, strict: 0, default_nocn: 0, strict_nocn: 0 };
  const start = performance.now();
  for (const one of cases)
    for (const mode of MODES) {
      const expected = answers.get(one.id)?.[mode];
      if (!expected) continue;
      checked[mode]++;
      recorded.push({ id: one.id, mode, code: expected.code });
      const differ = (what: Difference['what'], want: unknown, got: unknown) =>
        differences.push({ id: one.id, mode, what, expected: String(want), actual: String(got) });
      const judged = judge(one, mode);
      if (!judged) {
        differ('verdict', expected.code, 'unreadable leaf');
        continue;
      }
      const { verdict, path } = judged;
      if (verdict.ok !== expected.ok) differ('verdict', expected.code, verdict.verifyCode);
      else if (verdict.verifyCode !== expected.code) differ('code', expected.code, verdict.verifyCode);
      else {
        if (verdict.depth !== expected.depth) differ('depth', expected.depth, verdict.depth);
        const message = expected.python_message ?? expected.message;
        if (verdict.verifyMessage !== message) differ('message', message, verdict.verifyMessage);
      }
      // A weak leaf key ends OpenSSL's verification before it has a path; ours is built all the same.
      const chain = path.slice(0, expected.code === 66 ? 1 : undefined).join(' ');
      if (expected.chain && expected.chain.join(' ') !== chain) differ('chain', expected.chain.join(' '), chain);
      if (expected.all) {
        const want = expected.all.map(([code, , depth]) => `${code}@${depth}`).join(' ');
        const got = verdict.ok
          ? ''
          : [verdict, ...verdict.then].map(({ verifyCode, depth }) => `${verifyCode}@${depth}`).join(' ');
        if (want !== got) differ('then', want, got);
      }
    }
  return { cases: cases.length, checked, differences, recorded, milliseconds: performance.now() - start };
}

const parsed = new Map<string, Certificate | null>();

function readAll(pems: readonly string[]): Certificate[] {
  return pems.flatMap(pem => {
    const known = parsed.get(pem);
    if (known !== undefined) return known ?? [];
    const der = pemBlocks(new TextEncoder().encode(pem))[0]?.der;
    const certificate = der ? readOrNull(der) : null;
    parsed.set(pem, certificate);
    return certificate ?? [];
  });
}

function readOrNull(der: Uint8Array): Certificate | null {
  try {
    return parseCertificate(der);
  } catch (error) {
    if (error instanceof MalformedCertificate) return null;
    throw error;
  }
}
