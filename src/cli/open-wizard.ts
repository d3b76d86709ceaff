// Wires the wizard to the rest: the wizard itself knows neither the network nor the lab.
import type { Args } from './args.ts';
import type { ExitCode } from './exit.ts';

export async function openWizard(_args: Args, _start: { readonly input?: string; readonly practice?: string }): Promise<ExitCode> {
  throw new Error('not yet');
}
