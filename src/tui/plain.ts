// The wizard line by line: for TERM=dumb, screen readers and terminals that cannot be drawn on.
import { createInterface } from 'node:readline/promises';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Event } from '../model/event.ts';
import { documentOf } from '../report/document.ts';
import { layOut } from '../report/layout.ts';
import { line } from '../report/safe-text.ts';
import { words } from '../report/words.ts';
import type { Engine, Look, Start } from './engine.ts';
import { wizardWords } from './words.ts';

/** @returns null after Ctrl-C or the end of input, else the last diagnosis' status */
export async function runPlainWizard(engine: Engine, look: Look, start: Start): Promise<Diagnosis['status'] | null> {
  const said = wizardWords(look.lang);
  const abort = new AbortController();
  const asking = createInterface({ input: process.stdin, output: process.stdout });
  asking.on('SIGINT', () => abort.abort(new Error('interrupted')));
  const say = (text: string) => void process.stdout.write(`${text}\n`);
  const list = engine.practice.list();
  let last: Diagnosis['status'] = 'healthy';
  let input = start.input ?? '';
  let practice = start.practice;
  try {
    for (;;) {
      if (practice === undefined && input === '') {
        say(said.question);
        say(list.map((each, i) => `  ${i + 1}  ${said.practising}: ${each.title}`).join('\n'));
        input = (await asking.question('> ', { signal: abort.signal })).trim();
        if (input === '' || input === 'q') return last;
        practice = /^\d+$/.test(input) ? list[Number(input) - 1]?.id : undefined;
      }
      const events =
        practice === undefined
          ? read(engine, input, abort.signal, say)
          : engine.practice.diagnose(practice, abort.signal);
      input = '';
      practice = undefined;
      if (events) last = (await follow(events, look, say)) ?? last;
      if (abort.signal.aborted) return null;
    }
  } catch (error) {
    if (abort.signal.aborted) return null;
    throw error;
  } finally {
    asking.close();
  }
}

function read(
  engine: Engine,
  input: string,
  signal: AbortSignal,
  say: (text: string) => void,
): AsyncIterable<Event> | null {
  const reading = engine.read(input);
  const understood = reading.kind === 'text' ? reading.understood : null;
  if (understood)
    say(
      layOut(understood.parts, 78, false)
        .map(each => each.text)
        .join('\n'),
    );
  if (reading.kind !== 'refusal' && reading.target) return engine.diagnose(reading.target, signal, understood?.clue);
  say(
    line(
      reading.kind === 'refusal'
        ? `${reading.why}${reading.hint ? ` (${reading.hint})` : ''}`
        : 'no host stands in that text',
    ),
  );
  return null;
}

async function follow(
  events: AsyncIterable<Event>,
  look: Look,
  say: (text: string) => void,
): Promise<Diagnosis['status'] | null> {
  for await (const event of events) {
    if (event.type === 'stage') say(line(`${event.stage}: ${words(look.lang).status[event.status]}. ${event.summary}`));
    if (event.type === 'report') {
      say(
        layOut(documentOf(event.report, { ...look, verbose: false }), 78, look.unicode)
          .map(each => each.text)
          .join('\n'),
      );
      return event.report.diagnosis.status;
    }
  }
  return null;
}
