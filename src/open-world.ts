// The World of a real run: this process's environment, this machine's files, clock, resolver, sockets and programs.
import { execFile } from 'node:child_process';
import { lookup } from 'node:dns';
import { setMaxListeners } from 'node:events';
import { open, readdir, stat } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import * as tls from 'node:tls';
import type { Options } from './model/options.ts';
import { type Endpoint, type Executed, NotAllowed, type World } from './world.ts';

/** Opens the door: the budget starts to run now. */
export function openWorld(
  options: Options,
  how: { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string | undefined>> } = {},
): World {
  const env = how.env ?? process.env;
  const deadline = performance.now() + options.timeoutMs;
  const remainingMs = () => Math.max(0, deadline - performance.now());
  const connections = new Set<Socket>();
  const signal = linked(options.timeoutMs, how.signal ? [how.signal] : []);
  return {
    options,
    env,
    proxies: { option: options.proxy, env, rules: 'requests', own: null, exceptions: null },
    signal,
    platform: PLATFORMS[process.platform] ?? 'other',
    remainingMs,
    now: () => (options.at === null ? new Date() : new Date(options.at)),
    machineTime: () => new Date(),
    within: (ms, also) =>
      linked(Math.max(1, Math.floor(Math.min(ms, remainingMs()))), also ? [signal, also] : [signal]),
    lookup: (host, until = signal) => lookUp(host, until),
    async dial(to, until = signal) {
      const socket = await dial(to, options, until);
      connections.add(socket.once('close', () => connections.delete(socket)));
      return socket;
    },
    hangUp() {
      for (const socket of connections) socket.destroy();
    },
    bundledRoots: () => tls.rootCertificates,
    systemRoots,
    read: (path, maxBytes = 64 << 20) => read(path, maxBytes),
    list: async path => (await readdir(path)).sort(),
    stat: async path => {
      const found = await stat(path).catch(() => null);
      if (!found) return null;
      return { kind: found.isFile() ? 'file' : found.isDirectory() ? 'directory' : 'other', mode: found.mode & 0o7777 };
    },
    exec: (argv, settings = {}) => exec(argv, settings.env ?? env, settings.input, settings.signal ?? signal),
  };
}

/** Aborts after `ms`, or with the first of `signals`. The timer holds the controller, so nothing can be collected early. */
function linked(ms: number, signals: readonly AbortSignal[]): AbortSignal {
  const abort = new AbortController();
  setMaxListeners(0, abort.signal);
  const timer = setTimeout(() => abort.abort(new DOMException('no answer in time', 'TimeoutError')), ms).unref();
  for (const signal of signals) {
    const follow = () => {
      clearTimeout(timer);
      abort.abort(signal.reason);
    };
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow, { once: true, signal: abort.signal });
  }
  return abort.signal;
}

/** Node 22.15 and later read the keychain and the Windows store (tls.getCACertificates); on Linux the list is a file. */
function systemRoots(): readonly string[] {
  const read = (tls as { getCACertificates?: (type: 'system') => string[] }).getCACertificates;
  if (process.platform !== 'darwin' && process.platform !== 'win32') return [];
  try {
    return read?.('system') ?? [];
  } catch {
    return [];
  }
}

const PLATFORMS: Partial<Record<NodeJS.Platform, World['platform']>> = {
  linux: 'linux',
  darwin: 'macos',
  win32: 'windows',
};

/** getaddrinfo cannot be cancelled: an abort stops the waiting, not the thread. */
function lookUp(host: string, signal: AbortSignal) {
  return orAborted<readonly { address: string; family: 4 | 6 }[]>(signal, (resolve, reject) => {
    lookup(host, { all: true, verbatim: true }, (error, addresses) => {
      if (error) reject(error);
      else resolve(addresses.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 })));
    });
  });
}

function dial({ host, port, purpose }: Endpoint, options: Options, signal: AbortSignal) {
  if (options.offline && purpose !== 'target' && purpose !== 'proxy') {
    return Promise.reject(new NotAllowed(`--offline: ${host} is not contacted (${purpose})`));
  }
  const socket = connect({ host, port, noDelay: true, autoSelectFamily: false });
  return orAborted<typeof socket>(signal, (resolve, reject) => {
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
    socket.once('error', reject);
  }).catch((error: unknown) => {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  });
}

async function read(path: string, maxBytes: number): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const parts: Buffer[] = [];
    let size = 0;
    // Not stat's size: a FIFO or a file of /proc has none.
    for await (const part of file.createReadStream({ autoClose: false })) {
      size += (part as Buffer).length;
      if (size > maxBytes) throw new RangeError(`${path} is larger than ${maxBytes} bytes`);
      parts.push(part as Buffer);
    }
    return Buffer.concat(parts);
  } finally {
    await file.close();
  }
}

function exec(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  input: string | undefined,
  signal: AbortSignal,
): Promise<Executed> {
  const [program = '', ...args] = argv;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      // `/`, because Python puts its working directory on sys.path: a stray ssl.py there must not be run.
      { cwd: '/', env: env as NodeJS.ProcessEnv, maxBuffer: 1 << 20, signal, killSignal: 'SIGKILL', windowsHide: true },
      (error, stdout, stderr) => {
        const code = (error as NodeJS.ErrnoException | null)?.code;
        if (code === 'ENOENT' || code === 'EACCES') reject(error);
        else resolve({ code: error ? (typeof error.code === 'number' ? error.code : -1) : 0, stdout, stderr });
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

/** A promise that also rejects, with the signal's reason, as soon as the signal aborts. */
function orAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const settle =
      <A>(act: (value: A) => void) =>
      (value: A) => {
        signal.removeEventListener('abort', abort);
        act(value);
      };
    start(settle(resolve), settle(reject));
  });
}
