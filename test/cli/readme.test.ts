import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withTables } from '../tools/docs.ts';

test('the README’s tables are the program’s own (npm run docs)', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withTables(readme));
  for (const option of ['--ca-file', '--offline', '--profile']) expect(readme).toContain(option);
});
