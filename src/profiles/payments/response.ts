/**
 * What a processor answered, in its own words, as the network's code, advice and class. Numbers of one processor mean nothing
 * at another: what no table knows is `unknown`, never guessed.
 */
import { type AdviceMeaning, at, type CodeMeaning, meaningOf } from './data.ts';
import type { DialectEntry, Meaning, ResponseClass, Sourced, SuffixEntry } from './data-types.ts';

/** An answer as it came. */
export interface RawResponse {
  readonly processor: string;
  readonly network: string;
  /** The processor's response code or word: `51`, `20051`, `insufficient_funds`. */
  readonly code?: string;
  /** Its advice code or word. */
  readonly advice?: string;
}

/** The same, understood as far as it is known. */
export interface ReadResponse {
  readonly class: ResponseClass;
  /** Field 39 and field 48.84 in the network's numbers, where the processor's stand for them. */
  readonly code?: string;
  readonly mac?: string;
  readonly known: boolean;
  readonly meaning?: CodeMeaning;
  readonly advice?: AdviceMeaning;
  /** What is not known: of the processor, its code, or its advice. */
  readonly unknown: readonly ('processor' | 'code' | 'advice')[];
  /** Where the processor's words are explained. */
  readonly from?: Sourced;
}

/** Longest code or word that is looked up. */
const WORD_MAX = 64;

/**
 * Reads an answer.
 *
 * @param now milliseconds since the epoch: the tables that hold then
 */
export function readResponse(raw: RawResponse, now: number): ReadResponse {
  const epoch = at(now);
  const dialect = epoch.dialects.get(raw.processor.trim().toLowerCase());
  if (dialect === undefined) return { class: 'unknown', known: false, unknown: ['processor'] };
  const said = translate(raw.code, dialect.responses, dialect.raw, dialect);
  const advised = translate(raw.advice, dialect.advice, dialect.rawAdvice, dialect);
  const code = typeof said === 'string' ? said : undefined;
  const mac = typeof advised === 'string' ? advised : advised === undefined ? unknownAdvice(raw.advice) : undefined;
  const meaning = code === undefined ? undefined : meaningOf(epoch, raw.network, code);
  const advice = mac === undefined ? undefined : epoch.advice.get(mac);
  const unknown: ('code' | 'advice')[] = [];
  const classified = meaning?.entry.class ?? (typeof said === 'object' && said ? said.class : undefined);
  if (raw.code !== undefined && classified === undefined) unknown.push('code');
  const adviceClass = advice?.entry.class ?? (typeof advised === 'object' && advised ? advised.class : undefined);
  if (advised === undefined ? raw.advice !== undefined : advised !== null && adviceClass === undefined)
    unknown.push('advice');
  const kind = raw.code === undefined ? adviceClass : classified;
  return {
    class: kind ?? 'unknown',
    known: kind !== undefined && unknown.length === 0,
    unknown,
    from: dialect,
    ...(code !== undefined && { code }),
    ...(mac !== undefined && { mac }),
    ...(meaning && { meaning }),
    ...(advice && { advice }),
  };
}

/** Advice that no table of the processor has is kept as what no table of the network has either: it closes. */
function unknownAdvice(word: string | undefined): string | undefined {
  const own = word?.trim();
  return own ? `?${own.slice(0, WORD_MAX)}` : undefined;
}

/** `undefined`: not known; `null`: known to say nothing. */
function translate(
  word: string | undefined,
  words: Readonly<Record<string, Meaning>>,
  raw: boolean,
  { pad }: DialectEntry,
): Meaning | undefined {
  const own = word?.trim();
  if (own === undefined || own === '' || own.length > WORD_MAX) return undefined;
  if (Object.hasOwn(words, own)) return words[own];
  return raw ? own.toUpperCase().padStart(pad, '0') : undefined;
}

/** A word printed behind a response code, and what is known of it. */
export interface Suffix {
  readonly word: string;
  readonly known: boolean;
  readonly means?: string;
  readonly from?: Sourced;
}

/** What a processor's word behind a code means. Known for another processor or another code is not known. */
export function readSuffix(word: string, code: string, processor: string | undefined, now: number): Suffix {
  const fits = (entry: SuffixEntry): boolean =>
    (entry.processor === null || entry.processor === processor?.trim().toLowerCase()) &&
    (entry.codes === null || entry.codes.includes(code));
  const entry = at(now).suffixes.get(word.toUpperCase())?.find(fits);
  return entry ? { word, known: true, means: entry.means, from: entry } : { word, known: false };
}
