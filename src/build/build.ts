// Builds dist/: knowledge as JSON, one bundle with lazy chunks, declarations, and the licences of what is bundled.
// Run by `npm run build` and, through `prepare`, by npm ci, npm pack and npm install.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { compileScenarios } from '../lab/compile.ts';
import { bundle } from './bundle.ts';
import { compileKnowledge } from './compile-knowledge.ts';

const root = new URL('../../', import.meta.url).pathname;
const dist = `${root}dist`;

/** Knowledge only: enough for running from sources (tests, `npm run dev`). */
export async function writeKnowledge(): Promise<void> {
  await mkdir(`${dist}/knowledge`, { recursive: true });
  const data: Record<string, unknown> = {
    ...compileKnowledge(root),
    scenarios: compileScenarios(`${root}src/lab/scenarios`),
  };
  for (const [name, value] of Object.entries(data))
    await writeFile(`${dist}/knowledge/${name}.json`, JSON.stringify(value));
}

async function build(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await writeKnowledge();
  await bundle(root, dist);
}

if (process.argv[1]?.endsWith('build.ts')) {
  if (process.argv.includes('--knowledge')) await writeKnowledge();
  else await build();
}
