// The faults one may try, one of them chosen and told about.
import { Box, Text } from 'ink';
import { fitting, line, typewritten, wrap } from '../../report/safe-text.ts';
import { contentRows, type Size } from '../components/frame.tsx';
import type { Engine, Look } from '../engine.ts';
import { inkOf } from '../theme.ts';

export function Practice({
  list,
  index,
  look,
  size,
}: {
  readonly list: ReturnType<Engine['practice']['list']>;
  readonly index: number;
  readonly look: Look;
  readonly size: Size;
}) {
  const story = wrap(typewritten(line(list[index]?.story ?? ''), look.unicode), size.columns - 2).slice(0, 3);
  const room = Math.max(1, contentRows(size) - story.length - 1);
  // The chosen one stays in the window.
  const top = Math.max(0, Math.min(index - Math.floor(room / 2), list.length - room));
  return (
    <Box flexDirection="column">
      {list.slice(top, top + room).map((each, i) => {
        const chosen = top + i === index;
        return (
          <Text key={each.id} wrap="truncate" {...inkOf(chosen ? 'bold' : 'plain', look.colour)}>
            {fitting(
              `${chosen ? (look.unicode ? '❯' : '>') : ' '} ${typewritten(line(each.title), look.unicode)}`,
              size.columns - 1,
            )}
          </Text>
        );
      })}
      <Text> </Text>
      {story.map(text => (
        <Text key={text} wrap="truncate" {...inkOf('dim', look.colour)}>
          {text}
        </Text>
      ))}
    </Box>
  );
}
