import { describe, expect, test } from 'vitest';
import { looksLikeText, readTarget } from '../../../src/intake/url.ts';

describe('what a person gives becomes a target', () => {
  test.each([
    ['a bare host', 'example.com', 'example.com', 443, 'example.com', null],
    ['host and port', 'example.com:8443', 'example.com', 8443, 'example.com', null],
    ['an IPv6 address with a port', '[::1]:8443', '::1', 8443, null, null],
    ['a bare IPv6 address', '::1', '::1', 443, null, null],
    ['an IPv4 address sends no SNI', '127.0.0.1', '127.0.0.1', 443, null, null],
    ['a STARTTLS protocol', 'smtp://mail.example.com', 'mail.example.com', 25, 'mail.example.com', 'smtp'],
    ['TLS at once', 'ldaps://dir.example.com', 'dir.example.com', 636, 'dir.example.com', null],
    ['both spellings of postgres', 'postgresql://db.example.com', 'db.example.com', 5432, 'db.example.com', 'postgres'],
    ['an IDN as A-label', 'https://bücher.example', 'xn--bcher-kva.example', 443, 'xn--bcher-kva.example', null],
    ['a trailing dot is kept in the host only', 'example.com.', 'example.com.', 443, 'example.com', null],
    ['an underscore', 'my_host.example.com', 'my_host.example.com', 443, 'my_host.example.com', null],
  ])('%s', (_, input, host, port, serverName, starttls) => {
    expect(readTarget(input)).toMatchObject({ ok: true, target: { host, port, serverName, starttls } });
  });

  test('credentials stand in neither input nor url', () => {
    expect(JSON.stringify(readTarget('https://user:hunter2@example.com/x'))).not.toContain('hunter2');
  });
});

describe('what is no target is refused in one sentence', () => {
  test.each([
    ['nothing', ' ', 'the target is empty'],
    ['too long', 'a'.repeat(2049), 'the target is longer than 2048 characters'],
    ['control characters', 'exam\u001b[31mple.com', 'the target has spaces or control characters in it'],
    ['plain http', 'http://example.com', 'http:// has no TLS to look at'],
    ['an unknown scheme', 'gopher://example.com', "'gopher://' is not a scheme this program speaks"],
    ['port 0', 'example.com:0', "'0' is not a port (1 to 65535)"],
    ['port 65536', 'example.com:65536', "'65536' is not a port (1 to 65535)"],
    ['a broken IPv6 address', '[::g]:443', "'[::g]' is not an IPv6 address"],
  ])('%s', (_, input, why) => {
    expect(readTarget(input)).toMatchObject({ ok: false, why });
  });
});

test.each([
  ['example.com:443', false],
  ['curl: (60) SSL certificate problem', true],
  ['two\nlines', true],
])('%j is an error text: %s', (input, expected) => {
  expect(looksLikeText(input)).toBe(expected);
});
