// The wizard: one screen value, keys that change it, and the run that feeds it.
import { useApp, useStdout } from 'ink';
import { useCallback, useEffect, useRef, useState } from 'react';
import { documentOf } from '../report/document.ts';
import { type Line, layOut } from '../report/layout.ts';
import { line, typewritten } from '../report/safe-text.ts';
import { words } from '../report/words.ts';
import { contentRows, Frame, type Size } from './components/frame.tsx';
import { Lines } from './components/lines.tsx';
import type { Engine, Look } from './engine.ts';
import { keyName, keysOf } from './keys.ts';
import { type Action, type Job, next, type Screen } from './screen.ts';
import { Ask } from './screens/ask.tsx';
import { Practice } from './screens/practice.tsx';
import { Running } from './screens/running.tsx';
import { type Press, useKeys } from './use-keys.ts';
import { wizardWords } from './words.ts';

/** How the wizard ended: by Ctrl-C, or by the person's leave, with the last screen's diagnosis. */
export interface Ended {
  readonly interrupted: boolean;
  readonly screen: Screen;
}

export function App({
  engine,
  look,
  first,
  onEnd,
}: {
  readonly engine: Engine;
  readonly look: Look;
  readonly first: Screen;
  readonly onEnd: (ended: Ended) => void;
}) {
  const { screen, now, dispatch } = useScreen(first);
  const size = useSize();
  const { exit } = useApp();
  useRun(screen, engine, dispatch);

  const end = (interrupted: boolean) => {
    onEnd({ interrupted, screen: now() });
    exit();
  };
  const linesOf = (shown: Screen) =>
    shown.at === 'diagnosis'
      ? reportLines(shown, engine, look, size)
      : shown.at === 'offer'
        ? offerLines(shown, look, size)
        : [];
  useKeys(press => {
    if (press.name === 'ctrl-c') return end(true);
    if (now().at !== 'ask' && !press.pasted && press.text === 'q') return end(false);
    const shown = now();
    if (shown.at === 'diagnosis' && press.text === 'e' && !press.pasted) {
      const whole = linesOf({ ...shown, whole: true });
      const row = whole.findIndex(({ text }) => text === words(look.lang).explain);
      return dispatch({ type: 'whole', row: Math.max(0, Math.min(row, whole.length - contentRows(size))) });
    }
    const action = actionOf(shown, press, engine, linesOf(shown).length - contentRows(size));
    if (action) dispatch(action);
  });

  const said = wizardWords(look.lang);
  switch (screen.at) {
    case 'ask':
      return (
        <Frame at="ask" title={said.title} look={look} size={size}>
          <Ask screen={screen} look={look} size={size} />
        </Frame>
      );
    case 'practice':
      return (
        <Frame at="practice" title={said.practice} look={look} size={size}>
          <Practice list={engine.practice.list()} index={screen.index} look={look} size={size} />
        </Frame>
      );
    case 'offer':
      return (
        <Frame at="offer" title={said.title} look={look} size={size}>
          <Lines colour={look.colour} lines={linesOf(screen)} top={screen.top} height={contentRows(size)} />
        </Frame>
      );
    case 'running':
      return (
        <Frame at="running" title={titleOf(screen.job, engine, look)} look={look} size={size}>
          <Running view={screen.view} look={look} size={size} />
        </Frame>
      );
    case 'diagnosis':
      return (
        <Frame at="diagnosis" title={titleOf(screen.job, engine, look)} look={look} size={size}>
          <Lines colour={look.colour} lines={linesOf(screen)} top={screen.top} height={contentRows(size)} />
        </Frame>
      );
    case 'help':
      return (
        <Frame at="help" title={said.help} look={look} size={size}>
          <Lines
            colour={look.colour}
            lines={keysOf(screen.back.at).map(
              (key): Line => ({
                text: `  ${keyName(key, look.unicode).padEnd(8)} ${key.does[look.lang]}`,
                style: 'plain',
              }),
            )}
          />
        </Frame>
      );
  }
}

/** The screen as last drawn, and as it is now: several keys may come between two drawings. */
function useScreen(first: Screen) {
  const current = useRef(first);
  const [screen, show] = useState(first);
  const dispatch = useCallback((action: Action) => {
    current.current = next(current.current, action);
    show(current.current);
  }, []);
  return { screen, now: () => current.current, dispatch };
}

/** What a key means on a screen. */
function actionOf(screen: Screen, press: Press, engine: Engine, last: number): Action | null {
  if (screen.at === 'ask') return onAsk(screen, press, engine);
  if (press.text === '?') return { type: 'help' };
  if (press.name === 'escape') return { type: 'back' };
  const page = 10;
  const by =
    { up: -1, down: 1, 'page-up': -page, 'page-down': page }[press.name as 'up'] ??
    { k: -1, j: 1, ' ': page }[press.text as 'k'];
  switch (screen.at) {
    case 'practice': {
      const list = engine.practice.list();
      if (by !== undefined) return { type: 'move', by, last: list.length - 1 };
      const chosen = list[screen.index];
      return press.name === 'enter' && chosen ? { type: 'start', job: { kind: 'practice', id: chosen.id } } : null;
    }
    case 'offer':
      if (by !== undefined) return { type: 'move', by, last };
      return press.name === 'enter' && screen.target
        ? { type: 'start', job: { kind: 'target', target: screen.target, clue: screen.understood?.clue ?? null } }
        : null;
    case 'diagnosis':
      if (by !== undefined) return { type: 'move', by, last };
      return press.text === 'r' ? { type: 'again' } : null;
    default:
      return null;
  }
}

function onAsk({ text, cursor }: Extract<Screen, { at: 'ask' }>, press: Press, engine: Engine): Action | null {
  const edit = (changed: string, at: number): Action => ({ type: 'edit', text: changed, cursor: at });
  switch (press.name) {
    case 'enter':
      return text.trim() === '' ? null : { type: 'read', reading: engine.read(text), text };
    case 'tab':
      return { type: 'choose-practice' };
    case 'backspace':
      return cursor === 0 ? null : edit(text.slice(0, cursor - 1) + text.slice(cursor), cursor - 1);
    case 'left':
      return edit(text, Math.max(0, cursor - 1));
    case 'right':
      return edit(text, Math.min(text.length, cursor + 1));
    case 'ctrl-u':
      return edit('', 0);
    default: {
      const typed = press.text.replace(/\r\n?/g, '\n');
      return typed === '' ? null : edit(text.slice(0, cursor) + typed + text.slice(cursor), cursor + typed.length);
    }
  }
}

/** Runs the job of a running screen, and stops it when the screen is left: abort, because return() would wait. */
function useRun(screen: Screen, engine: Engine, dispatch: (action: Action) => void): void {
  const run = screen.at === 'running' ? screen.run : null;
  const job = screen.at === 'running' ? screen.job : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a run is started once, by its number
  useEffect(() => {
    if (run === null || job === null) return;
    const abort = new AbortController();
    void (async () => {
      const events =
        job.kind === 'target'
          ? engine.diagnose(job.target, abort.signal, job.clue)
          : engine.practice.diagnose(job.id, abort.signal);
      for await (const event of events) if (!abort.signal.aborted) dispatch({ type: 'event', run, event });
    })();
    return () => abort.abort(new Error('left'));
  }, [run]);
}

/** The terminal's size, as it changes. The old frame is wiped: its lines may have been wrapped anew. */
function useSize(): Size {
  const { stdout } = useStdout();
  const read = (): Size => ({ columns: Math.max(20, stdout.columns || 80), rows: Math.max(8, stdout.rows || 24) });
  const [size, setSize] = useState(read);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stream is one for the wizard's life
  useEffect(() => {
    const resized = () => {
      stdout.write('\u001b[2J\u001b[H');
      setSize(read());
    };
    stdout.on('resize', resized);
    return () => void stdout.off('resize', resized);
  }, [stdout]);
  return size;
}

/** What was understood of a pasted text, below what Enter would do. */
function offerLines({ target, understood }: Extract<Screen, { at: 'offer' }>, look: Look, size: Size): Line[] {
  const said = wizardWords(look.lang);
  const clue = understood?.clue;
  const asTool = clue
    ? `${said.offerAsTool} ${line(clue.tool)}${clue.proxy ? `, ${line(clue.proxy)}` : ''}`
    : said.offerAsk;
  return [
    { text: ' ', style: 'plain' },
    ...(target
      ? [
          { text: `${said.offer}: ${line(target.host)}:${target.port}`, style: 'bold' as const },
          { text: asTool, style: 'plain' as const },
        ]
      : [{ text: said.offerNone, style: 'warn' as const }]),
    { text: ' ', style: 'plain' },
    ...layOut(understood?.parts ?? [], size.columns - 1, look.unicode),
  ];
}

function reportLines(
  { job, report, whole }: Extract<Screen, { at: 'diagnosis' }>,
  engine: Engine,
  look: Look,
  size: Size,
): Line[] {
  const parts = documentOf(report, { ...look, verbose: whole });
  const clue = job.kind === 'target' ? job.clue : null;
  // After the headline: is it what the person came with?
  if (clue) parts.splice(1, 0, { kind: 'paragraph', text: line(engine.compare(clue, report), 1000) });
  return layOut(parts, size.columns - 1, look.unicode, look.platform !== 'windows');
}

function titleOf(job: Job, engine: Engine, { lang, unicode }: Look): string {
  const said = wizardWords(lang);
  if (job.kind === 'target') return `${said.running} ${line(job.target.host)}:${job.target.port}`;
  const title = engine.practice.list().find(each => each.id === job.id)?.title ?? job.id;
  return `${said.practising}: ${typewritten(line(title), unicode)}`;
}
