// The keyboard, with pastes made whole: Ink 6 hands a bracketed paste over in pieces and leaves its marks in the text.
import { type Key, useInput } from 'ink';
import { useRef } from 'react';

export interface Press {
  /** Printable text: one key, or a whole paste. */
  readonly text: string;
  readonly pasted: boolean;
  readonly name:
    | 'enter'
    | 'escape'
    | 'tab'
    | 'up'
    | 'down'
    | 'left'
    | 'right'
    | 'page-up'
    | 'page-down'
    | 'backspace'
    | 'ctrl-c'
    | 'ctrl-u'
    | null;
}

const BEGIN = '[200~';
const END = '[201~';
/** A paste longer than this is cut: an error text never is. */
const MAX_PASTE = 1 << 20;

/** Calls back for every key and every whole paste. */
export function useKeys(onPress: (press: Press) => void): void {
  const paste = useRef<string | null>(null);
  useInput((input, key) => {
    let text = input;
    if (paste.current === null && text.includes(BEGIN)) {
      paste.current = '';
      text = text.slice(text.indexOf(BEGIN) + BEGIN.length);
    }
    if (paste.current !== null) {
      const end = text.indexOf(END);
      // Within a paste Ink reports line breaks and tabs as keys, with empty text.
      const piece = key.return ? '\n' : key.tab ? '\t' : end < 0 ? text : text.slice(0, end);
      paste.current = (paste.current + piece).slice(0, MAX_PASTE);
      if (end < 0) return;
      const whole = paste.current.replaceAll('\u001b', '');
      paste.current = null;
      return onPress({ text: whole, pasted: true, name: null });
    }
    if (key.ctrl && input === 'c') return onPress({ text: '', pasted: false, name: 'ctrl-c' });
    if (key.ctrl && input === 'u') return onPress({ text: '', pasted: false, name: 'ctrl-u' });
    if (input.length > 1 && !key.ctrl && !key.meta) return chunk(input, onPress);
    onPress({ text: nameOf(key) === null && !key.ctrl && !key.meta ? input : '', pasted: false, name: nameOf(key) });
  });
}

/** Fast typing, or a script's: several keys at once. A line break inside means a paste from a terminal that does not say so. */
function chunk(input: string, onPress: (press: Press) => void): void {
  const text = input.replace(/\r\n?/g, '\n');
  if (text.slice(0, -1).includes('\n')) return onPress({ text, pasted: true, name: null });
  for (const character of text) {
    const name =
      character === '\n'
        ? 'enter'
        : character === '\t'
          ? 'tab'
          : character === '\u0003'
            ? 'ctrl-c'
            : character === '\u0015'
              ? 'ctrl-u'
              : null;
    onPress({ text: name === null ? character : '', pasted: false, name });
  }
}

const NAMED: readonly (readonly [keyof Key, NonNullable<Press['name']>])[] = [
  ['return', 'enter'],
  ['escape', 'escape'],
  ['tab', 'tab'],
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['backspace', 'backspace'],
  // Ink 6 calls the backspace key (0x7f) `delete`.
  ['delete', 'backspace'],
];

const nameOf = (key: Key): Press['name'] => NAMED.find(([flag]) => key[flag])?.[1] ?? null;
