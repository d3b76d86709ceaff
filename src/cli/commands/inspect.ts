// `tlsdoctor inspect`: certificates out of any wrapping, or from a live server; with --ca-file, judged offline.
import { readFile, stat } from 'node:fs/promises';
import { findClient, rulesOf } from '../../clients/client.ts';
import { readTarget } from '../../intake/url.ts';
import type { CertificateInfo } from '../../model/certificate.ts';
import type { Prediction } from '../../model/report.ts';
import { openWorld } from '../../open-world.ts';
import { arrange } from '../../pki/arrangement.ts';
import { type Certificate, certificateInfo } from '../../pki/certificate.ts';
import { readCertificates } from '../../pki/containers.ts';
import { profileOf } from '../../pki/profiles/index.ts';
import { trustStore } from '../../pki/store.ts';
import { verify } from '../../pki/verify.ts';
import { jsonStringify, line } from '../../report/safe-text.ts';
import { type Args, readArgs, UsageError } from '../args.ts';
import { certificateLines } from '../certificate-lines.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { requireFiles } from '../files.ts';

export async function inspect(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('inspect', argv);
  if (args.help) return (await import('../help.ts')).help(['inspect']);
  const [what, ...more] = args.positionals;
  if (what === undefined || more.length > 0)
    throw new UsageError(
      'inspect needs one FILE or TARGET',
      'tlsdoctor inspect chain.pem --host example.com --ca-file roots.pem',
    );
  await requireFiles(args.options);
  const certificates = (await fromFile(what, args)) ?? (await fromServer(what, args));
  const infos = describe(certificates);
  const prediction = args.options.caFiles.length > 0 ? await judge(certificates, args) : null;
  if (args.format === 'json') {
    process.stdout.write(
      `${jsonStringify({ certificates: infos, ...(prediction ? { prediction: { python: prediction } } : {}) }, 2)}\n`,
    );
  } else {
    process.stdout.write(
      certificates.map((certificate, i) => certificateLines(certificate, infos[i]?.role ?? 'unrelated', i)).join('\n'),
    );
    if (prediction) process.stdout.write(`\n${verdictLine(prediction, args)}\n`);
  }
  return prediction && prediction.ok === false ? EXIT.problem : EXIT.healthy;
}

/** The file's certificates in its order; null when there is no such file and the word may be a target. */
async function fromFile(path: string, args: Args): Promise<readonly Certificate[] | null> {
  const found = await stat(path).catch(() => null);
  if (found === null && path !== '-') {
    if (/[/\\]|\.(pem|crt|cer|der|p7b|p7c|p12|pfx)$/i.test(path) && !path.includes('://'))
      throw new UsageError(`cannot read '${path}': no such file`);
    return null;
  }
  const bytes = await readBytes(path);
  const password = args.password === null ? undefined : process.env[args.password];
  if (args.password !== null && password === undefined)
    throw new UsageError(`the environment variable '${args.password}' is not set`);
  const read = await readCertificates(bytes, password === undefined ? {} : { password });
  if (read.certificates.length > 0) return read.certificates;
  if (read.needsPassword)
    throw password === undefined
      ? new UsageError(
          `'${path}' needs a password`,
          'put it in an environment variable and name that with --password NAME',
        )
      : new UsageError(`the password in '${args.password}' does not open '${path}'`);
  const [problem] = read.problems;
  throw new UsageError(
    `'${path}' holds no certificate that can be read${problem ? `: ${problem.message} (at offset ${problem.offset})` : ''}`,
  );
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    if (path !== '-') return await readFile(path);
    const parts: Buffer[] = [];
    for await (const part of process.stdin) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch (error) {
    throw new UsageError(`cannot read '${path}': ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`);
  }
}

/** What a server sends, by the same stages as `check`. */
async function fromServer(input: string, { options }: Args): Promise<readonly Certificate[]> {
  const read = readTarget(input);
  if (!read.ok) throw new UsageError(read.why, read.hint ?? null);
  const { diagnose } = await import('../../diagnose.ts');
  for await (const event of diagnose(read.target, { ...options, offline: true })) {
    if (event.type !== 'report') continue;
    const pems = event.report.chain.sent.map(info => info.pem).join('');
    if (pems !== '') return (await readCertificates(new TextEncoder().encode(pems))).certificates;
    const why = event.report.stages.find(stage => stage.status === 'fail' || stage.status === 'unknown')?.summary;
    throw new UsageError(`${input} sent no certificate${why ? `: ${why}` : ''}`);
  }
  throw new UsageError(`${input} sent no certificate`);
}

/** Roles as a server that sent them so would give them: the first is the leaf. */
function describe(certificates: readonly Certificate[]): CertificateInfo[] {
  const { path, unrelated } = arrange(certificates);
  return certificates.map((certificate, i) => {
    const role =
      i === 0
        ? 'leaf'
        : unrelated.includes(certificate)
          ? 'unrelated'
          : certificate.selfSigned
            ? 'root'
            : 'intermediate';
    return certificateInfo(
      certificate,
      path.length === 1 && i === 0 && certificate.isCa && certificate.selfSigned ? 'root' : role,
    );
  });
}

async function judge(certificates: readonly Certificate[], { options, host }: Args): Promise<Prediction> {
  const anchors = (
    await Promise.all(options.caFiles.map(async path => (await readCertificates(await readBytes(path))).certificates))
  ).flat();
  if (anchors.length === 0) throw new UsageError(`no certificate in '${options.caFiles.join("', '")}'`);
  const [leaf, ...untrusted] = certificates;
  if (!leaf) throw new UsageError('there is no certificate to judge');
  const rules =
    options.profile === null ? rulesOf(await findClient(openWorld(options), false)) : profileOf(options.profile);
  const profile = rules.name;
  const verdict = verify(leaf, untrusted, trustStore(anchors), {
    profile: rules,
    at: options.at === null ? new Date() : new Date(options.at),
    ...(host === null ? {} : { host }),
  });
  return verdict.ok
    ? {
        profile,
        ok: true,
        verifyCode: 0,
        verifyName: verdict.verifyName,
        verifyMessage: verdict.verifyMessage,
        text: null,
        then: [],
      }
    : {
        profile,
        ok: false,
        verifyCode: verdict.verifyCode,
        verifyName: verdict.verifyName,
        verifyMessage: verdict.verifyMessage,
        text: `[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${verdict.verifyMessage}`,
        then: verdict.then,
      };
}

const at = (depth: number | null) => (depth === null ? '' : ` at depth ${depth}`);
function verdictLine(prediction: Prediction, { host }: Args): string {
  const forHost = host === null ? '' : ` for ${host}`;
  if (prediction.ok) return `${prediction.profile} accepts this chain${line(forHost)}.`;
  const then = prediction.then
    .map(answer => `\n  then: ${line(answer.verifyMessage)} (${answer.verifyCode}${at(answer.depth)})`)
    .join('');
  return `${prediction.profile} refuses it${line(forHost)}: ${line(prediction.verifyMessage ?? '')} (${prediction.verifyCode} ${prediction.verifyName})${then}`;
}
