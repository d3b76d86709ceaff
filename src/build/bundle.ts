// One ESM bundle with lazy chunks (startup.md): the entry answers --version in bin/, `check` never loads the wizard's
// chunk, and node_modules is not needed at run time.
import { readFile, writeFile } from 'node:fs/promises';
import { build, type Metafile, type Plugin } from 'esbuild';

/** Writes dist/main.js, dist/index.js, their chunks and dist/LICENSES.txt. Throws when a patched file has changed. */
export async function bundle(root: string, dist: string): Promise<void> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { main: 'src/cli/main.ts', index: 'src/index.ts' },
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
    metafile: true,
    legalComments: 'none',
    chunkNames: 'chunk-[name]-[hash]',
    define: { __BUILT_AT__: String(Date.now()), 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
    jsx: 'automatic',
    // Bundled CommonJS (forge, react) asks for built-ins by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
    },
    plugins: [leanInk],
    logLevel: 'warning',
  });
  await writeFile(`${dist}/chunks.json`, JSON.stringify(packagesByChunk(metafile), null, 1));
  await writeFile(`${dist}/LICENSES.txt`, await licences(root, metafile));
}

/**
 * Ink's start-up, trimmed (startup.md, measured): no devtools (they drag in `ws` and a package that is not there), and
 * yoga's wasm decoded without fetch('data:…'), which loads Node's whole undici (25 ms).
 */
const leanInk: Plugin = {
  name: 'lean-ink',
  setup(build) {
    build.onLoad({ filter: /ink\/build\/reconciler\.js$/ }, async ({ path }) => ({
      contents: replaceAll(await readFile(path, 'utf8'), "await import('./devtools.js')", 'undefined', 1, path),
      loader: 'js',
    }));
    build.onLoad({ filter: /yoga-layout\/dist\/binaries\/yoga-wasm-base64-esm\.js$/ }, async ({ path }) => ({
      contents: replaceAll(await readFile(path, 'utf8'), '"function"!=typeof fetch', '!0', 2, path),
      loader: 'js',
    }));
  },
};

/** Fails the build when the dependency is no longer what was read: a patch that misses is worse than none. */
function replaceAll(source: string, from: string, to: string, times: number, path: string): string {
  const found = source.split(from).length - 1;
  if (found !== times)
    throw new Error(
      `${path}: '${from}' stands there ${found} times, not ${times}. Read it again and mend src/build/bundle.ts`,
    );
  return source.replaceAll(from, to);
}

/** Which packages' code each output holds: what the start-up test reads. */
function packagesByChunk({ outputs }: Metafile): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(outputs).map(([path, { inputs }]) => [
      path.split('/').at(-1) ?? path,
      [...new Set(Object.keys(inputs).flatMap(packageOf))].sort(),
    ]),
  );
}

const packageOf = (path: string) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [];

/** The licence texts of every package whose code is in the bundle. */
async function licences(root: string, { inputs }: Metafile): Promise<string> {
  const packages = new Set(Object.keys(inputs).flatMap(packageOf));
  const texts = await Promise.all(
    [...packages].sort().map(async name => {
      const { version, license } = JSON.parse(await readFile(`${root}node_modules/${name}/package.json`, 'utf8')) as {
        version: string;
        license: string;
      };
      let text = '';
      for (const file of ['LICENSE', 'license', 'LICENSE.md', 'LICENSE.txt', 'LICENCE']) {
        text ||= await readFile(`${root}node_modules/${name}/${file}`, 'utf8').catch(() => '');
      }
      return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    }),
  );
  return `tlsdoctor's bundle contains code of the following packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
