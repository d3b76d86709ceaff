// Every key, once: what the footer shows, what the help screen lists and what the wizard obeys come from here.
import type { Screen } from './screen.ts';

export interface Key {
  /** As shown to people. */
  readonly name: string;
  /** Does it, in a word or two. */
  readonly does: { readonly en: string; readonly zh: string };
  readonly on: readonly Screen['at'][];
}

export const KEYS = {
  submit: { name: 'Enter', does: { en: 'look into it', zh: '开始诊断' }, on: ['ask', 'practice', 'offer'] },
  practice: { name: 'Tab', does: { en: 'practice', zh: '练习' }, on: ['ask'] },
  move: { name: '↑↓', does: { en: 'move', zh: '移动' }, on: ['practice'] },
  scroll: { name: '↑↓', does: { en: 'scroll', zh: '滚动' }, on: ['offer', 'diagnosis'] },
  whole: { name: 'e', does: { en: 'explain', zh: '说明' }, on: ['diagnosis'] },
  again: { name: 'r', does: { en: 'run again', zh: '重新诊断' }, on: ['diagnosis'] },
  back: { name: 'Esc', does: { en: 'back', zh: '返回' }, on: ['practice', 'offer', 'running', 'diagnosis', 'help'] },
  help: { name: '?', does: { en: 'help', zh: '帮助' }, on: ['practice', 'offer', 'running', 'diagnosis'] },
  quit: { name: 'q', does: { en: 'quit', zh: '退出' }, on: ['practice', 'offer', 'running', 'diagnosis', 'help'] },
  stop: { name: 'Ctrl-C', does: { en: 'quit', zh: '退出' }, on: ['ask'] },
} as const satisfies Record<string, Key>;

/** The keys of a screen, in the order of the footer. */
export const keysOf = (at: Screen['at']): readonly Key[] =>
  (Object.values(KEYS) as readonly Key[]).filter(key => key.on.includes(at));

/** Without Unicode the arrows are words. */
export const keyName = ({ name }: Key, unicode: boolean): string => (unicode ? name : name.replace('↑↓', 'Up/Down'));
