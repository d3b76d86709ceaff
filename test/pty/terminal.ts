// The built program in a real pseudo-terminal, and what a person would see on its screen.
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cleanEnv } from '../tools/environment.ts';
import { PROGRAM } from '../tools/program.ts';

export interface Session {
  press(keys: string): void;
  resize(columns: number, rows: number): void;
  /** The screen's rows, right-trimmed. */
  screen(): string;
  /** Waits until the screen shows it; never for a time. */
  until(pattern: RegExp): Promise<void>;
  /** Each row as runs of one look, for a picture. */
  runs(): readonly (readonly Look[])[];
  readonly exit: Promise<{ readonly exitCode: number; readonly signal?: number }>;
  raw(): string;
  /** Cursor, alternate screen and paste mode as the program left them. */
  modes(): { readonly cursorShown: boolean; readonly alternate: boolean; readonly bracketedPaste: boolean };
  kill(signal: string): void;
}

export interface Look {
  readonly text: string;
  readonly column: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** Index in the palette; -1 = the default. */
  readonly color: number;
}

/** Starts `tlsdoctor argv…` in a terminal of that size. */
export function open(
  argv: readonly string[],
  how: { readonly columns?: number; readonly rows?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Session {
  const { columns: cols = 80, rows = 24, env = {} } = how;
  const terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true });
  const pty = spawn(process.execPath, [PROGRAM, ...argv], {
    name: env.TERM ?? 'xterm-256color',
    cols,
    rows,
    env: cleanEnv({ TERM: 'xterm-256color', ...env }),
  });
  let raw = '';
  pty.onData(data => {
    raw += data;
    terminal.write(data);
  });
  const exit = new Promise<{ exitCode: number; signal?: number }>(resolve => pty.onExit(resolve));
  const screen = () => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: terminal.rows },
      (_, i) => buffer.getLine(buffer.viewportY + i)?.translateToString(true) ?? '',
    )
      .join('\n')
      .trimEnd();
  };
  return {
    press: keys => pty.write(keys),
    resize(columns, newRows) {
      terminal.resize(columns, newRows);
      pty.resize(columns, newRows);
    },
    screen,
    runs: () =>
      Array.from({ length: terminal.rows }, (_, i) => {
        const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + i);
        const looks: Look[] = [];
        for (let column = 0; column < terminal.cols; column += 1) {
          const cell = line?.getCell(column);
          if (!cell || cell.getWidth() === 0) continue;
          const look = {
            bold: cell.isBold() !== 0,
            dim: cell.isDim() !== 0,
            inverse: cell.isInverse() !== 0,
            color: cell.isFgDefault() ? -1 : cell.getFgColor(),
          };
          const text = cell.getChars() || ' ';
          const before = looks.at(-1);
          const { text: _text, column: _column, ...previous } = before ?? { text: '', column: 0 };
          if (before && JSON.stringify(previous) === JSON.stringify(look))
            looks[looks.length - 1] = { ...before, text: before.text + text };
          else looks.push({ text, column, ...look });
        }
        return looks;
      }),
    async until(pattern) {
      for (const end = Date.now() + 30_000; !pattern.test(screen()); ) {
        if (Date.now() > end) throw new Error(`never saw ${pattern} on the screen:\n${screen()}`);
        await new Promise(resolve => setTimeout(resolve, 15));
      }
    },
    exit,
    raw: () => raw,
    modes: () => ({
      cursorShown: raw.lastIndexOf('\u001b[?25h') > raw.lastIndexOf('\u001b[?25l') || !raw.includes('\u001b[?25l'),
      alternate: raw.lastIndexOf('\u001b[?1049h') > raw.lastIndexOf('\u001b[?1049l'),
      bracketedPaste: raw.lastIndexOf('\u001b[?2004h') > raw.lastIndexOf('\u001b[?2004l'),
    }),
    kill: signal => pty.kill(signal),
  };
}
