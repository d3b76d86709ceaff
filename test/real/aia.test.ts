// What is said of places to fetch an issuer from, beside the verdict that the scenarios check.
import { expect, test } from 'vitest';
import { compileScenarios } from '../../src/lab/compile.ts';
import { startScenario } from '../../src/lab/scenario.ts';
import { run } from '../tools/program.ts';

const scenarios = compileScenarios(new URL('../scenarios', import.meta.url).pathname);

interface Chain {
  readonly id: string;
  readonly summary: string;
  readonly facts: { readonly 'chain.missingFoundBy': string | null | { readonly unknown: string } };
}

async function chainStage(id: string): Promise<Chain> {
  const scenario = scenarios.find(each => each.id === `missing-intermediate-aia-${id}`);
  if (!scenario) throw new Error(`there is no scenario ${id}`);
  const running = await startScenario(scenario);
  try {
    const { stdout } = await run(['check', running.target, ...running.args, '--json', '--profile', 'python3.12']);
    const { stages } = JSON.parse(stdout) as { stages: Chain[] };
    const chain = stages.find(stage => stage.id === 'chain');
    if (!chain) throw new Error('no chain stage');
    return chain;
  } finally {
    await running.close();
  }
}

test('a private address is said to be one', async () => {
  const { summary, facts } = await chainStage('pem');
  expect(summary).toMatch(/found at http:\/\/127\.\S+ \(a private address\)$/);
  expect(facts['chain.missingFoundBy']).toBe('aia');
});

test.each([
  ['redirect-file', /only http is followed, not file:/],
  ['redirect-loop', /redirects in a loop/],
  ['huge', /more than 262144 bytes/],
  ['endless', /more than 262144 bytes.*(no answer in time|broke off)/],
  ['silent', /no answer in time/],
  ['wrong', /what came is not the issuer/],
])('%s: why nothing was fetched', async (id, why) => {
  const { facts } = await chainStage(id);
  expect(facts['chain.missingFoundBy']).toEqual({ unknown: expect.stringMatching(why) });
});
