// Opens the wizard and closes it. What is written where: everything to stdout, on the alternate screen, which is left on
// every way out (return, Ctrl-C at any moment, SIGTERM, SIGHUP, a crash); the last word, one line, to the screen the person came from.
import type { Diagnosis } from '../model/diagnosis.ts';
import { line, typewritten } from '../report/safe-text.ts';
import { words } from '../report/words.ts';
import type { Engine, Look, Start } from './engine.ts';
import { ASK, next, type Screen } from './screen.ts';
import { wizardWords } from './words.ts';

/** Runs until the person leaves. @returns null after Ctrl-C, else the last diagnosis' status (healthy when there was none) */
export async function runWizard(engine: Engine, look: Look, start: Start): Promise<Diagnosis['status'] | null> {
  const { stdout } = process;
  const said = wizardWords(look.lang);
  let inside = true;
  const leave = () => {
    if (!inside) return;
    inside = false;
    stdout.write('\u001b[?2004l\u001b[?25h\u001b[?1049l');
  };
  // Ink re-raises signals, and 'exit' is not emitted then: leave the alternate screen before it does, and end as the
  // signal would have (128 + its number).
  const ends = SIGNALS.map(([signal, code]) => {
    const end = () => {
      leave();
      process.exit(code);
    };
    process.prependListener(signal, end);
    return [signal, end] as const;
  });
  process.once('exit', leave);

  // Before Ink is loaded: a person sees at once that something has started.
  stdout.write(`\u001b[?1049h\u001b[H\u001b[2J\u001b[?2004h${said.title}\r\n${said.claim}\r\n`);
  try {
    const { draw } = await importDrawing();
    stdout.write('\u001b[H\u001b[2J');
    const { interrupted, screen } = await draw(engine, look, firstScreen(engine, start));
    leave();
    return interrupted ? null : lastWord(screen, look);
  } finally {
    leave();
    for (const [signal, end] of ends) process.off(signal, end);
  }
}

/** Ink asks at import whether CI is set, and then draws nothing until exit. Whether to draw has been decided by the terminals. */
async function importDrawing() {
  const hidden = ['CI', 'CONTINUOUS_INTEGRATION'].map(name => [name, process.env[name]] as const);
  for (const [name] of hidden) delete process.env[name];
  try {
    return await import('./draw.tsx');
  } finally {
    for (const [name, value] of hidden) if (value !== undefined) process.env[name] = value;
  }
}

// SIGINT too: until Ink's first effect makes the terminal raw, Ctrl-C is a signal and no key.
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
] as const;

function firstScreen(engine: Engine, { input, practice }: Start): Screen {
  if (practice !== undefined) return next(ASK, { type: 'start', job: { kind: 'practice', id: practice } });
  if (!input) return ASK;
  const typed: Screen = { ...ASK, text: input, cursor: input.length };
  return next(typed, { type: 'read', reading: engine.read(input), text: input });
}

function lastWord(screen: Screen, { lang, unicode }: Look): Diagnosis['status'] {
  const last = screen.at === 'help' ? screen.back : screen;
  if (last.at !== 'diagnosis') return 'healthy';
  const { status, primary } = last.report.diagnosis;
  const symbols = unicode
    ? { healthy: '✓', problem: '✗', inconclusive: '?' }
    : { healthy: '+', problem: 'x', inconclusive: '?' };
  const said = words(lang);
  const title = primary ? line(primary.title) : status === 'healthy' ? said.healthy : said.inconclusive;
  process.stdout.write(
    `${symbols[status]} ${line(last.report.target.host)}:${last.report.target.port}  ${typewritten(title, unicode)}\n`,
  );
  return status;
}
