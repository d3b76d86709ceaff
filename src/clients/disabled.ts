// Settings of this machine that switch verification off for some client, and so hide the very fault that is looked for.
import type { World } from '../world.ts';
import { configFiles, configText } from './config-files.ts';

/**
 * Each setting found, as a person would look for it: `GIT_SSL_NO_VERIFY=1`, `strict-ssl=false in ~/.npmrc`.
 * Reads a handful of small files; one that is missing or unreadable says nothing. Never throws.
 * @param requests version of the installed requests; before 2.28 an empty CURL_CA_BUNDLE meant verify=False
 */
export async function verificationSwitches(world: World, requests: string | null): Promise<readonly string[]> {
  const found = VARIABLES.filter(({ name, off }) => off.test(world.env[name] ?? '')).map(
    ({ name }) => `${name}=${world.env[name]}`,
  );
  if (world.env.CURL_CA_BUNDLE === '' && !world.env.REQUESTS_CA_BUNDLE && requests !== null && before228(requests))
    found.push(`an empty CURL_CA_BUNDLE (requests ${requests} takes it for verify=False)`);
  const inFiles = await Promise.all(PROGRAMS.map(program => switchesOf(program, world)));
  return [...found, ...inFiles.flat()];
}

/** curl, wget and OpenSSL have no such variable; these have. */
const VARIABLES: readonly { readonly name: string; readonly off: RegExp }[] = [
  { name: 'NODE_TLS_REJECT_UNAUTHORIZED', off: /^0$/ },
  { name: 'GIT_SSL_NO_VERIFY', off: /./ },
  { name: 'PYTHONHTTPSVERIFY', off: /^0$/ },
  { name: 'PIP_TRUSTED_HOST', off: /./ },
  { name: 'npm_config_strict_ssl', off: /^false$/i },
  { name: 'CONDA_SSL_VERIFY', off: /^(false|0|no|off)$/i },
];

/** What switches it off in a program's configuration. */
const OFF = {
  npm: /^[ \t]*strict-ssl[ \t]*=[ \t]*false\b/im,
  git: /^[ \t]*sslVerify[ \t]*=[ \t]*(false|no|off|0)\b/im,
  curl: /^[ \t]*(insecure|-k|--insecure)[ \t]*$/im,
  wget: /^[ \t]*check_certificate[ \t]*=[ \t]*(off|no|0)\b/im,
  conda: /^[ \t]*ssl_verify[ \t]*:[ \t]*(false|no|off)\b/im,
  pip: /^[ \t]*trusted-host[ \t]*[=:][^\n]*/im,
} as const;
const PROGRAMS = Object.keys(OFF) as (keyof typeof OFF)[];

async function switchesOf(program: keyof typeof OFF, world: World): Promise<readonly string[]> {
  const files = await Promise.all(
    configFiles(program, world).map(async file => {
      const line = OFF[program].exec((await configText(file, world)) ?? '')?.[0];
      return line === undefined ? [] : [`${line.trim()} in ${file.shown}`];
    }),
  );
  return files.flat();
}

function before228(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < 2 || (major === 2 && minor < 28);
}
