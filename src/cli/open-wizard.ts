// Wires the wizard to the rest: the wizard itself knows neither the network nor the lab.
import { causes, errors, scenarios, unsafeAdvices } from '../data.ts';
import { diagnose } from '../diagnose.ts';
import { targetIn } from '../intake/paste.ts';
import { probeOf, seenAgain } from '../intake/probe.ts';
import { looksLikeText, readTarget } from '../intake/url.ts';
import { startScenario } from '../lab/scenario.ts';
import { explanationParts } from '../report/explanation.ts';
import type { Engine, Look, Reading, Start } from '../tui/engine.ts';
import type { Args } from './args.ts';
import { explainGiven } from './commands/explain.ts';
import { scenarioNamed, sealedEnvironment } from './commands/practice.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exit.ts';
import { outputStyle, thisPlatform } from './terminal.ts';

/** Opens the wizard on a terminal; line by line where it cannot be drawn. */
export async function openWizard(args: Args, start: Start): Promise<ExitCode> {
  const { colour, unicode } = outputStyle(process.stdout);
  const look: Look = { colour, unicode, lang: args.options.lang, platform: thisPlatform() };
  const plain = process.env.TERM === 'dumb' || process.env.INK_SCREEN_READER === 'true';
  const engine = engineFor(args);
  const status = plain
    ? await (await import('../tui/plain.ts')).runPlainWizard(engine, look, start)
    : await (await import('../tui/main.ts')).runWizard(engine, look, start);
  return status === null ? EXIT.interrupted : exitCodeOf({ status });
}

function engineFor({ options }: Args): Engine {
  const { lang } = options;
  const list = scenarios().flatMap(({ id, title, story }) =>
    story ? [{ id, title: title[lang], story: story[lang] }] : [],
  );
  return {
    read: text => read(text, options),
    diagnose: (target, signal, clue) => {
      const probe = clue ? probeOf(clue) : null;
      // What was asked for on the command line outweighs what the text says.
      const asThere = {
        ...options,
        proxy: options.proxy === undefined && probe?.proxy ? probe.proxy : options.proxy,
        proxyOf: options.proxyOf ?? probe?.proxyOf ?? null,
        profile: options.profile ?? probe?.profile ?? null,
      };
      return diagnose(target, asThere, { signal });
    },
    compare: (clue, report) => {
      const entry = errors().find(each => each.id === clue.error);
      const said = AGAIN[entry ? seenAgain(clue, entry, report) : 'unknown'][lang];
      const now = report.prediction.python.text;
      return now === null || report.diagnosis.status === 'healthy' ? said : `${said} ${now}`;
    },
    practice: {
      list: () => list,
      async *diagnose(id, signal) {
        const running = await startScenario(scenarioNamed(id));
        try {
          const target = readTarget(running.target);
          if (!target.ok) throw new Error(target.why);
          yield* diagnose(
            target.target,
            { ...options, ...running.options },
            { signal, env: { ...sealedEnvironment(), ...running.env } },
          );
        } finally {
          await running.close();
        }
      },
    },
  };
}

function read(text: string, options: Args['options']): Reading {
  const more = {
    ...(options.servername === null ? {} : { servername: options.servername }),
    ...(options.starttls === null ? {} : { starttls: options.starttls }),
  };
  if (looksLikeText(text)) {
    const explanation = explainGiven(text);
    const clue = explanation.primary;
    return {
      kind: 'text',
      target: clue ? probeOf(clue).target : targetIn(text),
      understood: clue
        ? {
            clue,
            parts: explanationParts(
              explanation,
              { errors: errors(), causes: causes(), unsafe: unsafeAdvices() },
              options.lang,
            ),
          }
        : null,
    };
  }
  const target = readTarget(text, more);
  return target.ok
    ? { kind: 'target', target: target.target }
    : { kind: 'refusal', why: target.why, hint: target.hint ?? null };
}

/** Is what the text said still so? */
const AGAIN = {
  same: { en: 'This is the error the text is about, and it is seen now.', zh: '这正是文中的错误，现在仍能看到。' },
  gone: {
    en: 'The error of the text is not seen now: what was wrong there has changed, or this machine differs.',
    zh: '现在看不到文中的错误：当时的问题已经改变，或者本机情况不同。',
  },
  other: {
    en: 'Not the error of the text: what is seen now is another one.',
    zh: '与文中的错误不同：现在看到的是另一个。',
  },
  unknown: { en: 'Whether this is the error of the text could not be found out.', zh: '无法确定这是不是文中的错误。' },
} as const;
