// The wizard as a person meets it: the built program in a real terminal. Assertions are on the screen, waits are for text.
import { expect, test } from 'vitest';
import { open } from './terminal.ts';

const RESTORED = { cursorShown: true, alternate: false, bracketedPaste: false };
const QUESTION = /What is failing\? Paste a URL or an error message/;

test.each(['true', 'false'])('asks, and Ctrl-C leaves with 130 and the terminal as it was (CI=%s)', async CI => {
  const wizard = open([], { env: { CI } });
  await wizard.until(QUESTION);
  await wizard.until(/Enter look into it · Tab practice · Ctrl-C quit/);
  wizard.press('\x03');
  expect((await wizard.exit).exitCode).toBe(130);
  expect(wizard.modes()).toEqual(RESTORED);
});

test('Ctrl-C while it is still loading leaves the same way', async () => {
  const wizard = open([]);
  await wizard.until(/tlsdoctor/);
  wizard.press('\x03');
  expect((await wizard.exit).exitCode).toBe(130);
  expect(wizard.modes()).toEqual(RESTORED);
});

test('a practice problem from the list to its diagnosis, its explanation, again, and out with exit 1', async () => {
  const wizard = open([]);
  await wizard.until(QUESTION);
  wizard.press('\t');
  await wizard.until(/❯ An antivirus program/);
  wizard.press('j'.repeat(10));
  await wizard.until(/❯ The server forgot its intermediate/);
  wizard.press('\r');
  await wizard.until(/✗ FAIL {2}The server does not send an intermediate certificate/);
  const rows = wizard.screen().split('\n');
  expect(rows.findIndex(row => row.includes('FAIL'))).toBeLessThan(8);
  expect(rows.length).toBeLessThanOrEqual(24);
  expect(rows.at(-1)).toMatch(/scroll · e explain · r run again · Esc back · \? help · q quit/);
  expect(wizard.screen()).toMatch(/this machine ─✗─ server/);
  expect(wizard.screen()).toMatch(/✗ Lab Issuing CA {2}\(nobody sent this one\)/);
  wizard.press('e');
  await wizard.until(/Why this happens/);
  wizard.press('e');
  await wizard.until(/✗ FAIL/);
  wizard.press('jjjjjjjjjjjjjjjjjj');
  await wizard.until(/What to do: on this machine/);
  wizard.press('?');
  await wizard.until(/^Keys/);
  wizard.press('\x1b');
  await wizard.until(/What to do/);
  wizard.press('r');
  await wizard.until(/✗ FAIL {2}The server does not send/);
  wizard.press('q');
  expect((await wizard.exit).exitCode).toBe(1);
  expect(wizard.modes()).toEqual(RESTORED);
  expect(wizard.raw().slice(-200)).toMatch(
    /✗ 127\.0\.0\.1:\d+ {2}The server does not send an intermediate certificate\r?\n(\x1b\[\?25h)?$/,
  );
});

test('a typed target that is none is refused in words, and can be mended', async () => {
  const wizard = open([]);
  await wizard.until(QUESTION);
  wizard.press('gopher://old.test\r');
  await wizard.until(/'gopher:\/\/' is not a scheme this program speaks/);
  wizard.press('\x15');
  wizard.press('https://does-not-exist.invalid\r');
  await wizard.until(/✗ FAIL {2}/);
  expect(wizard.screen()).toMatch(/does-not-exist\.invalid/);
  wizard.press('q');
  expect((await wizard.exit).exitCode).toBe(1);
});

test('a pasted error text of many lines leads to its host', async () => {
  const wizard = open([]);
  await wizard.until(QUESTION);
  const text = [
    'Traceback (most recent call last):',
    '  File "a.py", line 3, in <module>',
    "requests.exceptions.SSLError: HTTPSConnectionPool(host='127.0.0.1', port=9): Max retries exceeded with url: / (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)')))",
  ].join('\n');
  wizard.press(`\x1b[200~${text}\x1b[201~`);
  await wizard.until(/3 lines pasted/);
  wizard.press('\r');
  await wizard.until(/That text is about: 127\.0\.0\.1:9/);
  await wizard.until(/as that program would: requests/);
  await wizard.until(/The server's certificate signed itself/);
  wizard.press('\r');
  await wizard.until(/FAIL/);
  await wizard.until(/Not the error of the text/);
  wizard.press('\x03');
  expect((await wizard.exit).exitCode).toBe(130);
});

test('while a stage hangs it says what it waits for, Esc goes back, and Ctrl-C ends it at once', async () => {
  const wizard = open(['--timeout', '60']);
  await wizard.until(QUESTION);
  wizard.press('\tjjj\r');
  await wizard.until(/connect .* s {2}127\.0\.0\.1:\d+ to accept a connection \(at most \d+ s\)/);
  wizard.press('\x03');
  expect((await wizard.exit).exitCode).toBe(130);
  expect(wizard.modes()).toEqual(RESTORED);
});

test('without colour and Unicode nothing but ASCII and no SGR is drawn', async () => {
  const wizard = open(['practice', 'expired-leaf'], { env: { NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  await wizard.until(/x FAIL {2}The server's certificate has expired/);
  expect(wizard.screen()).toMatch(/this machine -x- server 127\.0\.0\.1/);
  expect(wizard.raw()).not.toMatch(/\x1b\[[0-9;]*[1-9][0-9;]*m/);
  expect(wizard.screen().replace(/[’“”‘…–—]/g, '')).toMatch(/^[\x20-\x7e\n]*$/);
  wizard.press('q');
  expect((await wizard.exit).exitCode).toBe(1);
});

test.each([
  [50, 16],
  [40, 15],
])('after a resize to %i×%i the screen holds one whole frame', async (columns, rows) => {
  const wizard = open(['practice', 'hostname-mismatch']);
  await wizard.until(/✗ FAIL/);
  wizard.resize(columns, rows);
  await wizard.until(/✗ FAIL[\s\S]*scroll/);
  await wizard.until(new RegExp(`^(?:.*\\n){${rows - 2}}.*scroll`));
  expect(wizard.screen().match(/FAIL/g)).toHaveLength(1);
  wizard.press('q');
  expect((await wizard.exit).exitCode).toBe(1);
});

test('SIGTERM gives the terminal back', async () => {
  const wizard = open([]);
  await wizard.until(QUESTION);
  wizard.kill('SIGTERM');
  await wizard.exit;
  expect(wizard.modes()).toEqual(RESTORED);
});

test('a terminal that cannot be drawn on gets the same, line by line', async () => {
  const wizard = open([], { env: { TERM: 'dumb' } });
  await wizard.until(/What is failing\?/);
  wizard.press('https://127.0.0.1:9/\r');
  await wizard.until(/to see that it worked[\s\S]*What is failing\?/);
  expect(wizard.raw()).not.toContain('\u001b[?1049h');
  wizard.press('q\r');
  expect((await wizard.exit).exitCode).toBe(1);
});
