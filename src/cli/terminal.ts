// What the terminal at the other end can show. Colour only on a terminal; NO_COLOR and FORCE_COLOR count, in that order
// of https://no-color.org and https://force-color.org.
import type { WriteStream } from 'node:tty';
import type { Platform } from '../model/knowledge.ts';

export interface OutputStyle {
  readonly width: number;
  readonly colour: boolean;
  readonly unicode: boolean;
}

export function outputStyle(
  stream: NodeJS.WriteStream | WriteStream,
  env: NodeJS.ProcessEnv = process.env,
): OutputStyle {
  const terminal = stream.isTTY === true;
  const columns = terminal ? (stream as WriteStream).columns : Number(env.COLUMNS);
  return {
    // Lines longer than 100 are hard to read, however wide the window.
    width: Math.min(100, Math.max(40, columns > 0 ? columns : 80)),
    colour: wantsColour(terminal, env),
    unicode: speaksUnicode(env),
  };
}

function wantsColour(terminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false;
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== '0' && force !== 'false';
  return terminal && env.TERM !== 'dumb';
}

/** The locale's encoding as POSIX finds it; the Linux console draws only a few of the characters we would use. */
export function speaksUnicode(env: NodeJS.ProcessEnv = process.env): boolean {
  if (process.platform === 'win32') return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined;
  if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale);
}

/** Whose steps to show first. */
export const thisPlatform = (): Platform =>
  (({ linux: 'linux', darwin: 'macos', win32: 'windows' }) as Partial<Record<NodeJS.Platform, Platform>>)[
    process.platform
  ] ?? 'any';
