// Every scenario through the front door: the lab starts it, the program is asked as a process, and real Pythons are asked
// the same. One row, two judges: what we predict must be what they say.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readArgs } from '../src/cli/args.ts';
import { readTarget } from '../src/intake/url.ts';
import { compileScenarios } from '../src/lab/compile.ts';
import { type Running, type Scenario, startScenario } from '../src/lab/scenario.ts';
import { cleanEnv } from './tools/environment.ts';
import { NAMESPACES } from './tools/namespaces.ts';
import { run } from './tools/program.ts';
import { PYTHONS, type RealPython, requestsPython } from './tools/pythons.ts';

const root = new URL('..', import.meta.url).pathname;
const scenarios = [`${root}src/lab/scenarios`, `${root}test/scenarios`]
  .filter(existsSync)
  .filter(folder => readdirSync(folder).some(name => name.endsWith('.yaml')))
  .flatMap(compileScenarios)
  .filter(({ lab: { client } }) => NAMESPACES || (!client?.hosts && !client?.network));

interface Said {
  readonly ok: boolean;
  /** `name`: urllib3 1.26 compared the names itself, after OpenSSL had accepted. */
  readonly code: number | 'name' | null;
  readonly message: string | null;
  readonly text: string | null;
}

interface Shape {
  readonly stages: readonly { readonly id: string; readonly status: string }[];
  readonly prediction: {
    readonly python: {
      readonly profile: string;
      readonly ok: boolean | null;
      readonly verifyCode: number | null;
      readonly verifyMessage: string | null;
    };
    readonly clients: readonly { readonly confirmed: boolean | null }[];
  };
  readonly diagnosis: {
    readonly status: string;
    readonly primary: {
      readonly cause: string;
      readonly confidence: string;
      readonly evidence: readonly unknown[];
      readonly fixes: readonly unknown[];
    } | null;
    readonly others: readonly { readonly cause: string }[];
  };
}

describe.concurrent.each(scenarios.map(scenario => [scenario.id, scenario] as const))(
  '%s',
  (_id, scenario: Scenario) => {
    let running: Running;
    beforeAll(async () => {
      running = await startScenario(scenario);
    });
    afterAll(() => running?.close());

    const check = async (extra: readonly string[] = []) => {
      // `python3` on PATH decides the default profile: let it be the one that is asked below.
      const path = `${requestsPython?.path.replace(/\/[^/]+$/, '') ?? ''}:${process.env.PATH}`;
      const ran = await run(['check', running.target, ...running.args, '--json', ...extra], {
        env: { PATH: path, ...running.env },
        within: running.within,
      });
      expect(ran.stderr).toBe('');
      return { code: ran.code, report: JSON.parse(ran.stdout) as Shape };
    };

    test('is diagnosed', async () => {
      const { code, report } = await check();
      const { status, primary, others } = report.diagnosis;
      expect({ status, primary: primary && `${primary.cause} ${primary.confidence}`, code }).toEqual({
        status: scenario.expect.status,
        primary: scenario.expect.primary ?? null,
        code: { healthy: 0, problem: 1, inconclusive: 3 }[scenario.expect.status],
      });
      const found = [primary?.cause, ...others.map(other => other.cause)];
      for (const cause of scenario.expect.others ?? []) expect(found).toContain(cause);
      for (const cause of scenario.expect.not ?? []) expect(found).not.toContain(cause);
      expect(report.stages).toHaveLength(11);
      if (primary) {
        expect(primary.evidence).not.toEqual([]);
        expect(primary.fixes).not.toEqual([]);
      }
    });

    const expected = scenario.expect.python;
    // A scenario that names a profile is about another Python than the one with requests: the plain ones below are asked.
    const named = scenario.lab.client?.args?.includes('--profile') ?? false;
    test.skipIf(!expected || named || requestsPython === null)('requests says what is predicted', async () => {
      const said = await ask(requestsPython as RealPython, 'requests', running);
      const { report } = await check(['--confirm']);
      const { python, clients } = report.prediction;
      for (const client of clients) if (said.code !== 'name') expect(client.confirmed).not.toBe(false);
      if (said.code === 'name') expect([62, 64]).toContain(expected?.code);
      else expect(said).toMatchObject({ code: expected?.code ?? null });
      expect({ ok: python.ok, code: python.verifyCode }).toEqual({
        ok: said.ok,
        code: said.code === 'name' ? expected?.code : said.code,
      });
      if (said.message !== null) expect(python.verifyMessage).toBe(said.message);
    });

    // Through a proxy, plain ssl is not what anybody uses.
    // What a Python says does not depend on our Node: it is asked once, on the first.
    const others = PYTHONS.filter(
      ({ version }) =>
        process.env.TLSDOCTOR_AGAIN !== 'true' &&
        version.startsWith('3.') &&
        Number(version.slice(2)) >= (expected?.since ?? 8),
    );
    test
      .skipIf(!expected || scenario.lab.proxy !== undefined)
      .each(others.map(python => [python.version, python] as const))(
      'ssl of Python %s says what is predicted',
      async (version, python) => {
        const said = await ask(python, 'ssl', running);
        const predicted = await predictedFor(`python${version}`, running, async () => {
          const { report } = await check(['--profile', `python${version}`]);
          return report.prediction.python;
        });
        expect({
          ok: predicted.ok,
          code: predicted.verifyCode,
          message: said.message === null ? null : predicted.verifyMessage,
        }).toEqual({ ok: said.ok, code: said.code, message: said.message });
      },
    );
  },
);

type Predicted = Shape['prediction']['python'];

/** By the package's own diagnose(), which spares a process for each Python; `asProcess` where a namespace is needed. */
async function predictedFor(
  profile: string,
  running: Running,
  asProcess: () => Promise<Predicted>,
): Promise<Predicted> {
  if (running.within.length > 0) return asProcess();
  const { options } = readArgs('check', [running.target, ...running.args, '--profile', profile]);
  const read = readTarget(running.target, {
    ...(options.servername === null ? {} : { servername: options.servername }),
    ...(options.starttls === null ? {} : { starttls: options.starttls }),
  });
  if (!read.ok) throw new Error(read.why);
  const { diagnose } = (await import(`${root}dist/index.js`)) as typeof import('../src/index.ts');
  for await (const event of diagnose(read.target, options, { env: cleanEnv(running.env) }))
    if (event.type === 'report') return event.report.prediction.python;
  throw new Error('no report');
}

async function ask(python: RealPython, kind: 'requests' | 'ssl', running: Running): Promise<Said> {
  const at = running.args.indexOf('--proxy');
  const proxy = at >= 0 && running.args[at + 1] !== 'none' ? [running.args[at + 1] ?? ''] : [];
  const pinned = running.args.includes('--connect') ? (running.end?.host ?? '') : '';
  const given = (option: string) => {
    const place = running.args.indexOf(option);
    return place < 0 ? '' : (running.args[place + 1] ?? '');
  };
  const [command = '', ...words] = [...running.within, python.path];
  const { stdout } = await promisify(execFile)(
    command,
    [
      ...words,
      `${root}test/tools/probe.py`,
      kind,
      running.target,
      running.trustFile ?? '',
      pinned,
      String(running.end?.port ?? 443),
      ...proxy,
    ],
    { env: cleanEnv({ PROBE_CERT: given('--cert'), PROBE_KEY: given('--key') }) },
  );
  return JSON.parse(stdout) as Said;
}
