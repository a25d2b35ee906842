/**
 * Reads a body: bounded JSON of a shape, with no card number anywhere but in `card.pan`. That is looked at before anything
 * else is said of the body, and what is said repeats nothing of it.
 */
import { isPar, looksLikePan, numberIn } from '../../profiles/payments/pan.ts';
import type { Incoming, Outgoing } from '../../protocols/http/exchange.ts';
import { unreadable } from './problem.ts';
import { faultIn, type ObjectShape } from './shape.ts';

/** A body of this API is much shorter; the listener reads no more than 64 KiB of any. */
const BYTES_MAX = 16_384;
const DEPTH_MAX = 8;

/** What came of reading: the value as the shape has it, or the answer. */
export type ReadBody<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: Outgoing };

const UTF8 = new TextDecoder('utf-8', { fatal: true });

const refused = (status: number, detail: string, at?: string): { readonly ok: false; readonly answer: Outgoing } => ({
  ok: false,
  answer: unreadable(status, detail, at),
});

/** Reads it. `T` is what the shape says. */
export function readJson<T>(request: Incoming, shape: ObjectShape): ReadBody<T> {
  const { body, headers, query, tooLarge } = request;
  if (query !== '') return refused(400, 'expected nothing behind a question mark in the address; send all in the body');
  if (tooLarge || body.length > BYTES_MAX) return refused(413, `expected a body of at most ${BYTES_MAX} bytes`);
  const media = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (media !== 'application/json') return refused(415, 'expected the header content-type: application/json');
  const value = parsed(body);
  if (value === undefined) return refused(400, 'expected one JSON object in UTF-8, got something else');
  return readValue<T>(value, shape);
}

/** The same of a value that was parsed already. */
export function readValue<T>(value: unknown, shape: ObjectShape): ReadBody<T> {
  const found = cardNumberIn(value, '', 0);
  if (found !== undefined) return refused(400, found);
  const fault = faultIn(shape, value);
  if (!fault) return { ok: true, value: value as T };
  const where = fault.at === '' ? 'the body' : `\`${fault.at}\``;
  return refused(400, `${where}: expected ${fault.expected}, got ${fault.came}`, fault.at);
}

function parsed(body: Incoming['body']): unknown {
  try {
    return JSON.parse(typeof body === 'string' ? body : UTF8.decode(body));
  } catch {
    return undefined;
  }
}

/** The first place that a card number stands in and should not, in words. Numbers are exempt: their shapes leave no room for one. */
function cardNumberIn(value: unknown, at: string, depth: number): string | undefined {
  if (depth > DEPTH_MAX) return `expected at most ${DEPTH_MAX} objects or lists inside each other`;
  if (typeof value === 'string') {
    const own = at === 'card.pan' || (at === 'card.par' && isPar(value));
    return !own && looksLikePan(value) ? numberIn(at) : undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    if (looksLikePan(name))
      return 'a card number stands where the name of a member should stand: send it as `card.pan`';
    const found = cardNumberIn(member, at === '' ? name : `${at}.${name}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
