// Bytes that no server should send: an answer all the same, whatever they are.
import { expect, test } from 'vitest';
import { readFlight } from '../../../src/wire/flight.ts';

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ''), 'hex');
const text = (line: string) => Buffer.from(line, 'latin1');

test.each([
  ['nothing', Buffer.alloc(0), { kind: 'silent', peerSpeaks: 'silence' }],
  ['HTTP', text('HTTP/1.1 400 Bad Request\r\n\r\n'), { kind: 'not-tls', peerSpeaks: 'HTTP' }],
  ['a bare HTML page', text('<html><head>'), { kind: 'not-tls', peerSpeaks: 'HTTP' }],
  ['SSH', text('SSH-2.0-OpenSSH_9.2\r\n'), { kind: 'not-tls', peerSpeaks: 'SSH' }],
  ['SMTP', text('220 mx.test ESMTP Postfix\r\n'), { kind: 'not-tls', peerSpeaks: 'SMTP' }],
  ['FTP', text('220 (vsFTPd 3.0.5)\r\n'), { kind: 'not-tls', peerSpeaks: 'FTP' }],
  ['POP3', text('+OK ready\r\n'), { kind: 'not-tls', peerSpeaks: 'POP3' }],
  ['IMAP', text('* OK IMAP4rev1\r\n'), { kind: 'not-tls', peerSpeaks: 'IMAP' }],
  ['Redis', text('-ERR unknown command\r\n'), { kind: 'not-tls', peerSpeaks: 'Redis' }],
  [
    'a fatal alert',
    hex('15 0303 0002 0228'),
    { kind: 'tls', alerts: [{ level: 'fatal', number: 40, name: 'handshake_failure' }] },
  ],
  [
    'an alert nobody has named',
    hex('15 0303 0002 02ee'),
    { kind: 'tls', alerts: [{ level: 'fatal', number: 238, name: 'alert 238' }] },
  ],
  ['half a record', hex('16 0303 0100 0200'), { kind: 'tls', version: null, reached: 'nothing' }],
  ['a handshake message of 16 MB announced', hex('16 0303 0004 0bffffff'), { kind: 'tls', certificates: [] }],
  ['a ServerHello cut off inside', hex('16 0303 0008 02000004 03030000'), { kind: 'tls', certificates: [] }],
])('%s', (_what, received, expected) => {
  expect(readFlight({ received, keylog: [] })).toMatchObject(expected);
});

test('an alert flood is not kept', () => {
  const flood = Buffer.concat(Array.from({ length: 50_000 }, () => hex('15 0303 0002 0100')));
  expect(readFlight({ received: flood, keylog: [] }).alerts.length).toBeLessThanOrEqual(16);
});

// xorshift32 with a fixed seed: the same inputs on every run.
test('20,000 mutated flights: no exception', () => {
  let state = 0x9e3779b9;
  const random = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  const seed = Buffer.concat([
    hex(`16 0303 0059 02 000055 0303 ${'11'.repeat(32)} 20 ${'22'.repeat(32)} c02f 00 000d ff01000100 000b00040300 01`),
    hex('16 0303 0012 0b 00000e 00000b 000003 303030 000002 3030'),
    hex('16 0303 0010 0d 00000c 0101 0002 0403 0004 0002 3000'),
    hex('15 0303 0002 0228'),
  ]);
  for (let i = 0; i < 20_000; i += 1) {
    const bytes = Buffer.from(seed.subarray(0, 1 + random(seed.length)));
    for (let n = random(6); n >= 0; n -= 1) bytes[random(bytes.length)] = random(256);
    const flight = readFlight({ received: bytes, keylog: ['SERVER_HANDSHAKE_TRAFFIC_SECRET 00 00', 'nonsense', ''] });
    expect(flight.certificates.length).toBeLessThan(100);
  }
});
