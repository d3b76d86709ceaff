import { describe, expect, test } from 'vitest';
import { ipOctets, ipText, matchesHost, matchesIp, matchesPattern, nameFromDer } from '../../../src/pki/names.ts';
import { name, X } from '../../parity/chains.ts';
import { sequence, text } from '../../parity/der-builder.ts';
import { authority, server } from './maker.ts';

const root = authority('root');

test.each([
  ['the same name', 'example.com', 'example.com', true],
  ['the same name in other case', 'Example.COM', 'eXample.com', true],
  ['a wildcard, one label', '*.example.com', 'www.example.com', true],
  ['a wildcard never spans two labels', '*.example.com', 'a.b.example.com', false],
  ['a wildcard is not nothing', '*.example.com', '.example.com', true], // “.example.com” asks for any subdomain
  ['a wildcard does not match the bare domain', '*.example.com', 'example.com', false],
  ['no partial wildcards (CPython’s flag)', 'w*.example.com', 'www.example.com', false],
  ['a wildcard for a whole public suffix is taken', '*.co.uk', 'example.co.uk', true],
  ['a wildcard needs two dots after it', '*.com', 'example.com', false],
  ['no label with an underscore', '*.example.com', 'a_b.example.com', false],
  ['an underscore without wildcard is fine', 'a_b.example.com', 'a_b.example.com', true],
  ['an IDNA label under a whole wildcard', '*.example.com', 'xn--bcher-kva.example.com', true],
  ['no wildcard in the second label', 'a.*.example.com', 'a.b.example.com', false],
  ['a trailing dot on one side only', 'example.com', 'example.com.', false],
  ['an embedded NUL', 'example.com\0.evil.test', 'example.com', false],
  ['labels must not end in a hyphen', '*.a-.com', 'x.a-.com', false],
])('%s: %s for %s', (_, pattern, host, expected) => {
  expect(matchesPattern(pattern, host)).toBe(expected);
});

describe('the common name', () => {
  const ip = { [X.san]: { critical: false, value: sequence(text(0x87, '\x01\x02\x03\x04')) } };
  test.each([
    ['counts when there is no SAN', server([], root, { commonName: 'example.com' }), 'fallback', true],
    ['counts beside an IP SAN', server([], root, { commonName: 'example.com', extensions: ip }), 'fallback', true],
    ['does not count beside a DNS SAN', server(['other.test'], root, { commonName: 'example.com' }), 'fallback', false],
    ['never counts for urllib3 2', server([], root, { commonName: 'example.com' }), 'never', false],
  ] as const)('%s', (_, { certificate }, commonName, expected) => {
    expect(matchesHost(certificate, 'example.com', commonName)).toBe(expected);
  });

  test('never stands for an address', () => {
    const { certificate } = server(['1.2.3.4'], root, { commonName: '1.2.3.4' });
    expect(matchesIp(certificate, Uint8Array.of(1, 2, 3, 4))).toBe(false);
    expect(matchesIp(server([], root, { extensions: ip }).certificate, Uint8Array.of(1, 2, 3, 4))).toBe(true);
  });
});

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:db8::7', '2001:db8::7'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['fe80::ffff:192.0.2.1', 'fe80::ffff:c000:201'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
  ['1::', '1::'],
])('address %s', (given, expected) => {
  const octets = ipOctets(given);
  expect(octets && ipText(octets)).toBe(expected);
});

test.each(['example.com', '1.2.3', '[::1]', 'fe80::1%eth0', '', '1.2.3.4.'])('%s is no address', host => {
  expect(ipOctets(host)).toBeNull();
});

describe('distinguished names', () => {
  const of = (value: string, tag = 0x0c) => nameFromDer(name([['2.5.4.10', value]], tag));
  test.each([
    ['case', 'Example', 'eXAMPLE', true],
    ['white space around', 'Example', '  Example ', true],
    ['white space within', 'Example  Inc', 'Example Inc', true],
    ['another string type', 'Example', 'Example', true, 0x13],
    ['letters beyond ASCII keep their case', 'Ä', 'ä', false],
    ['another value', 'Example', 'Examples', false],
  ] as const)('%s', (_, a, b, same, tag: number = 0x0c) => {
    expect(
      of(Buffer.from(a).toString('latin1')).canonical === of(Buffer.from(b).toString('latin1'), tag).canonical,
    ).toBe(same);
  });

  test('are printed as OpenSSL’s oneline form, separators escaped', () => {
    const printed = nameFromDer(
      name([
        ['2.5.4.6', 'US'],
        ['2.5.4.10', 'A, B + C'],
        ['1.2.3', 'x'],
        ['2.5.4.3', 'R10'],
      ]),
    ).text;
    expect(printed).toBe('C=US, O=A\\, B \\+ C, 1.2.3=x, CN=R10');
  });
});
