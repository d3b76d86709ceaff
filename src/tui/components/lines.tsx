// Lines of a report, a window of them.
import { Box, Text } from 'ink';
import type { Line } from '../../report/layout.ts';
import { inkOf } from '../theme.ts';

/** `height` lines from `top`; long ones are cut, never wrapped, so that the window's height holds. */
export function Lines({
  lines,
  top = 0,
  height = lines.length,
  colour,
}: {
  readonly lines: readonly Line[];
  readonly top?: number;
  readonly height?: number;
  readonly colour: boolean;
}) {
  return (
    <Box flexDirection="column">
      {lines.slice(top, top + height).map((line, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line has no identity but its place in the window
        <Text key={i} wrap="truncate" {...inkOf(line.style, colour)}>
          {line.text === '' ? ' ' : line.text}
        </Text>
      ))}
    </Box>
  );
}
