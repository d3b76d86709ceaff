// The one question. What was typed is shown on one line; a long paste by its last lines and its size.
import { Box, Text } from 'ink';
import { block, fitting, line, typewritten, width, wrap } from '../../report/safe-text.ts';
import type { Size } from '../components/frame.tsx';
import type { Look } from '../engine.ts';
import type { Screen } from '../screen.ts';
import { inkOf } from '../theme.ts';
import { wizardWords } from '../words.ts';

export function Ask({
  screen,
  look,
  size,
}: {
  readonly screen: Extract<Screen, { at: 'ask' }>;
  readonly look: Look;
  readonly size: Size;
}) {
  const said = wizardWords(look.lang);
  const rows = screen.text.split('\n');
  const room = size.columns - 4;
  return (
    <Box flexDirection="column">
      <Text wrap="truncate" {...inkOf('dim', look.colour)}>
        {said.claim}
      </Text>
      <Text> </Text>
      <Text {...inkOf('bold', look.colour)}>{said.question}</Text>
      {rows.length > 1 ? (
        <Box flexDirection="column">
          {rows.slice(-5).map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a text have no identity but their place
            <Text key={i} wrap="truncate">{`  ${fitting(line(row, 400), room)}`}</Text>
          ))}
          <Text {...inkOf('dim', look.colour)}>{`  (${rows.length} ${said.pasted})`}</Text>
        </Box>
      ) : (
        <Field text={screen.text} cursor={screen.cursor} room={room} look={look} />
      )}
      <Text> </Text>
      {screen.note === null
        ? [said.example, said.practiceHint].map(text => (
            <Text key={text} wrap="truncate" {...inkOf('dim', look.colour)}>
              {text}
            </Text>
          ))
        : wrap(typewritten(block(screen.note), look.unicode), size.columns - 2).map(text => (
            <Text key={text} {...inkOf('warn', look.colour)}>
              {text}
            </Text>
          ))}
    </Box>
  );
}

/** One line with a cursor drawn into it; when it is too long, the part around the cursor. */
function Field({
  text,
  cursor,
  room,
  look,
}: {
  readonly text: string;
  readonly cursor: number;
  readonly room: number;
  readonly look: Look;
}) {
  const before = line(text.slice(0, cursor), 4000);
  const after = line(text.slice(cursor), 4000);
  const skip = Math.max(0, width(before) - room + 2);
  const shownBefore = skip > 0 ? before.slice(-(room - 2)) : before;
  const [under = ' ', ...rest] = [...after];
  return (
    <Text wrap="truncate">
      {look.unicode ? '› ' : '> '}
      {shownBefore}
      <Text inverse>{under}</Text>
      {rest.join('')}
    </Text>
  );
}
