import type { Lang } from './knowledge.ts';
import type { ProxyTool } from './proxy.ts';
import type { StartTls } from './target.ts';

/** Options of a run, as CONTRACT.md names them; every default is filled in by whoever makes one. */
export interface Options {
  /** --timeout, for the whole run of one target. */
  readonly timeoutMs: number;
  readonly offline: boolean;
  /** --profile; null = what `python3` on PATH is. */
  readonly profile: string | null;
  readonly caFiles: readonly string[];
  readonly defaultCaFile: string | null;
  readonly referenceRoots: string | null;
  /** null = the built-in canaries; [] = none. */
  readonly canaries: readonly string[] | null;
  /** --portal-probe: a plain-http address that answers 204; undefined = the built-in ones (unless canaries are given), null = none. */
  readonly portalProbe: string | null | undefined;
  /** --connect HOST:PORT, the name's several addresses. */
  readonly connect: readonly { readonly host: string; readonly port: number }[];
  /** --proxy; undefined = the environment's settings, null = none. */
  readonly proxy: string | null | undefined;
  /** --proxy-of: whose settings choose the proxy; null = requests', which is the environment. */
  readonly proxyOf: ProxyTool | null;
  readonly certFile: string | null;
  readonly keyFile: string | null;
  readonly keyPasswordEnv: string | null;
  readonly servername: string | null;
  readonly starttls: StartTls | null;
  readonly family: 4 | 6 | null;
  /** --at, ISO 8601; null = the machine's clock. */
  readonly at: string | null;
  readonly confirm: boolean;
  readonly lang: Lang;
}

export const DEFAULTS: Options = {
  timeoutMs: 15_000,
  offline: false,
  profile: null,
  caFiles: [],
  defaultCaFile: null,
  referenceRoots: null,
  canaries: null,
  portalProbe: undefined,
  connect: [],
  proxy: undefined,
  proxyOf: null,
  certFile: null,
  keyFile: null,
  keyPasswordEnv: null,
  servername: null,
  starttls: null,
  family: null,
  at: null,
  confirm: false,
  lang: 'en',
};
