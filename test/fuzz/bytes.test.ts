// Bytes from outside, bent in every way a fixed dice knows: every parser of bytes must come to an answer, without a throw
// and before the runner's limit. The same inputs in every run; FUZZ_ROUNDS=50 makes it fifty times as many, FUZZ_SEED other
// ones. What was once found stands in corpus.json and is tried first.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type Certificate,
  certificateInfo,
  MalformedCertificate,
  parseCertificate,
} from '../../src/pki/certificate.ts';
import { readCertificates } from '../../src/pki/containers.ts';
import { readCrl } from '../../src/pki/crl.ts';
import { readOcspResponse } from '../../src/pki/ocsp.ts';
import { trustStore } from '../../src/pki/store.ts';
import { verify } from '../../src/pki/verify.ts';
import { readFlight } from '../../src/wire/flight.ts';
import { Dice } from '../parity/chains.ts';

interface Seeds {
  /** When they were made. */
  readonly at: string;
  readonly certificates: Readonly<Record<string, string>>;
  readonly ocsp: Readonly<Record<string, string>>;
  readonly crl: Readonly<Record<string, string>>;
  readonly containers: Readonly<Record<string, string>>;
  readonly flights: readonly { readonly received: string; readonly keylog: readonly string[] }[];
}

// Right ones, recorded once from the lab (certificates, OCSP, CRL, handshakes) and from openssl (PKCS#7, PKCS#12), in base64.
const seeds = read<Seeds>('seeds.json');
const corpus =
  read<Readonly<Record<string, readonly { readonly found: string; readonly bytes: string }[]>>>('corpus.json');
const at = new Date(seeds.at);
const rounds = Number(process.env.FUZZ_ROUNDS ?? 1);
const seed = Number(process.env.FUZZ_SEED ?? 20_261_123);

const good = Object.values(seeds.certificates).map(bytesOf);
const [root, issuing, , leaf] = good.map(der => parseCertificate(der));
if (!root || !issuing || !leaf) throw new Error('seeds.json lacks certificates');
const anchors = trustStore([root]);

/** What is tried, how often, on which right inputs, and what must hold of the answer. */
const PARSERS: Readonly<
  Record<string, { inputs: readonly Uint8Array[]; times: number; use: (bytes: Uint8Array) => unknown }>
> = {
  certificate: { inputs: good, times: 6000, use: useCertificate },
  container: {
    inputs: [...Object.values(seeds.containers).map(bytesOf), ...good],
    times: 1500,
    use: async bytes => {
      const { certificates, problems } = await readCertificates(bytes, { password: 'x' });
      for (const certificate of certificates.slice(0, 4)) look(certificate);
      expect(problems.length).toBeLessThanOrEqual(100);
    },
  },
  ocsp: {
    inputs: Object.values(seeds.ocsp).map(bytesOf),
    times: 6000,
    use: bytes => {
      const answer = readOcspResponse(bytes, leaf, root, at);
      if (answer.status !== 'unknown') expect(answer.signatureValid).toBe(true);
      if (answer.status === 'unknown') expect(answer.problem).not.toBeNull();
    },
  },
  crl: {
    inputs: Object.values(seeds.crl).map(bytesOf),
    times: 6000,
    use: bytes => {
      const list = readCrl(bytes, root, at);
      list.lookup(leaf.serial);
      if (!list.signatureValid) expect(list.problem).not.toBeNull();
    },
  },
  ...Object.fromEntries(
    seeds.flights.map(({ received, keylog }, i) => [
      `flight ${i + 1}`,
      {
        inputs: [bytesOf(received)],
        times: 2500,
        use: (bytes: Uint8Array) => {
          const flight = readFlight({ received: bytes, keylog });
          expect(flight.firstBytes.length).toBeLessThanOrEqual(80);
          expect(flight.alerts.length).toBeLessThanOrEqual(16);
        },
      },
    ]),
  ),
};

describe.each(Object.entries(PARSERS))('%s', (name, { inputs, times, use }) => {
  test('what was found before', async () => {
    for (const { bytes } of corpus[name] ?? []) await use(bytesOf(bytes));
  });

  test('right inputs', async () => {
    for (const input of inputs) await use(input);
  });

  test(`${times} bent ones`, async () => {
    const dice = new Dice(seed);
    for (let i = 0; i < times * rounds; i += 1) {
      const input = dice.pick(inputs);
      const bytes = dice.chance(0.5) ? rebuilt(input, dice) : bent(input, dice, inputs);
      try {
        await use(bytes);
      } catch (error) {
        throw new Error(`input ${i}: ${String(error)}\n${Buffer.from(bytes).toString('base64')}`, { cause: error });
      }
    }
  }, 120_000);
});

function useCertificate(bytes: Uint8Array): void {
  let certificate: Certificate;
  try {
    certificate = parseCertificate(bytes);
  } catch (error) {
    // Its one way to say no.
    expect(error).toBeInstanceOf(MalformedCertificate);
    return;
  }
  look(certificate);
}

/** Everything there is to see of a certificate, and a verdict with it in every place of the chain. */
function look(certificate: Certificate): void {
  certificateInfo(certificate, 'leaf');
  void [
    certificate.extensions,
    certificate.key,
    certificate.publicKey,
    certificate.signatureInfo,
    certificate.selfSigned,
  ];
  void [
    certificate.altNames,
    certificate.caIssuersUrls,
    certificate.ocspUrls,
    certificate.crlUrls,
    certificate.policies,
  ];
  void [certificate.signedTimestamps, certificate.mustStaple, certificate.ocspNoCheck, certificate.commonName];
  const how = { host: 'www.example.com', at, profile: 'python3.13' } as const;
  verify(certificate, [issuing as Certificate], anchors, how);
  verify(leaf as Certificate, [certificate], trustStore([certificate]), how);
}

/** One to four changes: bits, bytes that mean something in DER and TLS, lengths, cuts, repeats, grafts from another input. */
function bent(input: Uint8Array, dice: Dice, others: readonly Uint8Array[]): Uint8Array {
  let bytes = Buffer.from(input);
  for (let changes = 1 + dice.below(4); changes > 0; changes -= 1) {
    const place = dice.below(bytes.length + 1);
    const length = 1 + dice.below(dice.chance(0.8) ? 8 : 200);
    switch (dice.below(8)) {
      case 0:
        bytes[place] = (bytes[place] ?? 0) ^ (1 << dice.below(8));
        break;
      case 1:
        bytes[place] = dice.pick([
          0, 1, 2, 3, 5, 6, 0x0c, 0x17, 0x18, 0x24, 0x30, 0x31, 0x7f, 0x80, 0x81, 0x84, 0x88, 0xa0, 0xff,
        ]);
        break;
      case 2: // an announced length
        bytes.set(
          [0x84, dice.below(256), 0xff, 0xff, dice.below(256)].slice(0, Math.max(0, bytes.length - place)),
          Math.min(place, bytes.length),
        );
        break;
      case 3:
        bytes = bytes.subarray(0, place);
        break;
      case 4:
        bytes = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + length)]);
        break;
      case 5: {
        const piece = bytes.subarray(place, place + length);
        const times = dice.chance(0.9) ? 1 : 400;
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          ...Array.from({ length: times }, () => piece),
          bytes.subarray(place),
        ]);
        break;
      }
      case 6: {
        const other = dice.pick(others);
        const from = dice.below(other.length);
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          other.subarray(from, from + length * 4),
          bytes.subarray(place),
        ]);
        break;
      }
      default: // nested deeply
        bytes = Buffer.concat([
          bytes.subarray(0, place),
          Buffer.alloc(dice.below(2000), dice.pick([0x30, 0x80, 0x24, 0xa0])),
          bytes.subarray(place),
        ]);
    }
  }
  return Uint8Array.from(bytes);
}

/** A node of the DER tree is changed and every length above it made right again: what a parser looks into, not what it refuses. */
function rebuilt(input: Uint8Array, dice: Dice): Uint8Array {
  const tree = nodesOf(input, 0);
  const all: Node[] = [];
  const walk = (nodes: Node[]) => {
    for (const node of nodes) {
      all.push(node);
      if (node.inside) walk(node.inside);
    }
  };
  walk(tree);
  for (let changes = 1 + dice.below(3); changes > 0 && all.length > 0; changes -= 1) {
    const node = dice.pick(all);
    const donor = copyOf(dice.pick(all));
    switch (dice.below(7)) {
      case 0:
        node.tag = dice.pick([...TAGS, donor.tag]);
        break;
      case 1:
        node.inside?.splice(dice.below(node.inside.length + 1), 1);
        break;
      case 2:
        node.inside?.splice(dice.below(node.inside.length + 1), 0, ...(donor.inside ?? [donor]).slice(0, 40));
        break;
      case 3:
        node.inside = null;
        node.content = Uint8Array.from({ length: dice.below(40) }, () => dice.below(256));
        break;
      case 4:
        node.content = donor.content;
        node.inside = donor.inside;
        break;
      case 5:
        node.inside = null;
        node.content = new Uint8Array();
        break;
      default:
        node.content = node.content.map(octet => (dice.chance(0.1) ? dice.below(256) : octet));
    }
  }
  return Buffer.concat(tree.map(node => written(node)));
}

interface Node {
  tag: number;
  content: Uint8Array;
  inside: Node[] | null;
}

const TAGS = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0a, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x30, 0x31, 0x80, 0x82, 0xa0, 0xa3,
];

function nodesOf(bytes: Uint8Array, depth: number): Node[] {
  const nodes: Node[] = [];
  for (let i = 0; i + 2 <= bytes.length; ) {
    const first = bytes[i + 1] ?? 0;
    const more = first & 0x80 ? first & 0x7f : 0;
    const length = more ? Buffer.from(bytes).readUIntBE(i + 2, Math.min(more, 6, bytes.length - i - 2) || 1) : first;
    const content = bytes.slice(i + 2 + more, i + 2 + more + length);
    const tag = bytes[i] ?? 0;
    // Extensions and keys stand in OCTET and BIT STRINGs.
    const opens = tag & 0x20 || (tag === 0x04 && content[0] === 0x30);
    nodes.push({ tag, content, inside: opens && depth < 12 ? nodesOf(content, depth + 1) : null });
    i += 2 + more + length;
  }
  return nodes;
}

const copyOf = ({ tag, content, inside }: Node): Node => ({ tag, content, inside: inside?.map(copyOf) ?? null });

function written({ tag, content: plain, inside }: Node): Uint8Array {
  const content = inside ? Buffer.concat(inside.map(written)) : plain;
  const { length } = content;
  const head =
    length < 0x80
      ? [length]
      : length < 0x10000
        ? [0x82, length >> 8, length & 255]
        : [0x83, length >> 16, (length >> 8) & 255, length & 255];
  return Buffer.concat([Uint8Array.of(tag, ...head), content]);
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(Buffer.from(base64, 'base64'));
}

function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}
