// `tlsdoctor practice`: a faulty server in this process, and a diagnosis of it; no network is touched.
import { scenarios } from '../../data.ts';
import { diagnose } from '../../diagnose.ts';
import { readTarget } from '../../intake/url.ts';
import { type Running, type Scenario, startScenario } from '../../lab/scenario.ts';
import type { Report } from '../../model/report.ts';
import { jsonStringify, line } from '../../report/safe-text.ts';
import { type Args, nearest, readArgs, UsageError } from '../args.ts';
import { EXIT, type ExitCode, exitCodeOf } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import { progressLine } from '../progress.ts';
import { printer } from './print.ts';

export async function practice(argv: readonly string[]): Promise<ExitCode> {
  const args = readArgs('practice', argv);
  if (args.help) return (await import('../help.ts')).help(['practice']);
  const [name, ...more] = args.positionals;
  if (name === undefined) return list(args);
  if (more.length > 0) throw new UsageError('practice takes one name');
  const scenario = scenarioNamed(name);
  const terminal =
    process.stdin.isTTY === true && process.stdout.isTTY === true && args.format === 'text' && !args.serve;
  if (terminal) return (await import('../open-wizard.ts')).openWizard(args, { practice: scenario.id });
  const running = await startScenario(scenario);
  try {
    return args.serve ? await serve(scenario, running) : await report(running, args);
  } finally {
    await running.close();
  }
}

/** @throws UsageError with the nearest name */
export function scenarioNamed(name: string): Scenario {
  const all = scenarios();
  const found = all.find(each => each.id === name);
  if (found) return found;
  const near = nearest(
    name,
    all.map(each => each.id),
  );
  throw new UsageError(
    `there is no practice scenario '${name}'`,
    near ? `did you mean '${near}'?` : 'tlsdoctor practice lists them',
  );
}

function list(args: Args): ExitCode {
  const { lang } = args.options;
  const shown = scenarios().filter(each => each.story);
  if (args.format === 'json')
    process.stdout.write(
      `${jsonStringify(
        shown.map(({ id, title, story }) => ({ id, title: title[lang], story: story?.[lang] })),
        2,
      )}\n`,
    );
  else {
    const widest = Math.max(...shown.map(each => each.id.length));
    process.stdout.write(
      `${shown.map(({ id, title }) => `${id.padEnd(widest)}  ${title[lang]}`).join('\n')}\n\ntlsdoctor practice NAME starts one and diagnoses it; with --serve it stays up for other programs.\n`,
    );
  }
  return EXIT.healthy;
}

async function report(running: Running, args: Args): Promise<ExitCode> {
  const read = readTarget(running.target);
  if (!read.ok) throw new Error(read.why);
  const print = await printer(args.format, args);
  const interrupted = interruptSignal();
  const show = progressLine(process.stderr.isTTY === true);
  let last: Report | null = null;
  const env = { ...sealedEnvironment(), ...running.env };
  for await (const event of diagnose(
    read.target,
    { ...args.options, ...running.options },
    { signal: interrupted, env },
  )) {
    show.event(event);
    if (event.type === 'report') last = event.report;
  }
  show.clear();
  if (interrupted.aborted || last === null) return EXIT.interrupted;
  await print(last);
  return exitCodeOf(last.diagnosis);
}

/** Keeps the servers up and says how to reach them, as one line each that a shell or a test can use. */
async function serve(scenario: Scenario, running: Running): Promise<ExitCode> {
  const interrupted = interruptSignal();
  const env = Object.entries(running.env)
    .map(([name, value]) => `${name}=${quoted(value)} `)
    .join('');
  process.stdout.write(
    [
      `${line(scenario.title.en)}`,
      `target: ${running.target}`,
      `check:  ${env}tlsdoctor check ${[running.target, ...running.args].map(quoted).join(' ')}`,
      ...(running.trustFile
        ? [`python: python3 -c "import requests; requests.get('${running.target}', verify='${running.trustFile}')"`]
        : []),
      'Ctrl-C stops the servers and removes the files.',
      '',
    ].join('\n'),
  );
  await new Promise<void>(resolve => interrupted.addEventListener('abort', () => resolve(), { once: true }));
  return EXIT.interrupted;
}

/** The environment without what would lead a client elsewhere: a scenario is the same on every machine. */
export function sealedEnvironment(): Record<string, string | undefined> {
  const leading = /^(REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|SSL_CERT_FILE|SSL_CERT_DIR|(https?|all|no)_proxy)$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !leading.test(name)));
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
