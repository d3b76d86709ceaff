// The only door outside: clock, environment, files, sockets and processes come through a World, so that
// --at, --offline, tests and hostile inputs meet at one place. net/, stages/, clients/ and remedy/ take one as argument.
import type { Socket } from 'node:net';
import type { Options } from './model/options.ts';
import type { ProxySettings } from './model/proxy.ts';

/** Why a host is contacted. Anything but `target` and `proxy` is refused under --offline. */
export type Purpose = 'target' | 'proxy' | 'aia' | 'ocsp' | 'crl' | 'canary' | 'time' | 'portal';

export interface Endpoint {
  /** An IP address literal, or a name for getaddrinfo. */
  readonly host: string;
  readonly port: number;
  readonly purpose: Purpose;
}

export interface Executed {
  /** Exit code; -1 when it was ended by a signal or by us. */
  readonly code: number;
  /** At most 1 MiB each. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly options: Options;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What decides on the proxy of a connection. */
  readonly proxies: ProxySettings;
  readonly platform: 'linux' | 'macos' | 'windows' | 'other';
  /** Aborted when the person stops the run or the whole budget is spent. */
  readonly signal: AbortSignal;
  /** The time to judge at: --at, else the machine's clock. */
  now(): Date;
  /** The machine's own clock, whatever --at says. */
  machineTime(): Date;
  /** Milliseconds left of the whole budget, never negative. */
  remainingMs(): number;
  /**
   * A signal that aborts with `signal`, with `also`, or after `ms` (or the rest of the budget if that is less).
   * Use this and not AbortSignal.any/timeout: on Node 20 a timeout that only a composite refers to may be collected
   * before it fires.
   */
  within(ms: number, also?: AbortSignal): AbortSignal;
  /** Addresses in getaddrinfo's order. Rejects with Node's dns error (`code` ENOTFOUND, EAI_AGAIN, …) or the signal's reason. */
  lookup(host: string, signal?: AbortSignal): Promise<readonly { readonly address: string; readonly family: 4 | 6 }[]>;
  /**
   * A connected TCP socket; nothing reads from it yet. Rejects with Node's error (`code` ECONNREFUSED, …), with the
   * signal's reason, or with a NotAllowed error under --offline.
   */
  dial(to: Endpoint, signal?: AbortSignal): Promise<Socket>;
  /** Destroys every connection that is still open: the run is over, and the process may end. */
  hangUp(): void;
  /** The Mozilla roots that came with this Node.js, PEM. */
  bundledRoots(): readonly string[];
  /** Keychain or Windows certificate store, PEM; empty where this Node cannot read it, or where a file holds the list. */
  systemRoots(): readonly string[];
  /** Whole file, at most `maxBytes` (default 64 MiB; larger throws RangeError). Rejects with Node's error. */
  read(path: string, maxBytes?: number): Promise<Uint8Array>;
  /** Names in a directory, sorted. Rejects with Node's error. */
  list(path: string): Promise<readonly string[]>;
  /** What kind of thing stands at a path, and its permission bits; null when nothing does. */
  stat(path: string): Promise<{ readonly kind: 'file' | 'directory' | 'other'; readonly mode: number } | null>;
  /** Runs a program without a shell, in `/`. Never rejects for its exit code; rejects with ENOENT when there is no such program. */
  exec(
    argv: readonly string[],
    how?: { readonly env?: Record<string, string | undefined>; readonly input?: string; readonly signal?: AbortSignal },
  ): Promise<Executed>;
}

/** Thrown by a World when the run's options forbid the contact. */
export class NotAllowed extends Error {
  readonly code = 'TLSDOCTOR_NOT_ALLOWED';
}
