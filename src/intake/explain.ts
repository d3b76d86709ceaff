// From a pasted text or a log to what it says: which tool, which host, which error, what it may come from. Offline, in
// one pass, in bounded memory; never more than the text says.
import type { Clue, ErrorEntry, Explanation, PasteKnowledge, UnsafeAdvice } from '../model/clue.ts';
import { cleaned } from './cleaned.ts';
import { type Episode, EpisodeReader } from './episodes.ts';
import { likelyCauses } from './likely.ts';
import { placeIn, proxyIn } from './place.ts';
import { masked } from './secrets.ts';
import { type Speakers, speakerOf, speakersOf } from './speaker.ts';
import { type UnsafeRules, unsafeAdvice, unsafeRules } from './unsafe.ts';
import { versionsIn } from './versions.ts';
import { type Match, type Matcher, matcherOf, outermost, WordingScanner } from './wordings.ts';

/** Knowledge made ready for reading texts; made once. */
export interface PasteReader {
  readonly matcher: Matcher;
  readonly speakers: Speakers;
  readonly unsafe: UnsafeRules;
}

export const pasteReader = (knowledge: PasteKnowledge): PasteReader => ({
  matcher: matcherOf(knowledge.errors),
  speakers: speakersOf(knowledge.speakers),
  unsafe: unsafeRules(knowledge.unsafe),
});

/** What a text says. Never throws. */
export function explainText(text: string, reader: PasteReader): Explanation {
  // A short text is cleaned first: wrapped lines with a prefix each are then whole again.
  const log = explainLog(reader);
  log.push(new TextEncoder().encode(text.length <= SHORT ? cleaned(text) : text));
  return log.end();
}

/** The same for a log that comes in pieces of UTF-8: push them, then ask for the end. */
export function explainLog(reader: PasteReader): { push(bytes: Uint8Array): void; end(): Explanation } {
  const episodes = new EpisodeReader(reader.matcher);
  return {
    push: bytes => episodes.push(bytes),
    end: () => explanationOf(episodes.end(), reader),
  };
}

const SHORT = 1 << 20;

interface Candidate {
  readonly clue: Clue;
  readonly weight: number;
  readonly episode: number;
  readonly at: number;
  readonly fatal: boolean;
}

function explanationOf(episodes: readonly Episode[], reader: PasteReader): Explanation {
  const read = episodes.map((episode, i) => readEpisode(episode, i, reader));
  const candidates = read.flatMap(({ candidates }) => candidates).sort(moreTelling);
  const clues = new Map<string, Clue>();
  for (const { clue, weight, episode } of candidates) {
    // That something failed is no news beside what failed.
    if (weight <= VAGUE && candidates.some(other => other.episode === episode && other.weight > VAGUE)) continue;
    const key = `${clue.error} ${clue.host}`;
    if (!clues.has(key) && clues.size < MOST) clues.set(key, clue);
  }
  const all = [...clues.values()];
  const unsafe = new Map<string, UnsafeAdvice>();
  for (const advice of read.flatMap(each => each.unsafe)) if (!unsafe.has(advice.id)) unsafe.set(advice.id, advice);
  return { primary: all[0] ?? null, all, unsafe: [...unsafe.values()] };
}

const MOST = 20;
const VAGUE = 3;

/** The failure that stopped the person: the most specific; of equals, one the program gave up over; of equals, the last. */
function moreTelling(a: Candidate, b: Candidate): number {
  return (
    b.weight - a.weight ||
    Number(b.fatal) - Number(a.fatal) ||
    b.episode - a.episode ||
    // Within one place: the first mention of the error that is mentioned last.
    b.at - a.at
  );
}

function readEpisode(
  episode: Episode,
  number: number,
  { matcher, speakers, unsafe }: PasteReader,
): { candidates: Candidate[]; unsafe: UnsafeAdvice[] } {
  const text = cleaned(new TextDecoder().decode(episode.bytes));
  const bytes = new TextEncoder().encode(text);
  const found: Match[] = [];
  const scanner = new WordingScanner(matcher);
  scanner.scan(bytes, match => found.push(match));
  if (found.every(match => match.weight <= VAGUE)) scanner.end(match => found.push(match));
  const conditional = found.filter(match => match.wording.host !== null).slice(0, LOOKS);
  const fitting = new Set(conditional.filter(match => aboutAddress(text, bytes, match)));
  const matches = outermost(found.filter(match => match.wording.host === null || fitting.has(match)));
  const tool = speakerOf(text, speakers);
  const versions = versionsIn(text);
  const proxy = proxyIn(text);
  const fatal = FATAL.test(text);
  const candidates: Candidate[] = [];
  for (const { entry, mentions, last, weight } of grouped(matches).slice(0, LOOKS)) {
    const hosts = new Set<string | null>();
    for (const mention of mentions.slice(0, LOOKS)) {
      const near = indexOfByte(bytes, mention.end);
      const place = placeIn(text, near);
      const host = place?.host ?? null;
      if (hosts.has(host)) continue;
      hosts.add(host);
      candidates.push({
        clue: {
          error: entry.id,
          tool,
          host,
          port: place?.port ?? null,
          url: place?.url ? masked(place.url) : null,
          line: masked(lineAt(text, near)),
          proxy,
          versions,
          causes: likelyCauses(entry, { text, tool, host, proxy, versions }),
        },
        weight,
        episode: number,
        // Where an error is mentioned for several hosts, the first one stands for it.
        at: hosts.size === 1 ? last.at : Number.NEGATIVE_INFINITY,
        fatal,
      });
    }
  }
  return { candidates, unsafe: unsafeAdvice(text, unsafe).map(({ id, found }) => ({ id, found: masked(found) })) };
}

interface Group {
  readonly entry: ErrorEntry;
  /** In its strongest wording. */
  readonly mentions: readonly Match[];
  readonly last: Match;
  readonly weight: number;
}

/** One error is one thing, however often a nest of exceptions repeats it in one place. The weightiest first. */
function grouped(matches: readonly Match[]): Group[] {
  const groups = new Map<string, Match[]>();
  for (const match of matches) {
    const own = groups.get(match.entry.id);
    if (own) own.push(match);
    else groups.set(match.entry.id, [match]);
  }
  return [...groups.values()]
    .flatMap((of): Group[] => {
      const weight = of.reduce((most, match) => Math.max(most, match.weight), 0);
      const [first] = of;
      const last = of.at(-1);
      const mentions = of.filter(match => match.weight === weight);
      return first && last ? [{ entry: first.entry, mentions, last, weight }] : [];
    })
    .sort((a, b) => b.weight - a.weight);
}

/** How many mentions of a kind are looked at for their host, in one place of a text. */
const LOOKS = 6;

/** Said where a program gives up, not where it tries again. */
const FATAL =
  /##\[error\]|\bfatal: |exit(?:ed with)? (?:code|status) [1-9]|ERROR: Job failed|npm (?:ERR!|error)|Traceback \(most recent|BUILD FAILED|\bpanic: /;

/** The index in the text of a byte's place in its UTF-8. */
const indexOfByte = (bytes: Uint8Array, end: number) => new TextDecoder().decode(bytes.subarray(0, end)).length;

/** The line around an index, at most 400 characters of it. */
function lineAt(text: string, index: number): string {
  const start = text.lastIndexOf('\n', Math.max(0, index - 1)) + 1;
  const end = text.indexOf('\n', index);
  const line = text.slice(start, end < 0 ? text.length : end);
  if (line.length <= 400) return line.trim();
  const from = Math.max(0, index - start - 300);
  return line.slice(from, from + 400).trim();
}

const isAddress = (host: string | null) =>
  host !== null &&
  (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || /^\[?[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}\]?$/i.test(host));

/** Whether the name the certificate was compared with is an address. */
function aboutAddress(text: string, bytes: Uint8Array, match: Match): boolean {
  const near = indexOfByte(bytes, match.end);
  const compared = /(?:hostname,? |not valid for |host name |address |, not )\\{0,3}['"]?([^'"\\\s]{1,100})/.exec(
    text.slice(Math.max(0, near - 40), near + 120),
  )?.[1];
  return isAddress(compared ?? null) || isAddress(placeIn(text, near)?.host ?? null);
}
