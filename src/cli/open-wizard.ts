// Wires the wizard to the rest: the wizard itself knows neither the network nor the lab.
import { scenarios } from '../data.ts';
import { diagnose } from '../diagnose.ts';
import { targetIn } from '../intake/paste.ts';
import { looksLikeText, readTarget } from '../intake/url.ts';
import { startScenario } from '../lab/scenario.ts';
import type { Target } from '../model/target.ts';
import type { Engine, Look, Reading, Start } from '../tui/engine.ts';
import type { Args } from './args.ts';
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
    diagnose: (target, signal) => diagnose(target, options, { signal }),
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
    const found: Target | null = targetIn(text);
    return { kind: 'text', target: found };
  }
  const target = readTarget(text, more);
  return target.ok
    ? { kind: 'target', target: target.target }
    : { kind: 'refusal', why: target.why, hint: target.hint ?? null };
}
