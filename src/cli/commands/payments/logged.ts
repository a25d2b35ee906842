/** A row of a list of attempts that were made, as the simulation takes it. */
import { randomBytes } from 'node:crypto';
import { at as epochAt } from '../../../profiles/payments/data.ts';
import { fingerprint, looksLikePan, numberIn, readCard } from '../../../profiles/payments/pan.ts';
import { readResponse } from '../../../profiles/payments/response.ts';
import type { LoggedAttempt } from '../../../profiles/payments/simulate.ts';
import { CsvError, type Row } from './csv.ts';

/** The columns, and what stands in them. */
export const COLUMNS: Readonly<Record<string, string>> = {
  at: 'when it was sent: 2026-11-21T12:00:00Z',
  pan: 'the card number; turned into a fingerprint in memory, with a key that is thrown away',
  card: 'or anything else that names the card, without a card number in it',
  amount: 'in the smallest unit of the currency',
  currency: 'EUR',
  network: 'visa, mastercard, amex, discover …',
  outcome: 'approved, declined or unknown',
  code: 'the response code or word, as the processor spells it',
  advice: 'its advice code or word',
  processor: 'whose words they are; iso8583 unless told',
  initiator: 'cardholder (unless told) or merchant',
  merchant: 'which of yours; one unless told',
  region: 'of the merchant: US, CA, EU …, for fees; USXB in the US with a card from abroad',
  purchase: 'the same for every attempt to pay the same thing',
  responded_at: 'when the answer came; at once unless told',
};

const REQUIRED = ['at', 'amount', 'currency', 'network', 'outcome'];
const NUMERIC: ReadonlySet<string> = new Set(['at', 'responded_at', 'amount', 'pan']);

/** Reads rows behind this heading. */
export interface RowReader {
  /** Columns that are not known, and not read. */
  readonly ignored: readonly string[];
  /** @throws CsvError, which repeats nothing of a card */
  read(row: Row): LoggedAttempt;
}

/** Looks at the heading. @throws CsvError where a column is missing */
export function rowReader({ cells: names }: Row): RowReader {
  if (names.some(looksLikePan))
    throw new CsvError('line 1: expected the names of columns, got what looks like a card number');
  const [only = ''] = names;
  const separator =
    names.length > 1
      ? undefined
      : [['semicolons', ';'] as const, ['tabs', '\t'] as const].find(([, sign]) => only.includes(sign));
  if (separator) throw new CsvError(`line 1: expected commas between the cells, got ${separator[0]}`);
  const twice = names.find((name, i) => Object.hasOwn(COLUMNS, name) && names.indexOf(name) < i);
  if (twice !== undefined) throw new CsvError(`line 1: expected every column once, got ${twice} twice`);
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (!names.includes('pan') && !names.includes('card')) missing.push('pan or card');
  if (missing.length > 0)
    throw new CsvError(`line 1: expected the columns ${missing.join(', ')}; got ${names.join(', ').slice(0, 300)}`);
  const key = { id: 'run', secret: randomBytes(32) };
  return {
    ignored: names.filter((name) => !Object.hasOwn(COLUMNS, name)),
    read: ({ line, cells }) => {
      if (cells.length !== names.length)
        throw new CsvError(`line ${line}: expected ${names.length} cells, as the heading has, got ${cells.length}`);
      return loggedOf(line, new Map(names.map((name, i) => [name, cells[i] ?? ''])), key);
    },
  };
}

function loggedOf(
  line: number,
  cells: ReadonlyMap<string, string>,
  key: Parameters<typeof fingerprint>[1],
): LoggedAttempt {
  const wrong = (name: string, expected: string): CsvError =>
    new CsvError(`line ${line}, column ${name}: expected ${expected}`);
  const get = (name: string): string | undefined => {
    const text = cells.get(name)?.trim();
    if (text === undefined || text === '') return undefined;
    if (!NUMERIC.has(name) && looksLikePan(text))
      throw new CsvError(`line ${line}: ${numberIn(name).replace('`card.pan`', 'the column pan')}`);
    return text;
  };
  const word = <T extends string>(name: string, words: readonly T[], otherwise?: T): T => {
    const found = words.find((one) => one === (get(name) ?? otherwise));
    if (found === undefined) throw wrong(name, words.join(', '));
    return found;
  };
  const time = (name: string): number | undefined => {
    const text = get(name);
    if (text === undefined) return undefined;
    const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
    if (Number.isNaN(ms)) throw wrong(name, 'a time with its zone, like 2026-11-21T12:00:00Z');
    return ms;
  };
  const sentAt = time('at');
  if (sentAt === undefined) throw wrong('at', 'a time');
  const amount = get('amount') ?? '';
  if (!/^\d{1,11}$/.test(amount)) throw wrong('amount', 'a whole number of the smallest unit, 11 digits at most');
  const currency = get('currency') ?? '';
  if (!/^[A-Z]{3}$/.test(currency)) throw wrong('currency', 'three capitals');
  const network = (get('network') ?? '').toLowerCase();
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(network)) throw wrong('network', 'the name of a network, such as visa');
  const processor = (get('processor') ?? 'iso8583').toLowerCase();
  const [code, advice, region, purchase] = ['code', 'advice', 'region', 'purchase'].map(get);
  const outcome = word('outcome', ['approved', 'declined', 'unknown']);
  const raw = { processor, network, ...(code !== undefined && { code }), ...(advice !== undefined && { advice }) };
  const read = outcome === 'unknown' ? undefined : readResponse(raw, sentAt);
  return {
    at: sentAt,
    respondedAt: time('responded_at') ?? sentAt,
    outcome,
    ...(read?.code !== undefined && { code: read.code }),
    ...(read?.mac !== undefined && { mac: read.mac }),
    ...(outcome === 'declined' && read && { class: read.class }),
    merchant: get('merchant') ?? 'm',
    card: cardOf(line, get('pan'), get('card'), key),
    amount: { minor: Number(amount), currency },
    initiator: word('initiator', ['cardholder', 'merchant'], 'cardholder'),
    network: epochAt(sentAt).networks.get(network)?.network ?? network,
    processor,
    ...(region !== undefined && { region: region.toUpperCase() }),
    ...(purchase !== undefined && { purchase }),
  };
}

function cardOf(
  line: number,
  pan: string | undefined,
  card: string | undefined,
  key: Parameters<typeof fingerprint>[1],
): string {
  if (pan === undefined) {
    if (card === undefined)
      throw new CsvError(`line ${line}: expected something in the column pan or card, got nothing`);
    return fingerprint({ kind: 'token', token: card, processor: 'csv' }, key);
  }
  const read = readCard({ pan });
  if (!read.ok) throw new CsvError(`line ${line}, column pan: ${read.fault}`);
  return fingerprint(read.card, key);
}
