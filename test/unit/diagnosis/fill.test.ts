// Values in sentences and in commands. In commands they are hostile: whoever names a certificate or a host wrote them.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { fillCommand, fillText, placeholdersOf, type Values } from '../../../src/diagnosis/fill.ts';
import type { Platform } from '../../../src/model/knowledge.ts';
import { healthyBut, type Row, UNKNOWN } from './facts.ts';

const ABOUT = { host: '2001:db8::1', port: 8443, url: 'https://[2001:db8::1]:8443/a?b=1&c=2' };
const values = (row: Row): Values => ({ seen: healthyBut(row), about: ABOUT });

describe('sentences', () => {
  test.each<[name: string, text: string, row: Row, en: string, zh: string]>([
    ['a list', '{chain.missing}', { 'chain.missing': ['A', 'B'] }, 'A, B', 'A、B'],
    ['an empty list', '{chain.missing}', {}, 'none', '无'],
    [
      'a long list is cut',
      '{chain.missing}',
      { 'chain.missing': [...'abcdefgh'] },
      'a, b, c, d, e, f and 2 more',
      'a、b、c、d、e、f 等（另有 2 项）',
    ],
    ['the first', '{chain.missing|first}', { 'chain.missing': ['A', 'B'] }, 'A', 'A'],
    ['not known', '{chain.missing}', { 'chain.missing': UNKNOWN }, '(not known)', '（未知）'],
    [
      'a time',
      '{expiry.leafNotAfter}',
      { 'expiry.leafNotAfter': '2027-01-01T08:30:00.000Z' },
      '2027-01-01 08:30 UTC',
      '2027-01-01 08:30 UTC',
    ],
    ['days since', '{expiry.daysLeft|abs}', { 'expiry.daysLeft': -12 }, '12', '12'],
    ['a duration', '{clock.skewSeconds|duration}', { 'clock.skewSeconds': -63_115_200 }, '2 years', '2 年'],
    ['a short duration', '{clock.skewSeconds|duration}', { 'clock.skewSeconds': 3600 }, '60 minutes', '60 分钟'],
    ['the common name', '{trust.anchor|cn}', { 'trust.anchor': "C=US, O=Let's Encrypt, CN=R10" }, 'R10', 'R10'],
    [
      'a name without one',
      '{trust.anchor|cn}',
      { 'trust.anchor': 'C=US, O=Old CA' },
      'C=US, O=Old CA',
      'C=US, O=Old CA',
    ],
    ['our own words', '{expiry.expired}', { 'expiry.expired': ['leaf', 'root'] }, 'leaf, root', '服务器证书、根证书'],
    [
      'the target',
      '{host} {port} {endpoint}',
      {},
      '2001:db8::1 8443 [2001:db8::1]:8443',
      '2001:db8::1 8443 [2001:db8::1]:8443',
    ],
    // A value is never looked into for further placeholders, nor for replacement patterns.
    [
      'a value that looks like a placeholder',
      '{hostname.asked}',
      { 'hostname.asked': '{trust.store} $& $1' },
      '{trust.store} $& $1',
      '{trust.store} $& $1',
    ],
  ])('%s', (_name, text, row, en, zh) => {
    expect([fillText(text, values(row), 'en'), fillText(text, values(row), 'zh')]).toEqual([en, zh]);
  });

  test('a name made to make the pattern slow', () => {
    const started = performance.now();
    fillText('{trust.anchor|cn}', values({ 'trust.anchor': 'CN='.repeat(300_000) }), 'en');
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('commands', () => {
  test.each<[name: string, store: string | typeof UNKNOWN, platform: Platform, command: string]>([
    ['plain stays plain', '/etc/ssl/cert.pem', 'linux', 'ls /etc/ssl/cert.pem'],
    ['a space', '/my certs/a.pem', 'linux', "ls '/my certs/a.pem'"],
    ['a quotation mark', "/it's", 'linux', "ls '/it'\\''s'"],
    ['substitution', '$(reboot)`x`', 'macos', "ls '$(reboot)`x`'"],
    ['PowerShell doubles it', "C:\\it's", 'windows', "ls 'C:\\it''s'"],
    // PowerShell ends a string at U+2019 as well.
    ['a typographic mark in PowerShell', 'a’; calc', 'windows', "ls 'a’’; calc'"],
    ['what both shells cannot quote alike', "it's", 'any', 'ls CA_BUNDLE.pem'],
    ['an option in disguise', '-rf', 'linux', 'ls CA_BUNDLE.pem'],
    ['a line break', '/a\nreboot', 'linux', 'ls CA_BUNDLE.pem'],
    ['an escape sequence', '/a\u001b[2J', 'linux', 'ls CA_BUNDLE.pem'],
    ['letters that turn the line around', '/a\u202eb', 'linux', 'ls CA_BUNDLE.pem'],
    ['not known', UNKNOWN, 'linux', 'ls CA_BUNDLE.pem'],
  ])('%s', (_name, store, platform, command) => {
    expect(fillCommand('ls {trust.store}', platform, values({ 'trust.store': store }))).toBe(command);
  });

  test('the shell gets exactly the value', () => {
    for (const value of ["a'b", 'a"b', '$HOME', '`id`', 'a\\', '!x', '* ?', '&& echo pwned', 'ü 漢字', "'''"]) {
      const command = fillCommand('printf %s {trust.store}', 'linux', values({ 'trust.store': value }));
      expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe(value);
    }
  });

  test('nothing is known of the target: words to replace', () => {
    expect(fillCommand('x {host} {port} {endpoint} {url}', 'any', { seen: {}, about: null })).toBe(
      'x HOST PORT HOST:PORT URL',
    );
  });
});

test('the placeholders of a text', () => {
  expect(placeholdersOf('{host} {a.bC|first} {not one} {}')).toEqual(['host', 'a.bC']);
});
