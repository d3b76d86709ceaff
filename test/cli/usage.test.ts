// Wrong usage: one line on stderr that says what is wrong, nothing on stdout, exit 2, no stack trace.
import { expect, test } from 'vitest';
import { run } from '../tools/program.ts';

test.each([
  ['no target', ['check'], /needs a target/],
  ['an unknown option', ['check', '--jsno', 'a.test'], /--jsno.*did you mean --json/],
  ['an option of another command', ['inspect', '--concurrency', '3'], /--concurrency belongs to: .*check/],
  ['a format nobody writes', ['check', 'a.test', '--format', 'pdf'], /--format takes text, json, .*not 'pdf'/],
  ['a port out of range', ['check', 'a.test:99999'], /port/i],
  ['a port that is no number', ['check', 'a.test:https'], /port/i],
  ['a scheme we do not speak', ['check', 'gopher://a.test'], /gopher/],
  ['a host with a space', ['check', 'https://a b.test'], /./],
  ['a time that is none', ['check', 'a.test', '--at', 'yesterday'], /--at takes an ISO 8601 time/],
  ['a timeout of nothing', ['check', 'a.test', '--timeout', '0'], /--timeout takes seconds/],
  ['a profile nobody has', ['check', 'a.test', '--profile', 'python2.7'], /--profile takes/],
  ['an address to connect to without port', ['check', 'a.test', '--connect', '127.0.0.1'], /--connect takes HOST:PORT/],
  ['both address families', ['check', 'a.test', '-4', '-6'], /-4 and -6/],
  ['a key without its certificate', ['check', 'a.test', '--key', 'k.pem'], /--key needs --cert/],
  ['a list that is not there', ['check', '--input', '/nonexistent/list'], /cannot read .*ENOENT/],
  ['a command with a typing error', ['chekc', 'a.test'], /did you mean 'check'/],
  ['a practice scenario nobody wrote', ['practice', 'missing-intermediat'], /missing-intermediat/],
  ['a bundle that is not there', ['check', 'https://127.0.0.1:9', '--ca-file', '/nonexistent.pem'], /nonexistent/],
])('%s', async (_what, argv, says) => {
  const { code, stdout, stderr } = await run(argv);
  expect(stderr).toMatch(says);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});

test.each([['--help'], ['check', '--help'], ['inspect', '--help'], ['practice', '--help'], ['help']])(
  'help is for stdout: %s %s',
  async (...argv) => {
    const { code, stdout, stderr } = await run(argv.filter(word => word !== undefined));
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^(Usage|tlsdoctor)/);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBeLessThanOrEqual(80);
  },
);
