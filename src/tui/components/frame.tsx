// Every screen: a title, the content, and in the last row the keys that work here.
import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { Lang } from '../../model/knowledge.ts';
import { fitting, width } from '../../report/safe-text.ts';
import type { Look } from '../engine.ts';
import { keyName, keysOf } from '../keys.ts';
import type { Screen } from '../screen.ts';
import { inkOf } from '../theme.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Rows a screen may fill between title and keys: the live region stays below the terminal's height. */
export const contentRows = ({ rows }: Size): number => Math.max(1, rows - 4);

export function Frame({
  at,
  title,
  look,
  size,
  children,
}: {
  readonly at: Screen['at'];
  readonly title: string;
  readonly look: Look;
  readonly size: Size;
  readonly children: ReactNode;
}) {
  return (
    <Box flexDirection="column" height={size.rows - 1} width={size.columns} overflow="hidden">
      <Text wrap="truncate" {...inkOf('bold', look.colour)}>
        {title}
      </Text>
      <Box flexDirection="column" height={size.rows - 3} overflow="hidden">
        {children}
      </Box>
      <Text wrap="truncate" {...inkOf('dim', look.colour)}>
        {footer(at, look.lang, look.unicode, size.columns - 1)}
      </Text>
    </Box>
  );
}

/** The keys that fit; help and quit always do, and help lists the rest. */
function footer(at: Screen['at'], lang: Lang, unicode: boolean, columns: number): string {
  const keys = [...keysOf(at)];
  for (;;) {
    const text = keys.map(key => `${keyName(key, unicode)} ${key.does[lang]}`).join(unicode ? ' · ' : ' | ');
    if (width(text) <= columns || keys.length <= 2) return fitting(text, columns);
    keys.splice(-3, 1);
  }
}
