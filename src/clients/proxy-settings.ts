// The proxy settings of programs that have their own, beside the environment's: pip.conf, .condarc, git's http.proxy, .npmrc
// and .curlrc. Which of them outweighs the environment differs from program to program.
import type { OwnProxy, ProxySettings, ProxyTool } from '../model/proxy.ts';
import type { Target } from '../model/target.ts';
import type { World } from '../world.ts';
import { type ConfigFile, configFiles, configText } from './config-files.ts';

/**
 * Whose settings these are is `--proxy-of`; requests' otherwise. A program that is not installed, or does not answer in
 * time, leaves the environment alone. Never rejects.
 */
export async function proxySettings(world: World, target: Target): Promise<ProxySettings> {
  const { proxyOf, proxy } = world.options;
  if (proxyOf === null || proxy !== undefined) return world.proxies;
  const { own, exceptions = null } = await OWN[proxyOf](world, target);
  const rules = proxyOf === 'npm' ? 'npm' : proxyOf === 'git' || proxyOf === 'curl' ? 'curl' : 'requests';
  return { option: undefined, env: world.env, rules, own, exceptions };
}

interface Found {
  readonly own: OwnProxy | null;
  readonly exceptions?: ProxySettings['exceptions'];
}

const OWN: Record<ProxyTool, (world: World, target: Target) => Promise<Found>> = {
  async pip(world) {
    const lines = await settingsIn('pip', world, line => /^\s*proxy\s*[=:]\s*(.*)$/i.exec(line)?.[1]);
    const last = (section: string) => lines.findLast(line => line.section === section);
    const variable = world.env.PIP_PROXY;
    // An empty value hides those before it, and is then as if it were not there.
    const found = [variable ? { value: variable, from: 'PIP_PROXY' } : undefined, last('install'), last('global')].find(
      setting => setting?.value,
    );
    if (!found) return { own: null };
    return { own: { ...pick(found), over: (await pipOutweighs(world)) ? 'all' : 'catch-all', excepts: false } };
  },

  async conda(world, { host }) {
    const lines = await Promise.all(
      configFiles('conda', world).map(async file => condaProxies(await configText(file, world), file)),
    );
    const found = [`https://${host}`, 'https', `all://${host}`, 'all'].flatMap(
      key => lines.flat().findLast(line => line.key === key) ?? [],
    )[0];
    if (!found) return { own: null };
    // requests.utils.select_proxy: scheme://host before scheme before all.
    const over = found.key.startsWith('https:') ? 'all' : found.key === 'https' ? 'catch-all' : 'none';
    return { own: { ...pick(found), over, excepts: false } };
  },

  async git(world, { url }) {
    const asked = await told(world, ['git', 'config', '--get-urlmatch', 'http.proxy', url]);
    if (asked === null) return { own: null };
    return { own: { value: asked.trim(), from: 'http.proxy of git', over: 'all', excepts: true } };
  },

  async npm(world) {
    const lines = await npmSettings(world);
    const last = (key: string) => lines.findLast(line => line.key === key && line.value !== '');
    const found = last('https-proxy') ?? last('proxy');
    const except = last('noproxy');
    return {
      own: found ? { ...pick(found), over: 'all', excepts: true } : null,
      exceptions: except ? pick(except) : null,
    };
  },

  async curl(world) {
    const read = (key: RegExp) =>
      settingsIn('curl', world, line => {
        const match = /^\s*-{0,2}([a-z-]+)(?:\s*[=:]\s*|\s+)"?([^"\s]*)"?/i.exec(line);
        return match?.[1] && key.test(match[1]) ? match[2] : undefined;
      });
    const found = (await read(/^(proxy|x)$/)).at(-1);
    const except = (await read(/^noproxy$/)).at(-1);
    return {
      own: found ? { ...pick(found), over: 'all', excepts: true } : null,
      exceptions: except ? pick(except) : null,
    };
  },
};

interface Setting {
  readonly value: string;
  readonly from: string;
}
const pick = ({ value, from }: Setting): Setting => ({ value, from });

/** Every line of the program's files that `read` takes for the setting, with the [section] it stands in; weakest first. */
async function settingsIn(
  program: 'pip' | 'curl',
  world: World,
  read: (line: string) => string | undefined,
): Promise<readonly (Setting & { readonly section: string })[]> {
  const texts = await Promise.all(
    configFiles(program, world).map(async file => ({ file, text: (await configText(file, world)) ?? '' })),
  );
  return texts.flatMap(({ file, text }) => {
    let section = '';
    return text.split(/\r?\n/).flatMap(line => {
      section = /^\[([^\]]*)\]/.exec(line)?.[1]?.trim() ?? section;
      const value = /^\s*[#;]/.test(line) ? undefined : read(line)?.trim();
      return value === undefined ? [] : [{ value, from: `proxy in ${file.shown}`, section }];
    });
  });
}

/** Since pip 22.1 its own setting outweighs the environment's; before, requests merged the two. */
async function pipOutweighs(world: World): Promise<boolean> {
  const said =
    (await told(world, ['pip', '--version'])) ?? (await told(world, ['python3', '-m', 'pip', '--version'])) ?? '';
  const [, major = '', minor = ''] = /^pip (\d+)\.(\d+)/.exec(said) ?? [];
  return major === '' || Number(major) > 22 || (Number(major) === 22 && Number(minor) >= 1);
}

/** `proxy_servers` of a .condarc: one line a scheme, or a flow map on one line. */
function condaProxies(text: string | null, { shown }: ConfigFile): readonly (Setting & { readonly key: string })[] {
  const from = `proxy_servers in ${shown}`;
  const block =
    /^proxy_servers[ \t]*:[ \t]*(?:\{([^}\n]*)\}|(?:#[^\n]*)?\n((?:[ \t]+[^\n]*(?:\n|$)|[ \t]*\n|#[^\n]*\n)*))/m.exec(
      (text ?? '').replaceAll('\r', ''),
    );
  const lines = block?.[1] !== undefined ? block[1].split(',') : (block?.[2] ?? '').split('\n');
  return lines.flatMap(line => {
    const match = /^\s*["']?((?:https?|all)(?::\/\/[^\s"':]+)?)["']?\s*:\s+(.*)$/i.exec(line.replace(/\s#.*$/, ''));
    const value = match?.[2]?.trim().replace(/^(["'])(.*)\1$/, '$2');
    return match?.[1] && value && !/^(null|~|false)$/i.test(value)
      ? [{ key: match[1].toLowerCase(), value, from }]
      : [];
  });
}

/** Environment over user over global, as npm merges them; `${NAME}` stands for a variable. */
async function npmSettings(world: World): Promise<readonly (Setting & { readonly key: string })[]> {
  // Which files it reads depends on where it is installed; the values themselves it does not tell ("protected").
  const asked = await told(world, ['npm', 'config', 'get', 'globalconfig']);
  const files = [...(asked ? [{ shown: asked.trim(), path: asked.trim() }] : []), ...configFiles('npm', world)];
  const texts = await Promise.all(files.map(async file => ({ file, text: (await configText(file, world)) ?? '' })));
  const KEY = /^\s*(https-proxy|proxy|noproxy)(?:\[\])?\s*=\s*(.*)$/;
  const inFiles = texts.flatMap(({ file, text }) =>
    text.split(/\r?\n/).flatMap(line => {
      const [, key, value = ''] = KEY.exec(line) ?? [];
      return key ? [{ key, value: npmValue(value, world), from: `${key} in ${file.shown}` }] : [];
    }),
  );
  const variables = Object.entries(world.env).flatMap(([name, value = '']) => {
    const key = /^npm_config_(https_proxy|proxy|noproxy)$/i.exec(name)?.[1]?.toLowerCase().replace('_', '-');
    return key ? [{ key, value: npmValue(value, world), from: name }] : [];
  });
  return [...inFiles, ...variables];
}

function npmValue(written: string, { env }: World): string {
  const bare = written.trim().replace(/^(["'])(.*)\1$/, '$2');
  const value = bare.replace(/\$\{([^}?]+)\??\}/g, (whole, name: string) => env[name] ?? whole);
  return /^(null|false)$/.test(value) ? '' : value;
}

/** What a program printed, when it ended with 0; null otherwise, or when it is not there. */
async function told(world: World, argv: readonly string[]): Promise<string | null> {
  try {
    const { code, stdout } = await world.exec(argv, { signal: world.within(PATIENCE_MS) });
    return code === 0 ? stdout : null;
  } catch {
    return null;
  }
}

const PATIENCE_MS = 4_000;
