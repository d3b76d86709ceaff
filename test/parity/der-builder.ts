// DER from the inside out, for certificates that no honest tool would make.

/** An element: tag, and contents joined. */
export function tlv(tag: number, ...contents: Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  const length = content.length;
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return Buffer.concat([Buffer.from(length < 128 ? [tag, length] : [tag, 0x80 | octets.length, ...octets]), content]);
}

export const sequence = (...contents: Uint8Array[]) => tlv(0x30, ...contents);
export const set = (...contents: Uint8Array[]) => tlv(0x31, ...contents);
export const octets = (content: Uint8Array) => tlv(0x04, content);
export const boolean = (value: boolean) => tlv(0x01, Buffer.from([value ? 0xff : 0]));
export const text = (tag: number, value: string) => tlv(tag, Buffer.from(value, 'latin1'));

export function integer(value: number | Uint8Array): Buffer {
  if (typeof value !== 'number') return tlv(0x02, value);
  const content: number[] = [];
  let rest = value;
  do {
    content.unshift(rest & 0xff);
    rest = Math.floor(rest / 256);
  } while (rest > 0);
  if ((content[0] ?? 0) >= 0x80) content.unshift(0);
  return tlv(0x02, Buffer.from(content));
}

export function bits(content: Uint8Array, unused = 0): Buffer {
  return tlv(0x03, Buffer.from([unused]), content);
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const octet = (arc: number) => {
    const found = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) found.unshift((rest & 0x7f) | 0x80);
    return found;
  };
  return tlv(0x06, Buffer.from([first * 40 + second, ...arcs].flatMap(octet)));
}

/** RFC 5280's choice: UTCTime until 2049, GeneralizedTime after. */
export function time(epoch: number): Buffer {
  const digits = new Date(epoch * 1000).toISOString().replace(/[-:T]|\.\d+/g, '');
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050 ? text(0x17, digits.slice(2)) : text(0x18, digits);
}
