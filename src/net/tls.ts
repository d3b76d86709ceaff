// One TLS handshake over an open transport, never refused for the certificate's sake, and all that was said in it.
import type { Duplex } from 'node:stream';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { Recorder } from './recorder.ts';

export interface Offer {
  readonly serverName: string | null;
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3';
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3';
  /** OpenSSL cipher string. */
  readonly ciphers: string;
  readonly alpn: readonly string[];
  readonly groups?: string;
  /** SSL_OP_* bits to switch on, e.g. SSL_OP_LEGACY_SERVER_CONNECT. */
  readonly secureOptions?: number;
  readonly cert?: string | Uint8Array;
  readonly key?: string | Uint8Array;
  readonly passphrase?: string;
}

export interface HandshakeResult {
  /** Still open, for a request; null when the handshake failed. */
  readonly socket: TLSSocket | null;
  /** How it ended; `aborted` = our signal, `local` = our own OpenSSL refused to go on. */
  readonly end: 'completed' | 'eof' | 'reset' | 'aborted' | 'alert' | 'local';
  /** OpenSSL's reason text (`wrong version number`), which is the same in every version of Node; null when completed. */
  readonly reason: string | null;
  /** Number of the fatal alert that OpenSSL says it received; null when none. */
  readonly alertNumber: number | null;
  readonly received: () => Uint8Array;
  readonly keylog: readonly string[];
  /** Stops keeping what is received; call once the handshake has been read. */
  readonly release: () => void;
}

/** Shakes hands. Never rejects: whatever goes wrong is the result. The transport is closed unless `socket` is given back. */
export function handshake(transport: Duplex, offer: Offer, signal: AbortSignal): Promise<HandshakeResult> {
  const recorder = new Recorder(transport);
  const keylog: string[] = [];
  return new Promise(resolve => {
    let socket: TLSSocket;
    let settled = false;
    const finish = (end: HandshakeResult['end'], error: Error | null) => {
      if (settled) return;
      settled = true;
      signal.removeEventListener('abort', abort);
      if (end !== 'completed') recorder.destroy();
      resolve({
        socket: end === 'completed' ? socket : null,
        end,
        reason: error ? reasonText(error) : null,
        alertNumber: error ? alertNumber(error) : null,
        received: () => recorder.received(),
        keylog,
        release: () => recorder.stopRecording(),
      });
    };
    const abort = () => finish('aborted', null);
    if (signal.aborted) return finish('aborted', null);
    signal.addEventListener('abort', abort, { once: true });
    try {
      socket = connect(connectionOptions(recorder, offer));
    } catch (error) {
      // Options OpenSSL does not take, a key it cannot read: nothing was sent.
      return finish('local', error as Error);
    }
    socket.on('keylog', line => keylog.push(line.toString('latin1')));
    socket.on('OCSPResponse', () => {});
    socket.once('secureConnect', () => finish('completed', null));
    socket.on('error', error => finish(endOf(error, recorder), error));
    socket.once('close', () => finish(recorder.transportError ? 'reset' : 'eof', recorder.transportError));
    socket.once('end', () => finish('eof', null));
  });
}

function connectionOptions(recorder: Recorder, offer: Offer): ConnectionOptions {
  const { cert, key, passphrase } = offer;
  return {
    socket: recorder,
    rejectUnauthorized: false,
    // A session or a ticket would hide the certificates.
    session: undefined,
    requestOCSP: true,
    servername: offer.serverName ?? '',
    checkServerIdentity: () => undefined,
    minVersion: offer.minVersion,
    maxVersion: offer.maxVersion,
    ciphers: offer.ciphers,
    ...(offer.alpn.length > 0 ? { ALPNProtocols: [...offer.alpn] } : {}),
    ...(offer.groups ? { ecdhCurve: offer.groups } : {}),
    ...(offer.secureOptions ? { secureOptions: offer.secureOptions } : {}),
    ...(cert === undefined ? {} : { cert: typeof cert === 'string' ? cert : Buffer.from(cert) }),
    ...(key === undefined ? {} : { key: typeof key === 'string' ? key : Buffer.from(key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  } as ConnectionOptions;
}

function endOf(error: NodeJS.ErrnoException, recorder: Recorder): HandshakeResult['end'] {
  if (alertNumber(error) !== null) return 'alert';
  if (error.code === 'ECONNRESET' && recorder.transportError === null) return 'eof';
  if (recorder.transportError !== null || error.code === 'EPIPE') return 'reset';
  return 'local';
}

/**
 * The reason text of an OpenSSL error: codes differ between versions of Node, the text does not. It stands between the
 * third and the fourth colon of `error:0A00010B:SSL routines::wrong version number:../deps/…`.
 */
function reasonText(error: NodeJS.ErrnoException & { reason?: string }): string {
  if (typeof error.reason === 'string') return error.reason;
  const packed = /error:[0-9A-Fa-f]{8}:[^:]*:[^:]*:([^:\n]+)/.exec(error.message)?.[1];
  return packed?.trim() ?? error.message.split('\n')[0]?.slice(0, 200) ?? 'unknown';
}

function alertNumber(error: Error): number | null {
  const found = /SSL alert number (\d+)/.exec(error.message)?.[1];
  return found === undefined ? null : Number(found);
}
