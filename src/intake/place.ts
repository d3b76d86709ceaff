// Where it failed: host, port and URL out of the words around the failure; the one that failed, not the first mentioned.
// Each program names it in its own form; what says most about the failure comes first, nearest to it within a form.

export interface Place {
  readonly host: string;
  readonly port: number | null;
  readonly url: string | null;
}

/** @param near index in `text` of the failure's wording */
export function placeIn(text: string, near: number): Place | null {
  const proxy = proxyIn(text);
  const end = text.indexOf('\n', near);
  const line = [text.lastIndexOf('\n', near - 1) + 1, end < 0 ? text.length : end] as const;
  for (const forms of FORMS) {
    let best: { readonly place: Place; readonly distance: number } | null = null;
    for (const form of forms) {
      let seen = 0;
      for (const found of text.matchAll(form)) {
        if (++seen > MOST) break;
        const place = placeOf(found.groups ?? {});
        if (!place || DOCUMENTATION.test(place.url ?? place.host)) continue;
        if (proxy !== null && place.url?.startsWith(proxy)) continue;
        const distance = distanceTo(found.index, found[0].length, near, line);
        if (!best || distance < best.distance) best = { place, distance };
      }
    }
    if (best) return best.place;
  }
  return null;
}

/** The proxy the text names, without credentials; null when it names none. */
export function proxyIn(text: string): string | null {
  for (const form of PROXIES) {
    const found = form.exec(text)?.groups;
    const proxy = found?.url ?? (found?.host ? `http://${found.host}:${found.port ?? 8080}` : undefined);
    if (proxy) return proxy.replace(/^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/@\s]{0,512}@/i, '$1').replace(/[),.;'"]+$/, '');
  }
  return null;
}

/** Of several mentions: the failure's own line counts most; what stands before it was being done when it failed. */
function distanceTo(start: number, length: number, near: number, line: readonly [number, number]): number {
  if (near >= start && near <= start + length) return 0;
  const gap = near > start ? near - start - length : start - near;
  if (start >= line[0] && start < line[1]) return gap / 8;
  return near > start ? gap : gap * 2;
}

function placeOf(found: Readonly<Record<string, string | undefined>>): Place | null {
  if (found.url !== undefined) return ofUrl(found.url);
  const host = bare(found.host ?? '');
  return host === null ? null : { host, port: portOf(found.port), url: null };
}

function ofUrl(written: string): Place | null {
  const url = written.replace(/[.,;:!?)\]}>'"`*]+$/, '');
  const found =
    /^(?<scheme>[a-z][a-z0-9+.-]{0,20}):\/\/(?:[^/?#\s]{0,512}@)?(?<host>\[[0-9a-f:.%]{2,60}\]|[^/:?#\s[\]]{1,253})(?::(?<port>\d{1,5}))?/i.exec(
      url,
    )?.groups;
  const host = found ? bare(found.host ?? '') : null;
  if (!found || host === null) return null;
  const scheme = (found.scheme ?? '').toLowerCase();
  return { host, port: portOf(found.port) ?? PORTS[scheme] ?? null, url };
}

const PORTS: Readonly<Record<string, number>> = {
  https: 443,
  wss: 443,
  http: 80,
  ws: 80,
  ldaps: 636,
  smtps: 465,
  imaps: 993,
};

/** Null for what is no host: a placeholder, a word of the sentence, a file. */
function bare(written: string): string | null {
  const host = written.replace(/^[[*_`'"]{1,4}|[\]*_`'".,;:]{1,4}$/g, '');
  if (host === '' || host.length > 253 || /[<>$%{}()\\]/.test(host)) return null;
  if (
    /^(?:the|a|an|this|that|host|server|none|null|undefined|false|true|your|remote|proxy|url|any|either|of)$/i.test(
      host,
    )
  )
    return null;
  if (/\.(?:py|pyc|js|go|c|rb|php|java|txt|json|html|pem|crt|yaml|yml|toml|cfg|lock)$/i.test(host)) return null;
  return /[^\u0000-\u007f]/.test(host) ? ascii(host) : host;
}

/** An internationalised name as it goes over the wire. */
function ascii(host: string): string | null {
  try {
    return new URL(`https://${host}`).hostname;
  } catch {
    return null;
  }
}

function portOf(written: string | undefined): number | null {
  const port = Number(written);
  return written !== undefined && port >= 1 && port <= 65_535 ? port : null;
}

/** Help pages that programs print beside their failures. */
const DOCUMENTATION =
  /^https?:\/\/(?:curl\.(?:haxx\.)?se\/(?:docs|libcurl)|urllib3\.readthedocs|[\w.-]{0,80}readthedocs\.io|docs\.[\w.-]{1,80}\/|yarnpkg\.com\/en\/docs|yarnpkg\.com\/(?:advanced|cli|configuration)|aka\.ms|go\.microsoft\.com|(?:learn|support|docs)\.microsoft\.com|stackoverflow\.com|serverfault\.com|superuser\.com|github\.com\/[\w.-]{1,100}\/[\w.-]{1,100}\/(?:issues|wiki|discussions)|support\.mozilla\.org|pip\.pypa\.io|nodejs\.org\/(?:api|docs)|help\.[\w.-]{1,80}\/|bugs?\.[\w.-]{1,80}\/|letsencrypt\.org\/docs|www\.openssl\.org\/docs|maven\.apache\.org|cwiki\.apache\.org|secure\.php\.net|(?:www\.)?php\.net|getcomposer\.org\/doc|errors\.pydantic|platform\.openai\.com\/docs|example\.com\/docs)/i;

/** Hosts a log mentions without end are not worth more looks. */
const MOST = 400;

const HOST = String.raw`(?<host>\[[0-9a-fA-F:.%]{2,60}\]|[\p{L}\p{N}*](?:[\p{L}\p{N}_.*-]{0,251}[\p{L}\p{N}])?)`;
const PORT = String.raw`(?<port>\d{1,5})`;
const PORT_TOO = String.raw`\d{1,5}`;
const Q = String.raw`\\{0,3}["'‘’“”«»„]{0,2}`;
const URLS = String.raw`(?<url>(?:https|wss|ldaps|smtps|imaps|http|ws):\/\/[^\s"'<>|\\‘’“”«»\u0060]{1,2000})`;
const SECURE = String.raw`(?<url>(?:https|wss|ldaps|smtps|imaps):\/\/[^\s"'<>|\\‘’“”«»\u0060]{1,2000})`;
const form = (source: string) => new RegExp(source, 'gu');

/** Groups of forms, the most telling first. Every quantifier is bounded. */
const FORMS: readonly (readonly RegExp[])[] = [
  [
    form(String.raw`ConnectionPool\(host=${Q}${HOST}${Q}, ?port=${Q}${PORT}`),
    form(`Cannot connect to host ${HOST}:${PORT}`),
    form(`unable to access '${URLS}'`),
    form(`for url:? ?<?${URLS}`),
    form(String.raw`\(see https:[^)\n]{0,200}\) for ${URLS}`),
    form(`(?:[Dd]ownload(?: data)?|[Dd]ownloading) from ${URLS}`),
    form(`SSL validation failed for ${URLS}`),
    form(`Could not connect to the endpoint URL: ${Q}${URLS}`),
    form(`validate the SSL certificate for ${HOST}(?::${PORT})?`),
    form(`request to ${URLS} failed`),
    form(
      String.raw`\b(?:[Gg]et|[Pp]ost|[Hh]ead|[Pp]ut|[Pp]atch|[Dd]elete|GET|POST|HEAD|PUT|PATCH|DELETE) ${Q}${URLS}${Q}:? `,
    ),
    form(`unexpected error occurred: ${Q}${URLS}`),
    form(String.raw`error sending request for url \(${URLS}\)`),
    form(
      String.raw`(?:[Ff]ailed to (?:fetch|download(?: from)?|retrieve|clone|get|load|query)|Could not (?:GET|HEAD|get|fetch URL)):? {0,3}${Q}[\u0060]?${URLS}`,
    ),
    form(`The ${Q}${URLS}${Q} file could not be downloaded`),
    form(`(?:for|from) source ${Q}${URLS}`),
    form(String.raw`transfer artifact \S{1,300} (?:from\/to|from|to) \S{1,80} \(${URLS}\)`),
    form(String.raw`^Err:\d{1,5} ${URLS}`.replace('^', '(?<=^|\\n)')),
    form(`(?:Cloning|Fetching|Pushing|cloning|fetching) (?:into |from |to )?${Q}${SECURE}`),
  ],
  [
    form(`[Hh]ostname,? ${Q}${HOST}${Q},? doesn.?t match`),
    form(`not valid for ${Q}${HOST}${Q}`),
    form(String.raw`certificate is (?:not )?valid for [^\n]{0,2000}?, not ${HOST}`),
    form(`validate certificate for ${HOST}`),
    form(`does not match (?:target )?host ?name ${Q}${HOST}`),
    form(`target (?:host ?name|ipv[46] address|address) ${Q}${HOST}`),
    form(String.raw`Host: ${HOST}\. is not (?:in the )?cert`),
    form(`[Vv]erification error for ${HOST}`),
    form(String.raw`certificate (?:subject )?name [^\n]{0,300}? does not match [^\n]{0,40}?${Q}${HOST}`),
    form(`cannot verify ${HOST}${Q}'?s certificate`),
    form(
      String.raw`(?:certificate common name|no certificate subject alternative name matches)[^\n]{0,300}?host ?name ${Q}${HOST}`,
    ),
    form(`To connect to ${HOST} insecurely`),
    form(
      String.raw`[^\p{L}\p{N}.-]_?${HOST} uses an invalid security certificate`.replace(
        '[^\\p{L}\\p{N}.-]_?',
        '(?<![\\p{L}\\p{N}.-])_?',
      ),
    ),
    form(
      String.raw`(?:steal your information from|information from|connection to|trying to impersonate|pretending to be|owner of|secure connection to) \u201c?"?(?<host>[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}-]{1,63}){1,8}|localhost)`,
    ),
    form(String.raw`从\s{0,2}(?<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})\s{0,2}(?:窃取|盗取)`),
    form(
      String.raw`No (?:name|subject alternative (?:DNS )?name|subject alternative names)[^\n]{0,60}matching (?:IP address )?${HOST}`,
    ),
    form(`Failed to open TCP connection to ${HOST}:${PORT}`),
    form(`Hostname ${HOST} not verified`),
    form(`did not continue to ${HOST}`),
    form(`The certificate of ${Q}${HOST}`),
    form(String.raw`server (?:at|on) ${Q}${HOST}${Q}(?::${PORT})?(?: \([^)\n]{2,60}\))?(?:, port ${PORT_TOO})?`),
    form(String.raw`Domain\(${Q}${HOST}`),
    form(
      String.raw`(?<![\p{L}\p{N}.-])(?<host>(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}|localhost)(?: sent an invalid response| refused to connect| unexpectedly closed| took too long| uses an unsupported protocol| didn.t accept|.s server IP| uses weak)`,
    ),
    form(String.raw`expected CN=${Q}\u0060?${HOST}`),
    form(`(?:Failed|failed) to connect to ${HOST}(?:(?: on)? port |:)${PORT}`),
    form(`Connection to ${HOST} (?:timed out|refused|reset)`),
    form(`in connection to ${HOST}:${PORT}`),
    form(`-servername ${HOST}`),
    form(`-connect ${HOST}:${PORT}`),
    form(String.raw`Connected to ${HOST} \([^)\n]{2,60}\) port ${PORT}`),
    form(`(?:getaddrinfo|queryA?) (?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|ENODATA|ESERVFAIL) ${HOST}(?::${PORT})?`),
    form(
      String.raw`(?:Could not resolve|couldn.?t resolve|Could not resolve proxy|cannot resolve|unable to resolve|Temporary failure resolving|lookup|resolve host(?: address)?|Failed to resolve|No such host is known\.?|nodename nor servname[^\n]{0,30}) ?(?:host(?:name)?)?:? {0,2}[\(${'`'}]?${Q}(?<host>(?=[^\s"'’]{0,100}\.)[\p{L}\p{N}][\p{L}\p{N}_.-]{0,251}[\p{L}\p{N}])(?::${PORT})?`,
    ),
    form(String.raw`UnknownHostException: (?<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})`),
    form(`ECONN(?:REFUSED|RESET|ABORTED) ${HOST}:${PORT}`),
    form(`E(?:TIMEDOUT|NETUNREACH|HOSTUNREACH) ${HOST}:${PORT}`),
    form(`dial tcp(?: lookup)? ${HOST}(?::${PORT})`),
    form(String.raw`Connect to ${HOST}:${PORT} \[`),
    form(String.raw`Connecting to ${HOST}(?:\|[^|\n]{2,60}\|)?:${PORT}`),
    form(String.raw`Starting new HTTPS connection \(\d{1,6}\): ${HOST}(?::${PORT})?`),
    form(String.raw`Subject: (?<host>[\w*-]{1,63}(?:\.[\w-]{1,63}){1,8})\s`),
  ],
  // What was asked for, where the failure itself names nothing.
  [
    form(
      String.raw`(?:curl|wget|httpie|https?|fetch|git clone|clone|pip3? (?:install|download)|submodule add|Invoke-\w{3,20}|iwr|irm) [^\n]{0,600}?${SECURE}`,
    ),
    form(
      String.raw`(?:requests|httpx|session|client|http|urllib3?|axios|fetch|http\.client)\.?(?:get|post|put|head|request|urlopen|create_connection)?\(\s{0,8}(?:["'][A-Z]{3,7}["'], ?)?b?["']${SECURE}`,
    ),
    form(String.raw`\b(?:url|uri|URL|href|baseURL|endpoint)["']?\s{0,3}[:=]\s{0,3}${Q}${SECURE}`),
    form(`[Ii]ndexe?s?(?:-url)?(?: in indexes)?[:= ] ?${SECURE}`),
  ],
  [
    form(
      String.raw`\b(?:host|hostname|servername)["']?: {0,3}${Q}(?<host>[\p{L}\p{N}][\p{L}\p{N}_-]{0,62}(?:\.[\p{L}\p{N}_-]{1,63}){1,8}|localhost)${Q},?\s{1,8}(?:port: ${Q}${PORT})?`,
    ),
  ],
  [form(SECURE)],
  [
    form(
      String.raw`\b(?:WebSocket|TLS|SSL|handshake|host|server|tenant|registry|Errors? (?:during )?(?:downloading|connecting)[^\n]{0,20}) (?<host>[\p{L}\p{N}][\p{L}\p{N}-]{0,62}(?:\.[\p{L}\p{N}-]{1,63}){1,8}):${PORT}\b`,
    ),
  ],
  // A name with a port, as many logs write it; files with a line number look alike, but for their endings.
  [
    form(
      String.raw`(?<![\p{L}\p{N}./\\_-])(?<host>(?:[\p{L}\p{N}-]{1,63}\.){1,8}(?!(?:kt|cpp|cc|h|rs|swift|cs|tsx?|jsx|[mc]js|exs?|scala|lua|p[lm]|sh|ps1|dart|mm?|log|xml|so|jar|hpp|asm|S)\b)[a-z]{2,24}):${PORT}\b`,
    ),
  ],
];

const PROXIES: readonly RegExp[] = [
  /\b(?:https?_proxy|all_proxy|HTTPS?_PROXY|ALL_PROXY|http\.proxy|https-proxy|proxy-server)["']?\s{0,3}[=: ]\s{0,3}["']?(?<url>[a-z][a-z0-9]{2,6}:\/\/[^\s"',;]{1,500})/,
  /(?:--proxy|-x)[ =]["']?(?<url>[a-z][a-z0-9]{2,6}:\/\/[^\s"',;]{1,500})/,
  /["']https?["']:\s{0,3}["'](?<url>(?:https?|socks[45]h?):\/\/[^\s"',;/]{1,300})["']/,
  /proxyconnect tcp: dial tcp (?:lookup )?(?<host>[\w.-]{1,253}):(?<port>\d{1,5})/,
  /[Pp]roxy (?:CONNECT aborted|tunnel)[^\n]{0,80}?(?<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}):(?<port>\d{1,5})/,
  /Uses proxy env variable \w{1,20} == ['"](?<url>[^'"\s]{1,500})['"]/,
];
