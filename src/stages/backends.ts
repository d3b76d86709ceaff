// A name may stand for several machines. Each that accepted a connection is shaken hands with at the same time as the
// first, so that asking costs no further round trip, and judged as the first is.
import type { Duplex } from 'node:stream';
import { rulesOf } from '../clients/client.ts';
import { startTls } from '../net/starttls.ts';
import { verify } from '../pki/verify.ts';
import { type Attempt, attempt } from './attempt.ts';
import { parsePem, pemOf } from './parsed.ts';
import type { Run } from './stage.ts';

type Offered = Parameters<typeof attempt>[1];

/** What an address answered: `accepted`, or what the client would print. */
interface Answer {
  readonly shown: string;
  readonly answer: Promise<string>;
}

/** Starts a handshake with each other address that is connected. The promises never reject. */
export function askOthers(run: Run, offer: Offered, signal: AbortSignal): readonly Answer[] {
  return run.line.takeOthers().map(({ shown, socket }) => ({
    shown,
    answer: ask(socket, run, offer, signal).catch(error => `broke off (${codeOf(error)})`),
  }));
}

/** The addresses that answer otherwise than the one in use, each with what it answers. */
export async function oddOnes(others: readonly Answer[], first: Attempt, run: Run): Promise<string[]> {
  const usual = await answerOf(first, run);
  const answers = await Promise.all(others.map(async ({ shown, answer }) => ({ shown, answer: await answer })));
  return answers.filter(({ answer }) => answer !== usual).map(({ shown, answer }) => `${shown}: ${answer}`);
}

async function ask(socket: Duplex, run: Run, offer: Offered, signal: AbortSignal): Promise<string> {
  try {
    if (run.target.starttls) {
      const upgrade = await startTls(run.target.starttls, socket, run.target.host, signal);
      if (!upgrade.offered) return 'does not offer TLS';
    }
    const made = await attempt(socket, offer, signal);
    made.release();
    made.socket?.destroy();
    return await answerOf(made, run);
  } finally {
    socket.destroy();
  }
}

async function answerOf(made: Attempt, run: Run): Promise<string> {
  const [leaf, ...untrusted] = parsePem(made.flight.certificates.map(pemOf));
  if (made.outcome !== 'completed' || !leaf) return made.reason ?? made.outcome;
  const client = await run.client;
  const verdict = verify(leaf, untrusted, (await client.store).trust, {
    host: run.target.host,
    at: run.world.now(),
    profile: rulesOf(client),
  });
  return verdict.ok ? 'accepted' : verdict.verifyMessage;
}

const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? 'no answer');
