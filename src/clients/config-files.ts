// Where programs keep their configuration on this machine, weakest first: what a later file says wins.
import type { World } from '../world.ts';

export interface ConfigFile {
  /** As a person would write it: `~/.npmrc`. */
  readonly shown: string;
  readonly path: string;
}

/**
 * The files a program would read outside any project, whether they are there or not.
 * pip: `pip config debug`; conda: conda.base.constants.SEARCH_PATH; curl: the first of its places that holds one.
 */
export function configFiles(
  program: 'pip' | 'conda' | 'npm' | 'git' | 'curl' | 'wget',
  world: World,
): readonly ConfigFile[] {
  const { env, platform } = world;
  const home = env.HOME ?? env.USERPROFILE;
  const inHome = (...names: string[]) =>
    home ? names.map(name => ({ shown: `~/${name}`, path: `${home}/${name}` })) : [];
  const at = (...paths: (string | undefined)[]) => paths.flatMap(path => (path ? [{ shown: path, path }] : []));
  const below = (folder: string | undefined, ...names: string[]) =>
    folder ? at(...names.map(name => `${folder}/${name}`)) : [];
  switch (program) {
    case 'pip': {
      const only = env.PIP_CONFIG_FILE;
      // os.devnull switches every file off.
      if (only === '/dev/null' || only === 'nul') return [];
      if (platform === 'windows')
        return [
          ...below(env.ProgramData, 'pip/pip.ini'),
          ...inHome('pip/pip.ini'),
          ...below(env.APPDATA, 'pip/pip.ini'),
          ...below(env.VIRTUAL_ENV, 'pip.ini'),
          ...at(only),
        ];
      return [
        ...at('/etc/xdg/pip/pip.conf', '/etc/pip.conf'),
        ...inHome('.pip/pip.conf'),
        ...(platform === 'macos' ? inHome('Library/Application Support/pip/pip.conf') : []),
        ...(env.XDG_CONFIG_HOME ? below(env.XDG_CONFIG_HOME, 'pip/pip.conf') : inHome('.config/pip/pip.conf')),
        ...below(env.VIRTUAL_ENV, 'pip.conf'),
        ...at(only),
      ];
    }
    case 'conda':
      return [
        ...(platform === 'windows'
          ? below('C:/ProgramData/conda', '.condarc', 'condarc')
          : at('/etc/conda/.condarc', '/etc/conda/condarc', '/var/lib/conda/.condarc', '/var/lib/conda/condarc')),
        ...below(env.CONDA_ROOT, '.condarc', 'condarc'),
        ...(env.XDG_CONFIG_HOME
          ? below(env.XDG_CONFIG_HOME, 'conda/.condarc', 'conda/condarc')
          : inHome('.config/conda/.condarc', '.config/conda/condarc')),
        ...inHome('.conda/.condarc', '.conda/condarc', '.condarc'),
        ...below(env.CONDA_PREFIX, '.condarc', 'condarc'),
        ...at(env.CONDARC),
      ];
    case 'npm':
      return [
        ...at(env.npm_config_globalconfig ?? env.NPM_CONFIG_GLOBALCONFIG),
        ...at(env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG),
        ...(env.npm_config_userconfig || env.NPM_CONFIG_USERCONFIG ? [] : inHome('.npmrc')),
      ];
    case 'git':
      return inHome('.gitconfig');
    case 'curl':
      return [
        ...inHome('.curlrc'),
        ...below(env.XDG_CONFIG_HOME, '.curlrc', 'curlrc'),
        ...below(env.CURL_HOME, '.curlrc'),
      ];
    case 'wget':
      return inHome('.wgetrc');
  }
}

/** The file's text; null when it is no file, unreadable, or larger than any configuration is. Never rejects. */
export async function configText({ path }: ConfigFile, world: World): Promise<string | null> {
  try {
    if ((await world.stat(path))?.kind !== 'file') return null;
    return new TextDecoder().decode(await world.read(path, 1 << 20));
  } catch {
    return null;
  }
}
