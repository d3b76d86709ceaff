// Scenarios from YAML, at build and in tests; the program itself reads what this made.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Scenario } from './scenario.ts';

/** Every scenario of a folder, by file name. @throws Error that names the file when one is not a scenario */
export function compileScenarios(folder: string): Scenario[] {
  return readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort()
    .map(name => {
      const scenario = {
        id: name.replace(/\.yaml$/, ''),
        ...(parse(readFileSync(join(folder, name), 'utf8')) as Omit<Scenario, 'id'>),
      };
      if (!scenario.title?.en || !scenario.lab || !scenario.expect?.status)
        throw new Error(`${name}: a scenario needs a title, a lab and what to expect`);
      return scenario;
    });
}
