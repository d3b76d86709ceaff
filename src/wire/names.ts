// Numbers of the TLS registries and what they are called.

/** RFC 8446 §6, RFC 5246 §7.2 and RFC 6066 §9. */
export const ALERTS: Readonly<Record<number, string>> = {
  0: 'close_notify', 10: 'unexpected_message', 20: 'bad_record_mac', 21: 'decryption_failed', 22: 'record_overflow',
  30: 'decompression_failure', 40: 'handshake_failure', 41: 'no_certificate', 42: 'bad_certificate',
  43: 'unsupported_certificate', 44: 'certificate_revoked', 45: 'certificate_expired', 46: 'certificate_unknown',
  47: 'illegal_parameter', 48: 'unknown_ca', 49: 'access_denied', 50: 'decode_error', 51: 'decrypt_error',
  60: 'export_restriction', 70: 'protocol_version', 71: 'insufficient_security', 80: 'internal_error',
  86: 'inappropriate_fallback', 90: 'user_canceled', 100: 'no_renegotiation', 109: 'missing_extension',
  110: 'unsupported_extension', 111: 'certificate_unobtainable', 112: 'unrecognized_name',
  113: 'bad_certificate_status_response', 114: 'bad_certificate_hash_value', 115: 'unknown_psk_identity',
  116: 'certificate_required', 120: 'no_application_protocol', 121: 'ech_required',
};

export const VERSIONS: Readonly<Record<number, string>> = { 0x0300: 'SSLv3', 0x0301: 'TLSv1', 0x0302: 'TLSv1.1', 0x0303: 'TLSv1.2', 0x0304: 'TLSv1.3' };

export const GROUPS: Readonly<Record<number, string>> = {
  19: 'P-192', 21: 'P-224', 22: 'secp256k1', 23: 'P-256', 24: 'P-384', 25: 'P-521', 26: 'brainpoolP256r1', 27: 'brainpoolP384r1',
  28: 'brainpoolP512r1', 29: 'X25519', 30: 'X448', 256: 'ffdhe2048', 257: 'ffdhe3072', 258: 'ffdhe4096', 259: 'ffdhe6144',
  260: 'ffdhe8192', 4587: 'SecP256r1MLKEM768', 4588: 'X25519MLKEM768', 4589: 'SecP384r1MLKEM1024',
};

/** How the keys are agreed on, by which ServerKeyExchange is read. */
export type KeyExchange = 'TLS1.3' | 'ECDHE' | 'DHE' | 'RSA' | 'other';

/** IANA number → OpenSSL's name and key exchange, for the suites a server of today could choose. */
export const CIPHERS: Readonly<Record<number, readonly [name: string, exchange: KeyExchange]>> = {
  0x1301: ['TLS_AES_128_GCM_SHA256', 'TLS1.3'], 0x1302: ['TLS_AES_256_GCM_SHA384', 'TLS1.3'],
  0x1303: ['TLS_CHACHA20_POLY1305_SHA256', 'TLS1.3'], 0x1304: ['TLS_AES_128_CCM_SHA256', 'TLS1.3'],
  0x1305: ['TLS_AES_128_CCM_8_SHA256', 'TLS1.3'],
  0xc02b: ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE'], 0xc02c: ['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE'],
  0xc02f: ['ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE'], 0xc030: ['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE'],
  0xcca8: ['ECDHE-RSA-CHACHA20-POLY1305', 'ECDHE'], 0xcca9: ['ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE'],
  0xccaa: ['DHE-RSA-CHACHA20-POLY1305', 'DHE'], 0xc023: ['ECDHE-ECDSA-AES128-SHA256', 'ECDHE'],
  0xc024: ['ECDHE-ECDSA-AES256-SHA384', 'ECDHE'], 0xc027: ['ECDHE-RSA-AES128-SHA256', 'ECDHE'],
  0xc028: ['ECDHE-RSA-AES256-SHA384', 'ECDHE'], 0xc009: ['ECDHE-ECDSA-AES128-SHA', 'ECDHE'],
  0xc00a: ['ECDHE-ECDSA-AES256-SHA', 'ECDHE'], 0xc013: ['ECDHE-RSA-AES128-SHA', 'ECDHE'],
  0xc014: ['ECDHE-RSA-AES256-SHA', 'ECDHE'], 0xc0ac: ['ECDHE-ECDSA-AES128-CCM', 'ECDHE'],
  0xc0ad: ['ECDHE-ECDSA-AES256-CCM', 'ECDHE'], 0x009e: ['DHE-RSA-AES128-GCM-SHA256', 'DHE'],
  0x009f: ['DHE-RSA-AES256-GCM-SHA384', 'DHE'], 0x0067: ['DHE-RSA-AES128-SHA256', 'DHE'],
  0x006b: ['DHE-RSA-AES256-SHA256', 'DHE'], 0x0033: ['DHE-RSA-AES128-SHA', 'DHE'], 0x0039: ['DHE-RSA-AES256-SHA', 'DHE'],
  0x0016: ['DHE-RSA-DES-CBC3-SHA', 'DHE'], 0x009c: ['AES128-GCM-SHA256', 'RSA'], 0x009d: ['AES256-GCM-SHA384', 'RSA'],
  0x003c: ['AES128-SHA256', 'RSA'], 0x003d: ['AES256-SHA256', 'RSA'], 0x002f: ['AES128-SHA', 'RSA'], 0x0035: ['AES256-SHA', 'RSA'],
  0x000a: ['DES-CBC3-SHA', 'RSA'], 0x0005: ['RC4-SHA', 'RSA'], 0x0041: ['CAMELLIA128-SHA', 'RSA'], 0x0084: ['CAMELLIA256-SHA', 'RSA'],
  0xc09c: ['AES128-CCM', 'RSA'], 0xc09d: ['AES256-CCM', 'RSA'], 0xc09e: ['DHE-RSA-AES128-CCM', 'DHE'], 0xc09f: ['DHE-RSA-AES256-CCM', 'DHE'],
};

/** What a peer that speaks no TLS seems to speak, by its first bytes. */
export function protocolOf(first: Uint8Array): string {
  const text = Buffer.from(first.buffer, first.byteOffset, Math.min(first.length, 256)).toString("latin1");
  for (const [pattern, name] of GREETINGS) if (pattern.test(text)) return name;
  return 'unknown';
}

const GREETINGS: readonly (readonly [RegExp, string])[] = [
  [/^HTTP\/\d/, 'HTTP'],
  [/^\s{0,8}<(!doctype|html|\?xml)/i, 'HTTP'],
  [/^SSH-\d/, 'SSH'],
  [/^220[ -][^\r\n]{0,200}(ftp|FileZilla|Pure-FTPd|vsFTPd)/i, 'FTP'],
  [/^[245]\d\d[ -][^\r\n]{0,200}(smtp|mail|postfix|exim|sendmail)/i, 'SMTP'],
  [/^220[ -]/, 'SMTP or FTP'],
  [/^5\d\d[ -]/, 'SMTP or FTP'],
  [/^\+OK/, 'POP3'],
  [/^\* (OK|PREAUTH|BYE)/, 'IMAP'],
  [/^-(ERR|DENIED|NOAUTH)/, 'Redis'],
  [/^RFB \d/, 'VNC'],
  [/^[\s\S]{3}\x00[\x09\x0a\xff]/, 'MySQL'],
  [/^[ENS]([\s\S]{4}|$)(S|C|$)/, 'PostgreSQL'],
  [/^<(\?xml|stream:)/, 'XMPP'],
  [/^0[\s\S]\x02\x01/, 'LDAP'],
  [/^(AMQP|PRI \*)/, 'AMQP or HTTP/2'],
];
