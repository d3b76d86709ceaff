// `npm run bench`: every number is a ratio to a real peer measured in the same run, interleaved, medians. No thresholds:
// a machine that is busy must not fail a build; people read the ratios. Options: a word picks the sections that hold it.
type Section = readonly [name: string, run: () => Promise<readonly string[]>];

const SECTIONS: readonly Section[] = [
  ['start-up', async () => (await import('./startup.ts')).benchStartup()],
  ['healthy check', async () => (await import('./healthy.ts')).benchHealthy()],
  ['round trips', async () => (await import('./round-trips.ts')).benchRoundTrips()],
  ['verdicts', async () => (await import('./verify.ts')).benchVerify()],
  ['pasted log', async () => (await import('./paste.ts')).benchPaste()],
];

const wanted = process.argv[2];
for (const [name, run] of SECTIONS) {
  if (wanted && !name.includes(wanted)) continue;
  process.stdout.write(`${name}\n`);
  for (const line of await run()) process.stdout.write(`  ${line}\n`);
}
