// What nobody should see again: passwords, tokens and keys that came with a paste. Masked before anything is shown,
// stored or reported. Each quantifier is bounded: linear on any text.

/** The text with every secret replaced by ***. What is left is of the same shape, so that it still reads. */
export function masked(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of SECRETS) clean = clean.replace(pattern, replacement);
  return clean;
}

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [
    /-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY-----(?:(?!-----)[\s\S]){0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?/g,
    '-----BEGIN $1PRIVATE KEY----- *** -----END $1PRIVATE KEY-----',
  ],
  // scheme://user:password@host, the password also percent-encoded or with a stray @ in it
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#'"<>@]{1,512}(?:@[^\s/?#'"<>@:]{0,200}(?=@))?@/gi, '$1***@'],
  [
    /\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:basic|bearer|token|digest|negotiate|ntlm)\s{1,4})?[^\s"',;]{1,4000}/gi,
    '$1***',
  ],
  [/\b((?:set-)?cookie["']?\s{0,4}:\s{0,4})[^\n]{1,4000}/gi, '$1***'],
  [/\b(bearer\s{1,4})[A-Za-z0-9._~+/=-]{8,4000}/gi, '$1***'],
  [
    /((?:^|[^A-Za-z])(?:[a-z0-9]{1,20}[-_]){0,3}(?:password|passwd|passphrase|secret|token|api[-_]?key|apikey|access[-_]?key(?:[-_]id)?|private[-_]?key|auth[-_]?token|credential)["']?\s{0,2}(?:=|:)\s{0,2}["']?)(?!\*\*\*)[^\s"'&,;<>)]{3,4000}/gi,
    '$1***',
  ],
  [
    /((?:^|\s)--?(?:password|passwd|token|proxy-user|user|oauth2-bearer|storepass|keypass)(?:=|\s{1,4}))(?!-)[^\s'"]{1,500}/gi,
    '$1***',
  ],
  [/((?:^|\s)-(?:u|U)\s{1,4})[^\s'":]{1,200}:[^\s'"]{1,500}/g, '$1***'],
  [/([?&;](?:[a-z0-9]{1,20}-){0,3}(?:sig|signature|code|key|auth)=)(?!\*\*\*)[^\s"'&]{3,4000}/gi, '$1***'],
  // Tokens known by their beginnings.
  [
    /\b(?:gh[pousr]_[A-Za-z0-9]{20,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{16,64}|pypi-[A-Za-z0-9_-]{16,400}|npm_[A-Za-z0-9]{30,50}|hf_[A-Za-z0-9]{20,60}|sk-[A-Za-z0-9_-]{16,200}|xox[abprs]-[A-Za-z0-9-]{10,200}|AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|ya29\.[0-9A-Za-z_-]{20,400}|dckr_pat_[A-Za-z0-9_-]{16,60})/g,
    '***',
  ],
  [/\beyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{4,4000}(?:\.[A-Za-z0-9_-]{0,4000})?/g, '***'],
  // conda's channel token
  [/(\/t\/)[^/\s'"<>]{4,200}(?=\/)/g, '$1***'],
];
