// `npm run scenario -- missing-inter`: matching scenarios through the built program, what was concluded beside what the file
// expects, one line each. For the eyes of whoever writes a scenario; test/scenarios.test.ts is the judge.
import { existsSync } from 'node:fs';
import { compileScenarios } from '../../src/lab/compile.ts';
import { startScenario } from '../../src/lab/scenario.ts';
import { run } from './program.ts';

const root = new URL('../..', import.meta.url).pathname;
const wanted = process.argv.slice(2);
const all = [`${root}src/lab/scenarios`, `${root}test/scenarios`].filter(existsSync).flatMap(compileScenarios);

for (const scenario of all.filter(({ id }) => wanted.length === 0 || wanted.some(part => id.includes(part)))) {
  const running = await startScenario(scenario);
  try {
    const { stdout, stderr } = await run(['check', running.target, ...running.args, '--json'], {
      env: running.env,
      within: running.within,
    });
    process.stdout.write(`${scenario.id}: ${stdout === '' ? stderr : lineOf(stdout, scenario.expect)}\n`);
  } finally {
    await running.close();
  }
}

function lineOf(stdout: string, expected: { readonly status: string; readonly primary?: string }): string {
  const { diagnosis, prediction } = JSON.parse(stdout) as {
    diagnosis: {
      status: string;
      primary: { cause: string; confidence: string } | null;
      others: { cause: string; severity: string }[];
    };
    prediction: { python: { verifyCode: number | null; ok: boolean } };
  };
  const { status, primary, others } = diagnosis;
  const found = primary ? `${primary.cause} ${primary.confidence}` : status;
  const same = found === (expected.primary ?? expected.status) && status === expected.status;
  const more = others.map(other => `${other.cause} (${other.severity})`).join(', ');
  const { ok, verifyCode } = prediction.python;
  return `${same ? 'as expected' : `EXPECTED ${expected.primary ?? expected.status}, FOUND`} ${found}${more && `; also ${more}`}; python ${ok ? 'ok' : verifyCode}`;
}
