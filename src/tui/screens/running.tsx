// Stages appear as they run: what is waited for, since when, and how long it may last.
import { Box, Text } from 'ink';
import { useEffect, useState } from 'react';
import { fitting, line, typewritten } from '../../report/safe-text.ts';
import type { StageView, View } from '../../report/view.ts';
import { words } from '../../report/words.ts';
import type { Size } from '../components/frame.tsx';
import type { Look } from '../engine.ts';
import { inkOf } from '../theme.ts';
import { wizardWords } from '../words.ts';

export function Running({ view, look, size }: { readonly view: View; readonly look: Look; readonly size: Size }) {
  const tick = useTicks(120);
  const shown = view.stages.filter(stage => stage.status !== 'waiting');
  return (
    <Box flexDirection="column">
      {shown.map(stage => (
        <Text key={stage.id} wrap="truncate" {...inkOf(styleOf(stage), look.colour)}>
          {fitting(row(stage, look, tick), size.columns - 1)}
        </Text>
      ))}
    </Box>
  );
}

/** Counts up while the screen is shown; one tick is `ms`. */
function useTicks(ms: number): number {
  const [ticks, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTicks(count => count + 1), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return ticks;
}

const SPINNER = { unicode: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧'], ascii: ['|', '/', '-', '\\'] };

function row(stage: StageView, { unicode, lang }: Look, tick: number): string {
  const frames = unicode ? SPINNER.unicode : SPINNER.ascii;
  if (stage.status === 'running') {
    const limit =
      stage.deadlineMs === null ? '' : ` (${wizardWords(lang).upTo} ${Math.ceil(stage.deadlineMs / 1000)} s)`;
    return `${frames[tick % frames.length]} ${stage.id.padEnd(13)} ${((tick * 120) / 1000).toFixed(1).padStart(5)} s  ${typewritten(line(stage.text), unicode)}${limit}`;
  }
  const time = stage.durationMs === null ? '' : `${stage.durationMs} ms`;
  return `${symbolOf(stage.status, unicode)} ${stage.id.padEnd(13)} ${time.padStart(7)}  ${statusWord(stage, lang)}${typewritten(line(stage.text), unicode)}`;
}

/** Never by colour and symbol alone: what is not fine is also said in a word. */
const statusWord = ({ status }: StageView, lang: Look['lang']) =>
  status === 'ok' || status === 'waiting' || status === 'running' ? '' : `${words(lang).status[status]}: `;

function symbolOf(status: StageView['status'], unicode: boolean): string {
  const symbols = unicode
    ? { ok: '✓', warn: '!', fail: '✗', skipped: '·', unknown: '?', waiting: ' ', running: ' ' }
    : { ok: '+', warn: '!', fail: 'x', skipped: '.', unknown: '?', waiting: ' ', running: ' ' };
  return symbols[status];
}

const styleOf = ({ status }: StageView) =>
  (
    ({
      ok: 'plain',
      warn: 'warn',
      fail: 'bad',
      skipped: 'dim',
      unknown: 'warn',
      waiting: 'dim',
      running: 'bold',
    }) as const
  )[status];
