/**
 * "HAP 5.1", "hap 51", "code 51 upd": at least eight trades use these words for different things. This lists every
 * reading, the likelier ones first, and asks for the artefact. It never says which one it is: words prove nothing.
 *
 * Not here: any verdict. Those start from an artefact (`../artefact/sniff.ts` says what one is).
 */
import { ENTRIES, type Entry } from './readings.ts';

/** One reading as shown. */
interface Reading extends Omit<Entry, 'words'> {
  /** The given words that raised it; missing when none did. */
  readonly becauseOf?: string;
}

/** The disambiguation page. */
export interface Disambiguation {
  readonly title: string;
  /** Every reading, always; ordered by the words given. */
  readonly readings: readonly Reading[];
  /** What the reader should do next. */
  readonly ask: string;
}

/** Longest text looked at, in UTF-16 units; the rest is dropped. */
const TEXT_MAX = 500;

/** Is this text about any of it? True when it names HAP, 5.1 or 51, or has at least two words that readings know. */
export function concernsHap51(text: string): boolean {
  const words = wordsOf(text);
  if (words.some((w) => NAMES.has(w))) return true;
  return words.filter((w) => ENTRIES.some((e) => weight(e, w) > 0)).length >= 2;
}

/** Lists what the words may mean. */
export function explainHap51(text: string): Disambiguation {
  const words = wordsOf(text);
  const scored = ENTRIES.map((entry) => {
    const hits = words.filter((word) => weight(entry, word) > 0);
    // the shared words (code, authorization) order nothing on their own, so they are no reason to show
    const telling = hits.filter((word) => weight(entry, word) > 1);
    const score = hits.reduce((sum, word) => sum + weight(entry, word), 0);
    return { entry, score: telling.length > 0 ? score : 0, telling };
  });
  scored.sort((a, b) => b.score - a.score);
  return {
    title: `these words have ${ENTRIES.length} readings; only the artefact can say which one is meant`,
    readings: scored.map(({ entry, telling }) => toReading(entry, telling)),
    ask: askFor(scored[0]?.score ?? 0, scored[0]?.entry),
  };
}

const NAMES = new Set(['hap', 'hap51', '51', '5.1', 'authcode', 'upd', 'demo']);

/** Words and numbers, each once: `hap5.1-authcode` gives hap, 5.1, authcode. */
function wordsOf(text: string): string[] {
  const found =
    text
      .slice(0, TEXT_MAX)
      .toLowerCase()
      .match(/\p{L}+|\d+(?:\.\d+)*/gu) ?? [];
  return [...new Set(found)];
}

function weight(entry: Entry, word: string): number {
  return Object.hasOwn(entry.words, word) ? (entry.words[word] ?? 0) : 0;
}

function toReading({ words: _, ...entry }: Entry, telling: readonly string[]): Reading {
  if (telling.length === 0) return entry;
  return { ...entry, becauseOf: telling.slice(0, 6).join(', ') };
}

function askFor(score: number, first: Entry | undefined): string {
  if (score === 0 || !first)
    return 'bring the thing itself: the request, the response, the file, the letter or the message, whole';
  return `the words given lean towards the first reading, but they prove nothing: bring ${first.bring}`;
}
