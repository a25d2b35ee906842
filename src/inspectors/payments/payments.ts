/**
 * Explains the answer to a card payment: `51 HAP UPD` as it is printed, `insufficient_funds at stripe`, or an ISO 8583 response. A text and a book in, a tree
 * of checks out. The book (response codes, processors, waiting times) is the payments profile's and is handed in: an inspector
 * knows no profile. No card number is repeated; a response is never kept.
 */
import type { Cause, Check, Fix } from '../../core/verdict.ts';
import {
  type DeclineText,
  type DeclineWord,
  MANY_DIGITS,
  readDeclineText,
  readDeclineWord,
} from '../../protocols/iso8583/decline-text.ts';
import { type Message, readIso8583 } from '../../protocols/iso8583/read.ts';

/** Where a figure comes from. */
interface Source {
  readonly source: string;
  readonly edition: string;
  readonly confidence: string;
}

/** What is asked of the book. */
interface Asked {
  readonly code?: string;
  readonly advice?: string;
  readonly processor?: string;
  readonly network?: string;
}

/** What the book says of an answer, as if it had come at `now`. */
export interface BookEntry {
  readonly class: string;
  readonly means?: string;
  readonly advice?: string;
  readonly unknown: readonly string[];
  readonly texts: { readonly merchant: string; readonly customer: string };
  readonly from?: Source;
  readonly through?: Source;
  readonly again: {
    readonly at: number | 'never';
    readonly rules: readonly {
      readonly rule: string;
      readonly cause: string;
      readonly say: string;
      readonly fixes: readonly Fix[];
      readonly until: number | 'never';
      readonly from: Source;
    }[];
  };
}

/** The tables, as this inspector needs them. */
export interface Book {
  lookUp(asked: Asked, now: number): BookEntry;
  lookUpSuffix(
    word: string,
    asked: Asked,
    now: number,
  ): { readonly known: boolean; readonly means?: string; readonly from?: Source };
  named(word: string, now: number): 'processor' | 'network' | undefined;
  isAdviceToo(word: string, processor: string, now: number): boolean;
}

/** The answer, explained. */
export interface ExplainedAnswer {
  readonly title: string;
  /** `unknown`: the code means nothing that a table knows. */
  readonly outcome: 'approved' | 'declined' | 'unknown';
  readonly code?: string;
  readonly class: string;
  readonly merchant: string;
  /** What may be said to the customer; the same for every decline that is nobody's business. */
  readonly customer: string;
  /** How long after this answer the same may be tried again, by default; nothing behind an approval. */
  readonly againInMs?: number | 'never';
  readonly checks: readonly Check[];
  readonly fixes: readonly Fix[];
  /** Names in the text that no table has, in small letters: what they would have changed is not in the answer. */
  readonly unknownNames?: readonly string[];
}

/** Explains a text; `undefined` when it is no answer to a card payment. `now` is when it came, milliseconds since the epoch. */
export function explainAnswer(text: string, book: Book, now: number): ExplainedAnswer | undefined {
  const message = readIso8583(text);
  if (message.ok && message.response && message.responseCode !== undefined) {
    const { responseCode: code, advice } = message;
    const asked = { code, ...(advice !== undefined && { advice, network: 'mastercard' }) };
    return explain(asked, [messagePhase(message)], book, now);
  }
  const read = readDeclineText(text);
  const word = read ?? readDeclineWord(text);
  if (word === undefined) return undefined;
  const asked = askedOf(word, book, now);
  // Other words than a code of two characters are of a processor, or of something else altogether.
  if (read === undefined && word.code !== undefined && asked.processor === undefined) return undefined;
  const before = read === undefined ? [] : wordsPhase(read, asked, book, now);
  const found = explain(asked, before, book, now);
  const unknownNames = read?.inSentence
    ? []
    : word.names.filter((name) => book.named(name, now) === undefined && !MANY_DIGITS.test(name));
  return { ...found, ...(unknownNames.length > 0 && { unknownNames }) };
}

function askedOf({ code, advice, names }: DeclineText | DeclineWord, book: Book, now: number): Asked {
  const of = (kind: 'processor' | 'network'): string | undefined =>
    names.find((name) => book.named(name, now) === kind);
  const processor = of('processor');
  const network = of('network') ?? (advice === undefined ? undefined : 'mastercard');
  return {
    ...(code !== undefined && { code }),
    ...(advice !== undefined && { advice }),
    ...(processor !== undefined && { processor }),
    ...(network !== undefined && { network }),
  };
}

function explain(asked: Asked, before: readonly Check[], book: Book, now: number): ExplainedAnswer {
  const entry = book.lookUp(asked, now);
  const either = asAdvice(asked, book, now);
  // Taken for approved, an advice not to try again would be worth goods.
  const judged = either && entry.class === 'approved' ? { ...either, class: 'unknown' } : entry;
  const approved = judged.class === 'approved';
  const outcome = approved ? 'approved' : judged.class === 'unknown' ? 'unknown' : 'declined';
  const { at, rules } = judged.again;
  const checks = [
    answerPhase(asked, entry),
    ...eitherPhase(asked, either),
    ...before,
    ...(approved ? [] : [againPhase(judged, now)]),
  ];
  const fixes = approved ? [] : rules.flatMap((rule) => rule.fixes);
  return {
    title: `${titleOf(asked, entry)}${judged === entry ? '' : '; or advice'}`,
    outcome,
    ...(asked.code !== undefined && { code: asked.code }),
    class: judged.class,
    ...judged.texts,
    ...(!approved && { againInMs: at === 'never' ? 'never' : at - now }),
    checks,
    fixes: fixes.filter((fix, i) => fixes.findIndex(({ say }) => say === fix.say) === i),
  };
}

function titleOf(
  { code, advice, processor }: Asked,
  { means, advice: advised, class: kind, unknown }: BookEntry,
): string {
  const what = code === undefined ? `advice code ${advice ?? 'missing'}` : `response code ${code}`;
  const says = code === undefined ? advised : means;
  const silent = unknown.length === 0 ? 'known to say nothing' : 'not known here, so it is not tried again';
  const otherwise = kind === 'unknown' ? silent : kind;
  return `${what}${processor === undefined ? '' : ` at ${processor}`}: ${says ?? otherwise}`;
}

/** What the code says if it is advice: a processor that numbers its advice itself may have meant that. */
function asAdvice({ code, advice, processor }: Asked, book: Book, now: number): BookEntry | undefined {
  if (code === undefined || advice !== undefined || processor === undefined) return undefined;
  return book.isAdviceToo(code, processor, now)
    ? book.lookUp({ advice: code, processor, network: 'mastercard' }, now)
    : undefined;
}

function eitherPhase({ code = '', processor }: Asked, either: BookEntry | undefined): readonly Check[] {
  if (either === undefined) return [];
  const child = leaf('response-or-advice', 'warn', code, undefined, {
    id: 'either',
    say: `as advice of ${processor} it says: ${either.advice ?? either.class}; if it is that, write: advice ${code} at ${processor}`,
    fixes: [{ audience: 'client', say: 'ask the processor whether it is a response code or advice' }],
  });
  return [{ id: 'meant', outcome: 'warn', children: [child] }];
}

const told = ({ source, edition, confidence }: Source): string => `${source} (${edition}; ${confidence})`;

function answerPhase(asked: Asked, entry: BookEntry): Check {
  const known = !entry.unknown.includes('code') && !entry.unknown.includes('processor');
  const code = leaf('response-code', known ? 'pass' : 'fail', asked.code ?? 'none', entry.means, {
    id: 'unknown',
    say: entry.unknown.includes('processor') ? 'the processor is not known here' : 'no table here knows this code',
    fixes: [
      { audience: 'client', say: 'ask the processor what its code means; name it: … at <processor> on <network>' },
    ],
  });
  const sure = known && entry.class !== 'unknown';
  const kind = leaf('class', sure ? 'pass' : 'skip', entry.class, fromOf(entry), undefined);
  if (asked.advice === undefined) return { id: 'answer', outcome: code.outcome, children: [code, kind] };
  const advised = leaf('advice', entry.unknown.includes('advice') ? 'fail' : 'pass', asked.advice, entry.advice, {
    id: 'unknown',
    say: 'no table here knows this advice code; processors number them differently',
    fixes: [{ audience: 'client', say: 'ask the processor what its advice code means' }],
  });
  if (asked.code === undefined) return { id: 'answer', outcome: advised.outcome, children: [advised, kind] };
  return { id: 'answer', outcome: advised.outcome === 'fail' ? 'fail' : code.outcome, children: [code, kind, advised] };
}

function fromOf({ from, through }: BookEntry): string | undefined {
  return [through, from].flatMap((one) => (one ? [told(one)] : [])).join('; then ') || undefined;
}

/** What is read here is no rule of the profile, and no guide knows it. */
function leaf(
  id: string,
  outcome: 'pass' | 'fail' | 'warn' | 'skip',
  presented: string,
  because: string | undefined,
  cause: Cause | undefined,
): Check {
  const name = `card-answer.${id}`;
  if (outcome === 'pass') return { id: name, outcome, presented, ...(because !== undefined && { because }) };
  if (outcome === 'skip') return { id: name, outcome, because: 'its code is not known' };
  return { id: name, outcome, presented, ...(cause && { cause }) };
}

function wordsPhase(read: DeclineText, asked: Asked, book: Book, now: number): readonly Check[] {
  if (read.suffixes.length === 0) return [];
  const children = read.suffixes.map((word) => {
    const { known, means, from } = book.lookUpSuffix(word, asked, now);
    return leaf(
      `suffix ${word}`,
      known ? 'pass' : 'warn',
      word,
      known ? `${means}; ${from ? told(from) : ''}` : undefined,
      {
        id: 'unknown-suffix',
        say:
          asked.processor === undefined
            ? 'unknown: no public table defines it; it is a word of one processing system, and changes nothing about the code'
            : `unknown: the table for ${asked.processor} does not have it; it changes nothing about the code`,
        fixes: [{ audience: 'client', say: 'ask the processor what it prints there' }],
      },
    );
  });
  return [{ id: 'words', outcome: children.some(({ outcome }) => outcome === 'warn') ? 'warn' : 'pass', children }];
}

function messagePhase({ mti, fields, stopped }: Message): Check {
  const read = leaf(
    'message-whole',
    stopped ? 'warn' : 'pass',
    `${mti}, ${fields.length} fields`,
    'the card’s own fields are not looked at',
    {
      id: 'stopped',
      say: 'the message could be read only in part',
      ...(stopped && { detail: `field ${stopped.field}, byte ${stopped.byte}: ${stopped.because}` }),
      fixes: [{ audience: 'client', say: 'compare the field with the specification of your processor' }],
    },
  );
  return { id: 'message', outcome: read.outcome, children: [read] };
}

function againPhase({ again }: BookEntry, now: number): Check {
  const children = again.rules.map(
    ({ rule, cause, say, fixes, until, from }): Check => ({
      id: rule,
      outcome: 'fail',
      expected: until === 'never' ? 'new facts first' : `${duration(until - now)} after this answer`,
      cause: { id: cause, say, detail: `${say}; ${told(from)}`, fixes },
    }),
  );
  return { id: 'trying again', outcome: children.length > 0 ? 'fail' : 'pass', children };
}

/** `12 h`, `10 min`, `30 days` */
export function duration(ms: number): string {
  if (ms >= 172_800_000 && ms % 86_400_000 === 0) return `${ms / 86_400_000} days`;
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return `${Math.ceil(ms / 60_000)} min`;
}
