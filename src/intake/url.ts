// Reads what a person gives as a target: a URL, host, host:port, [v6]:port, or scheme://host of a STARTTLS protocol.
import type { StartTls, Target } from '../model/target.ts';

export type ReadTarget =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly why: string; readonly hint?: string };

export interface TargetOptions {
  /** Send this SNI instead of the host. */
  readonly servername?: string;
  readonly starttls?: StartTls;
}

/** Never throws; `why` is one sentence, with control characters of the input left out. */
export function readTarget(input: string, options: TargetOptions = {}): ReadTarget {
  const text = input.trim();
  if (text === '') return refuse('the target is empty');
  if (text.length > MAX_LENGTH) return refuse(`the target is longer than ${MAX_LENGTH} characters`);
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(text))
    return refuse(
      'the target has spaces or control characters in it',
      'put an error text in quotes, or give it to tlsdoctor explain',
    );
  const parts = split(text);
  if ('why' in parts) return { ok: false, ...parts };
  const { scheme, authority, rest } = parts;
  const service = SCHEMES[scheme];
  if (!service) {
    if (scheme === 'http') return refuse('http:// has no TLS to look at', maskUserinfo(`https://${authority}${rest}`));
    return refuse(
      `'${scheme}://' is not a scheme this program speaks`,
      'https, smtp, imap, pop3, ftp, ldap, xmpp, postgres, mysql',
    );
  }
  const end = readAuthority(authority);
  if ('why' in end) {
    // What stands before such an @ may be half a password: it is not repeated.
    if (rest.includes('@'))
      return refuse('a password may not contain / ? or # as it stands', 'percent-encode it, or leave it out');
    return { ok: false, ...end };
  }
  const starttls = options.starttls ?? service.starttls;
  const port = end.port ?? service.port;
  const literal = isAddress(end.host);
  const shown = end.host.includes(':') ? `[${end.host}]` : end.host;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return {
    ok: true,
    target: {
      input: maskUserinfo(input.trim()),
      url: `${scheme}://${shown}${port === service.port ? '' : `:${port}`}${service.starttls || scheme !== 'https' ? '' : withoutFragment(path)}`,
      host: end.host,
      port,
      // An empty --servername sends none, as programs without SNI do.
      serverName: (options.servername ?? (literal ? '' : end.host.replace(/\.$/, ''))) || null,
      starttls,
      via: null,
    },
  };
}

/** Whether this is an error text rather than a target: several words or lines. */
export function looksLikeText(input: string): boolean {
  const text = input.trim();
  return /\s/.test(text) || text.length > MAX_LENGTH || /^\[SSL|CERTIFICATE_VERIFY_FAILED|Error:/.test(text);
}

const MAX_LENGTH = 2048;

const tls = (port: number) => ({ port, starttls: null });
const upgrade = (port: number, starttls: StartTls) => ({ port, starttls });

/** Default ports by IANA; the …s schemes speak TLS from the first byte. */
const SCHEMES: Readonly<Record<string, { readonly port: number; readonly starttls: StartTls | null }>> = {
  https: tls(443),
  wss: tls(443),
  tls: tls(443),
  smtp: upgrade(25, 'smtp'),
  submission: upgrade(587, 'smtp'),
  smtps: tls(465),
  imap: upgrade(143, 'imap'),
  imaps: tls(993),
  pop3: upgrade(110, 'pop3'),
  pop3s: tls(995),
  ftp: upgrade(21, 'ftp'),
  ftps: tls(990),
  ldap: upgrade(389, 'ldap'),
  ldaps: tls(636),
  xmpp: upgrade(5222, 'xmpp'),
  postgres: upgrade(5432, 'postgres'),
  postgresql: upgrade(5432, 'postgres'),
  mysql: upgrade(3306, 'mysql'),
};

interface Refusal {
  readonly why: string;
  readonly hint?: string;
}

const refuse = (why: string, hint?: string): { readonly ok: false } & Refusal => ({
  ok: false,
  why,
  ...(hint === undefined ? {} : { hint }),
});

function split(text: string): { readonly scheme: string; readonly authority: string; readonly rest: string } | Refusal {
  const match = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text);
  const scheme = match?.[1]?.toLowerCase() ?? 'https';
  const after = text.slice(match?.[0].length ?? 0);
  // A bare IPv6 address has colons and no port; RFC 3986 wants brackets only within a URL.
  if (!match && isAddress(after) && after.includes(':')) return { scheme, authority: `[${after}]`, rest: '' };
  const end = after.search(/[/?#\\]/);
  const authority = end < 0 ? after : after.slice(0, end);
  if (authority === '') return { why: `'${maskUserinfo(text)}' names no host`, hint: 'https://example.com' };
  return { scheme, authority, rest: end < 0 ? '' : after.slice(end) };
}

function readAuthority(authority: string): { readonly host: string; readonly port: number | null } | Refusal {
  const bare = authority.slice(authority.lastIndexOf('@') + 1);
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(bare);
  if (!match)
    return {
      why: `'${bare}' is neither a host nor host:port`,
      hint: 'an IPv6 address with a port is written [::1]:443',
    };
  const [, v6, name = '', portText] = match;
  const port = portText === undefined || portText === '' ? null : Number(portText);
  if (port !== null && !(/^\d{1,5}$/.test(portText ?? '') && port >= 1 && port <= 65_535))
    return { why: `'${portText}' is not a port (1 to 65535)` };
  if (v6 !== undefined) {
    const address = v6.replace(/^\[|\]$/g, '');
    return isAddress(address) && address.includes(':')
      ? { host: address.toLowerCase(), port }
      : { why: `'[${v6}]' is not an IPv6 address` };
  }
  const host = asciiHost(name);
  return host === null ? { why: `'${name}' is not a host name` } : { host, port };
}

/** Lower-case A-labels (RFC 5890) by the URL class's IDNA; underscores and a trailing dot are kept. null = no host name. */
function asciiHost(name: string): string | null {
  if (name === '' || name === '.') return null;
  try {
    const host = new URL(`https://${name}`).hostname;
    const bare = host.replace(/\.$/, '');
    const fits =
      bare.length <= 253 &&
      bare
        .split('.')
        .every(label => label.length > 0 && label.length <= 63 && /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(label));
    return fits ? host : null;
  } catch {
    return null;
  }
}

/** IPv4 in dotted form or IPv6, a zone index allowed; pure, because this room may not ask node:net. */
function isAddress(text: string): boolean {
  if (/^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/.test(text)) return true;
  const address = text.replace(/%[\w.-]+$/, '');
  return /^[0-9a-f:.]{2,45}$/i.test(address) && address.includes(':') && URL.canParse(`https://[${address}]`);
}

const withoutFragment = (path: string) => path.split('#')[0] ?? '/';

/** Passwords are masked at once: a target is printed in every report. */
const maskUserinfo = (text: string) => text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/?#@\s]*@/i, '$1***@');
