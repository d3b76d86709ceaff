// The same server asked once more, otherwise: without the proxy, or for the page that came with the certificate. Only
// on a path that fails already, and only the target itself is contacted.
import type { Duplex } from 'node:stream';
import { learnt, type Seen } from '../model/facts.ts';
import { dialAny } from '../net/dial-any.ts';
import { getOver, type Page } from '../net/get.ts';
import { handshake } from '../net/tls.ts';
import { codeName, opensslMessage, V } from '../pki/codes.ts';
import { verify } from '../pki/verify.ts';
import { offerOf, profileOfRun } from './attempt.ts';
import { anchorIn, chainShownBy, type Shown } from './canaries.ts';
import { reopen } from './path.ts';
import { loginByWords } from './portal.ts';
import type { Run } from './stage.ts';

/** What the server shows when nobody stands between, and what a client would say of it against the public roots. */
export interface Direct {
  readonly shown: Shown;
  readonly isPublic: boolean;
  /** The first verify code and message; null = fine. */
  readonly fault: { readonly code: number; readonly message: string } | null;
}

/** The target without the proxy; null when it cannot be reached so, which in a company is the rule. Never rejects. */
export async function askDirectly(run: Run, signal: AbortSignal): Promise<Direct | null> {
  const { target, world } = run;
  const limit = world.within(Math.min(DIRECT_MS, world.remainingMs() * 0.4), signal);
  try {
    const to = world.options.connect[0] ?? { host: target.host, port: target.port };
    const transport = await dialAny({ ...to, purpose: 'target' }, world, limit);
    const { shown } = await chainShownBy(transport, target.serverName, run, limit);
    if (!shown) return null;
    const reference = await run.reference();
    const verdict = verify(shown.leaf, shown.path.slice(1), reference, {
      host: target.host,
      at: world.now(),
      profile: await profileOfRun(run),
    });
    return {
      shown,
      isPublic: anchorIn(reference, shown) !== null,
      fault: verdict.ok ? null : { code: verdict.verifyCode, message: verdict.verifyMessage },
    };
  } catch {
    return null;
  }
}

/** What an error page of the one in the middle says about the server's certificate; null when it says nothing of it. */
export async function errorPage(seen: Seen, run: Run, signal: AbortSignal): Promise<string | null> {
  const page = await pageOverTls(seen, run, signal);
  if (!page) return null;
  const text = page.body.replace(/<[^>]{0,500}>/g, ' ').replace(/\s+/g, ' ');
  // Squid names OpenSSL's constant, mitmproxy its sentence.
  const constant = /X509_V_ERR_[A-Z_]{3,60}/.exec(text)?.[0];
  if (constant !== undefined) return MESSAGES.get(constant) ?? constant;
  const sentence =
    /certificate verify failed:? ?([a-z][a-z ,'-]{3,80})/i.exec(text)?.[1] ??
    /\bcertificate (?:has expired|verify failed|is not (?:yet )?valid)\b/i.exec(text)?.[0];
  if (sentence !== undefined) return sentence.trim();
  const squid = page.headers['x-squid-error'];
  return squid && /SECURE_CONNECT/.test(squid) ? squid.slice(0, 80) : null;
}

/** OpenSSL's constants, and Squid's own for a wrong name, in OpenSSL's words. */
const MESSAGES: ReadonlyMap<string, string> = new Map([
  ...Array.from({ length: 100 }, (_, code) => [codeName(code), opensslMessage(code)] as const),
  ['X509_V_ERR_DOMAIN_MISMATCH', opensslMessage(V.HOSTNAME_MISMATCH)],
]);

/** A login page by whoever ends TLS with a certificate for another name. */
export async function loginPageOf(seen: Seen, run: Run, signal: AbortSignal): Promise<string | null> {
  const page = await pageOverTls(seen, run, signal);
  const login = page && loginByWords(page, run.target.host);
  return login ? `${run.target.host} shows another name’s certificate and ${login}` : null;
}

/** The same in plain HTTP, where TLS was expected. */
export async function loginPageInPlain(seen: Seen, run: Run, signal: AbortSignal): Promise<string | null> {
  const limit = run.world.within(Math.min(PAGE_MS, run.world.remainingMs() * 0.4), signal);
  try {
    const page = await getOver(await reopen(seen, run, limit), run.target.host, '/', limit);
    return loginByWords(page, run.target.host);
  } catch {
    return null;
  }
}

async function pageOverTls(seen: Seen, run: Run, signal: AbortSignal): Promise<Page | null> {
  if (run.target.starttls !== null || learnt(seen, 'handshake.outcome') !== 'completed') return null;
  const limit = run.world.within(Math.min(PAGE_MS, run.world.remainingMs() * 0.4), signal);
  let transport: Duplex | null = null;
  try {
    transport = await reopen(seen, run, limit);
    const { socket, release } = await handshake(transport, offerOf(await profileOfRun(run), run, null), limit);
    release();
    if (!socket) return null;
    const { host, pathname, search } = new URL(run.target.url);
    return await getOver(socket, host, `${pathname}${search}`, limit);
  } catch {
    return null;
  } finally {
    transport?.destroy();
  }
}

const DIRECT_MS = 2000;
const PAGE_MS = 3000;
