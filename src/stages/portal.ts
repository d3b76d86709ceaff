// A network's login page in the server's place. What proves it: a plain request whose answer is known brings something
// else (RFC 8910 §1, RFC 6585 §6), or unrelated hosts show one certificate that names none of them.
import type { PortalProbe } from '../model/knowledge.ts';
import { getPage, type Page } from '../net/get.ts';
import type { Run } from './stage.ts';

/** What a probe brought: the login page in one sentence, or null when the expected answer came. */
export interface Probed {
  readonly portal: string | null;
  readonly how: string;
}

/** The probes to ask. None when canaries were chosen by hand (or none at all): then nobody else is contacted. */
export function probesFor({ world, canaries }: Run): readonly PortalProbe[] {
  const { portalProbe, canaries: given, offline } = world.options;
  if (offline || portalProbe === null) return [];
  if (portalProbe !== undefined) return [{ url: portalProbe, status: 204, body: '' }];
  return given === null ? canaries().probes.slice(0, 2) : [];
}

/** Asks all at once; the first that brings the expected answer or a login page decides. null = nobody answered. Never rejects. */
export async function probePortal(
  probes: readonly PortalProbe[],
  run: Run,
  signal: AbortSignal,
): Promise<Probed | null> {
  const limit = run.world.within(Math.min(PATIENCE_MS, run.world.remainingMs() * 0.4), signal);
  const answers = probes.map(async probe => {
    const page = await getPage(probe.url, null, run.world, 'portal', limit);
    if (page === null) return null;
    if (page.status === probe.status && page.body.startsWith(probe.body) && (probe.body !== '' || page.body === ''))
      return { portal: null, how: `${probe.url} answers as it should` };
    const portal = loginPage(page, new URL(probe.url).hostname);
    return portal === null ? null : { portal: `${probe.url} ${portal}`, how: `GET ${probe.url}` };
  });
  return firstOf(answers);
}

/**
 * What makes an answer a login page, as the rest of a sentence; null when nothing does. A refusal (403, 502) is a
 * firewall's or a proxy's, and no login page.
 */
function loginPage({ status, headers, body }: Page, host: string): string | null {
  if (status === 511) return 'answers HTTP 511: this network wants a login';
  if (status !== null && status >= 300 && status < 400) {
    const to = elsewhere(headers.location, host);
    return to && `leads to ${to}`;
  }
  if (status === 200 && /<html|<!doctype|<head|<meta/i.test(body)) return 'brings a page where there is none';
  return null;
}

/** Where a redirect leads, when that is another host; the URL without what was asked for. */
export function elsewhere(location: string | undefined, host: string): string | null {
  if (!location || !URL.canParse(location)) return null;
  const to = new URL(location);
  if (!/^https?:$/.test(to.protocol) || to.hostname === host || to.hostname === `www.${host}`) return null;
  return `${to.protocol}//${to.host}${to.pathname}`.slice(0, 200);
}

/**
 * A plain answer to a TLS hello that sends people to a login page: 511, or a redirect to another host. Web servers that
 * meet TLS on a plain port answer 400, if at all.
 */
export function loginInPlain(firstBytes: string, host: string): string | null {
  if (/^HTTP\/1\.\d 511\b/.test(firstBytes)) return 'answers a TLS hello with HTTP 511: this network wants a login';
  if (!/^HTTP\/1\.\d 30[1278]\b/.test(firstBytes)) return null;
  const to = elsewhere(/^location:[ \t]*(\S+)/im.exec(firstBytes)?.[1], host);
  return to && `answers a TLS hello with a redirect to ${to}`;
}

/**
 * A page in the server's place that is a login page by its own words: 511, the tag by which devices find a hotspot
 * (WISPr), or a way on to another address that speaks of a login.
 */
export function loginByWords({ status, headers, body }: Page, host: string): string | null {
  if (status === 511) return 'answers HTTP 511: this network wants a login';
  if (status === null || status >= 400) return null;
  if (/WISPAccessGatewayParam/.test(body)) return 'answers as a wireless hotspot does (WISPr)';
  const refresh = /<meta\s[^>]{0,100}http-equiv=["']?refresh[^>]{0,100}?url=([^"'>\s]{1,500})/i.exec(body)?.[1];
  const to = elsewhere(status >= 300 ? headers.location : refresh, host);
  if (to && LOGIN_WORDS.test(to)) return `sends visitors to ${to}`;
  return status === 200 && LOGIN_PAGE.test(body) ? 'answers with a login page of the network' : null;
}

const LOGIN_PAGE =
  /captive portal|(?:log|sign) ?in to (?:the |this |our )?(?:network|internet|wi-?fi|hotspot)|(?:wi-?fi|hotspot|guest network) (?:log|sign)-?in/i;
const LOGIN_WORDS = /\b(log-?in|sign-?in|sign-?on|captive|portal|hotspot|wi-?fi|wlan|guest|splash|welcome|auth)/i;
const PATIENCE_MS = 2500;

/** The first that is not null; null once all are. */
function firstOf<T>(answers: readonly Promise<T | null>[]): Promise<T | null> {
  return new Promise(resolve => {
    for (const answer of answers) void answer.then(value => value !== null && resolve(value));
    void Promise.all(answers).then(() => resolve(null));
  });
}
