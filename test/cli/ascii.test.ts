// A terminal without Unicode gets ASCII: our symbols, our punctuation, in every report of the practice problems.
import { expect, test } from 'vitest';
import { run } from '../tools/program.ts';

const ASCII = /^[\x20-\x7e\n]*$/;
const C = { LANG: 'C', LC_ALL: 'C' };

test.each(['missing-intermediate', 'expired-leaf', 'captive-portal', 'healthy', 'dns-failure'])(
  'practice %s',
  async name => {
    const { stdout } = await run(['practice', name], { env: C });
    expect(stdout).toMatch(/OK|FAIL/);
    expect(stdout.split('\n').filter(line => !ASCII.test(line))).toEqual([]);
  },
);

test('explain, of a text and of an id', async () => {
  const text =
    'requests.exceptions.SSLError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate';
  for (const [argv, input] of [
    [['explain', '-'], text],
    [['explain', 'missing-intermediate'], ''],
  ] as const) {
    const { stdout } = await run(argv, { env: C, input });
    expect(stdout.length).toBeGreaterThan(300);
    expect(stdout.split('\n').filter(line => !ASCII.test(line))).toEqual([]);
  }
});
