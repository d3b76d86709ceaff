// Draws the wizard with Ink until it ends. Imported late, and with CI hidden (main.ts): Ink looks at it when it is loaded.
import { render } from 'ink';
import { App, type Ended } from './app.tsx';
import type { Engine, Look } from './engine.ts';
import type { Screen } from './screen.ts';

export async function draw(engine: Engine, look: Look, first: Screen): Promise<Ended> {
  let ended: Ended = { interrupted: false, screen: first };
  const app = render(<App engine={engine} look={look} first={first} onEnd={how => (ended = how)} />, {
    exitOnCtrlC: false,
    patchConsole: false,
  });
  await app.waitUntilExit();
  return ended;
}
