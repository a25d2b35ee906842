/** What the tables say about a code, as plain data for whoever explains an answer; a moment is always named. */
import { type Attempt, DEFAULT_SETTINGS, type Past } from './case.ts';
import { at, meaningOf } from './data.ts';
import type { ResponseClass, Sourced } from './data-types.ts';
import { type ClosedRule, closedRules, nextAllowedAt } from './profile.ts';
import { readResponse, readSuffix, type Suffix } from './response.ts';
import { type Texts, textsOf, textsOfMeaning } from './words.ts';

/** An answer looked up. */
export interface LookedUp {
  readonly class: ResponseClass;
  /** Field 39 and the advice in the network's numbers. */
  readonly code?: string;
  readonly mac?: string;
  readonly means?: string;
  readonly advice?: string;
  readonly unknown: readonly ('processor' | 'code' | 'advice')[];
  readonly texts: Texts;
  readonly from?: Sourced;
  /** The processor's table, where one was asked and stands for another code. */
  readonly through?: Sourced;
  /** When the same could be tried again if this were its first answer, by every rule with the settings of the default. */
  readonly again: { readonly at: number | 'never'; readonly rules: readonly ClosedRule[] };
}

/** What may be known of an answer. */
export interface Asked {
  readonly code?: string;
  readonly advice?: string;
  /** Without a processor the code is read as one of ISO 8583. */
  readonly processor?: string;
  readonly network?: string;
  readonly region?: string;
}

/** Looks an answer up at a moment, milliseconds since the epoch. */
export function lookUp(asked: Asked, now: number): LookedUp {
  const processor = asked.processor ?? 'iso8583';
  const network = asked.network ?? 'unnamed';
  const read = readResponse(
    {
      processor,
      network,
      ...(asked.code !== undefined && { code: asked.code }),
      ...(asked.advice !== undefined && { advice: asked.advice }),
    },
    now,
  );
  const attempt: Attempt = {
    merchant: 'm',
    card: 'c',
    amount: { minor: 1, currency: 'XXX' },
    initiator: 'merchant',
    // Without a network the limits of our own stand in, as for one that publishes none.
    network: asked.network ?? 'amex',
    processor,
    ...(asked.region !== undefined && { region: asked.region }),
  };
  const past: Past = {
    near: 'key',
    at: now,
    respondedAt: now,
    outcome: read.class === 'approved' ? 'approved' : 'declined',
    class: read.class,
    ...(read.code !== undefined && { code: read.code }),
    ...(read.mac !== undefined && { mac: read.mac }),
  };
  const c = { now, attempt, history: [past], settings: DEFAULT_SETTINGS };
  const from = read.meaning?.entry ?? read.advice?.entry ?? read.from;
  return {
    class: read.class,
    ...(read.code !== undefined && { code: read.code }),
    ...(read.mac !== undefined && { mac: read.mac }),
    ...(read.meaning && { means: read.meaning.means }),
    ...(read.advice && { advice: read.advice.means }),
    unknown: read.unknown,
    texts: read.meaning ? textsOfMeaning(read.meaning) : textsOf(read.class),
    ...(from && { from }),
    ...(asked.processor !== undefined && read.from && read.from !== from && { through: read.from }),
    again: { at: nextAllowedAt(c), rules: closedRules(c) },
  };
}

/** What a processor's word behind a code means. */
export function lookUpSuffix(word: string, asked: Asked, now: number): Suffix {
  return readSuffix(word, asked.code ?? '', asked.processor, now);
}

/** Is what was read as a response code an advice code of this processor as well, by a table of its own? */
export function isAdviceToo(word: string, processor: string, now: number): boolean {
  const advice = at(now).dialects.get(processor)?.advice ?? {};
  return Object.hasOwn(advice, word);
}

/** Names beside which a code or word alone means something: those of processors, and `visa` for a code of the networks. */
export function placesOf(
  word: string,
  now: number,
): { readonly processors: readonly string[]; readonly network?: string } {
  const epoch = at(now);
  const dialects = [...new Set(epoch.dialects.values())];
  const processors = dialects.flatMap(({ names: [name], responses }) =>
    name !== undefined && Object.hasOwn(responses, word) ? [name] : [],
  );
  const network = [...epoch.networks.keys()].find((one) => meaningOf(epoch, one, word.toUpperCase()));
  return { processors, ...(network !== undefined && { network }) };
}

/** Is this the name of a processor or of a network? In small letters, as the data spell it. */
export function named(word: string, now: number): 'processor' | 'network' | undefined {
  const name = word.toLowerCase();
  const epoch = at(now);
  if (epoch.networks.has(name)) return 'network';
  const suffixes = [...epoch.suffixes.values()].flat().some(({ processor }) => processor === name);
  return epoch.dialects.has(name) || suffixes ? 'processor' : undefined;
}
