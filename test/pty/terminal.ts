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
  readonly exit: Promise<{ readonly exitCode: number; readonly signal?: number }>;
  raw(): string;
  /** Cursor, alternate screen and paste mode as the program left them. */
  modes(): { readonly cursorShown: boolean; readonly alternate: boolean; readonly bracketedPaste: boolean };
  kill(signal: string): void;
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
