// Products leave their root certificate in files of their own on the machines they run on. A chain that was signed by the
// root in such a file was made by that product, whatever it calls itself.
import { trustStore } from '../pki/store.ts';
import { anchorIn, type Shown } from './canaries.ts';
import type { Recognised } from './interceptor-names.ts';
import type { Run } from './stage.ts';

/** The product whose file on this machine holds the root of the chain, or null. */
export async function recogniseByFiles(shown: Shown, run: Run): Promise<Recognised | null> {
  for (const product of run.interceptors()) {
    for (const path of product.localFiles) {
      const file = await ownsRoot(path, shown, run);
      if (file !== null) return { product, how: `its root is the one in ${file}, a file of ${product.product}` };
    }
  }
  return null;
}

async function ownsRoot(path: string, shown: Shown, { world }: Run): Promise<string | null> {
  // The list also has places of other systems, and one with a version in it.
  if (path.includes('*') || /^[A-Z]:/.test(path) !== (world.platform === 'windows')) return null;
  const home = world.env.HOME ?? world.env.USERPROFILE;
  if (path.startsWith('~') && !home) return null;
  const file = path.startsWith('~') ? `${home}${path.slice(1)}` : path;
  if ((await world.stat(file))?.kind !== 'file') return null;
  try {
    return anchorIn(trustStore([await world.read(file, 1 << 20)]), shown) ? file : null;
  } catch {
    return null;
  }
}
