// The one line on stderr that says what is being waited for, while `check` runs before a person's eyes.
import type { Event } from '../model/event.ts';
import { line } from '../report/safe-text.ts';

/** Shows the running stage on a terminal; does nothing when `visible` is false. */
export function progressLine(visible: boolean): { event(event: Event): void; clear(): void } {
  const running = new Map<string, string>();
  let drawn = false;
  const draw = () => {
    const waiting = [...running].at(-1);
    const width = (process.stderr.columns ?? 80) - 1;
    process.stderr.write(`\r\x1b[K${waiting ? line(`${waiting[0]}: waiting for ${waiting[1]}`).slice(0, width) : ''}`);
    drawn = true;
  };
  return {
    event(event) {
      if (!visible) return;
      if (event.type === 'running') running.set(event.stage, event.waitingFor);
      else if (event.type === 'stage') running.delete(event.stage);
      else return;
      draw();
    },
    clear() {
      if (drawn) process.stderr.write('\r\x1b[K');
      drawn = false;
    },
  };
}
