/** Readers of the payments profile: ISO 8583 messages, declines as they are printed, and card numbers in text. */
import { explainAnswer } from '../src/inspectors/payments/payments.ts';
import * as book from '../src/profiles/payments/book.ts';
import { looksLikePan, readCard } from '../src/profiles/payments/pan.ts';
import { readDeclineText, readDeclineWord } from '../src/protocols/iso8583/decline-text.ts';
import { FIELDS } from '../src/protocols/iso8583/fields.ts';
import { MESSAGE_MAX, readIso8583 } from '../src/protocols/iso8583/read.ts';
import type { Random } from './random.ts';
import { law, type Target, vectors, weigh } from './target.ts';

const PAN = '4111111111111111';
const NOW = Date.UTC(2026, 8, 20);
const NUMBERS = [...FIELDS.keys()];

/** A message with some fields; sometimes a length that lies, a field that nobody knows, or an end that is missing. */
function message(from: Random): string {
  const packed = from.nat(3) === 0;
  const hexMap = !packed && from.nat(2) === 0;
  const chosen = new Set([
    39,
    ...Array.from({ length: from.nat(9) }, () => from.pick(NUMBERS)),
    ...(from.nat(9) === 0 ? [110] : []),
  ]);
  const numbers = [...chosen].sort((a, b) => a - b);
  const second = numbers.some((n) => n > 64);
  let bits = second ? 1n << 127n : 0n;
  for (const n of numbers) bits |= 1n << BigInt(128 - n);
  const map = bits
    .toString(16)
    .padStart(32, '0')
    .slice(0, second ? 32 : 16);
  const body = numbers.map((n) => fieldOf(from, n, packed));
  const mti = from.pick(['0110', '0210', '0100', '0810', '0430']);
  const head = Buffer.from(packed ? mti : Buffer.from(mti).toString('hex'), 'hex');
  const whole = Buffer.concat([head, hexMap ? Buffer.from(map) : Buffer.from(map, 'hex'), ...body]);
  return (from.nat(4) === 0 ? whole.subarray(0, from.nat(whole.length)) : whole).toString('latin1');
}

function fieldOf(from: Random, number: number, packed: boolean): Buffer {
  const { format = 'F', kind = 'ans', length: most = 1 } = FIELDS.get(number) ?? {};
  const length = format === 'F' ? most : Math.min(most, from.nat(30));
  const told = String(from.nat(12) === 0 ? from.nat(999) : length);
  const prefix = format === 'F' ? '' : told.padStart(format === 'LL' ? 2 : 3, '0');
  const value =
    number === 39
      ? from.pick(['51', '00', '05', 'R1'])
      : from.pick([PAN, `${PAN}=2712`, '0'.repeat(length), 'T8402249']);
  const text = value.repeat(Math.ceil(length / value.length)).slice(0, length);
  const digits = packed && (kind === 'n' || kind === 'z');
  const even = text.length % 2 === 0 ? text : `0${text}`;
  const lengths = packed ? Buffer.from(prefix.length % 2 === 0 ? prefix : `0${prefix}`, 'hex') : Buffer.from(prefix);
  return Buffer.concat([lengths, digits ? Buffer.from(even.replaceAll('=', 'D'), 'hex') : Buffer.from(text, 'latin1')]);
}

const ISO: Target = {
  name: 'iso8583',
  seeds: () => [Buffer.from(`0110${'4000000002018000'}16${PAN}51007T840224978`, 'latin1').toString('latin1')],
  make: (from) => message(from),
  run(input) {
    const bytes = Buffer.from(input, 'latin1').subarray(0, MESSAGE_MAX);
    const read = readIso8583(bytes);
    law(JSON.stringify(readIso8583(bytes)) === JSON.stringify(read), 'the same twice');
    law(readIso8583(bytes.toString('hex')).ok || !read.ok || bytes.length < 12, 'hex of a message is one');
    if (!read.ok) {
      law(weigh(read) < 400, 'a refusal is short and so repeats nothing');
      return 'refused';
    }
    law(read.fields.length <= 127, 'no more fields than there are');
    law(!looksLikePan(JSON.stringify(read)), 'no card number is handed out');
    law(
      read.fields.every((field) => Object.keys(field).join() === 'number,name'),
      'of fields, names only',
    );
    return read.stopped ? 'in part' : 'whole';
  },
};

const DECLINE: Target = {
  name: 'card-decline',
  seeds: () => vectors('card-decline', 'hap-51'),
  pieces: [
    '51',
    '05',
    'R1',
    ' HAP',
    ' UPD',
    ' MAC 24',
    ' at worldpay',
    ' at rapyd',
    ' at stripe',
    'advice ',
    'insufficient_funds',
    '08',
    ' on visa',
    'declined ',
    'response code ',
    ',',
    '/',
    PAN,
  ],
  run(input) {
    const read = readDeclineText(input);
    if (read !== undefined) {
      const plain = input.toUpperCase();
      law(
        [read.code, ...read.suffixes].every((part) => plain.includes(part)),
        'code and words are a part of what came',
      );
      law(read.suffixes.length <= 6 && read.names.length <= 2, 'few words and names');
    }
    const word = readDeclineWord(input);
    if (word !== undefined) {
      law(input.includes(word.code ?? word.advice ?? '?'), 'a word is a part of what came');
      law(!/(?:\D*\d){9}/.test(JSON.stringify(word)) && word.names.length <= 2, 'no long number, few names');
    }
    const found = explainAnswer(input, book, NOW);
    law(JSON.stringify(explainAnswer(input, book, NOW)) === JSON.stringify(found), 'the same twice');
    if (found === undefined) return 'of something else';
    law(found.merchant !== '' && found.customer !== '', 'there are two texts');
    law(!JSON.stringify(found).includes(PAN), 'no card number comes back');
    law(weigh(found) < 40_000, 'an answer is bounded');
    return found.outcome;
  },
};

const NUMBER: Target = {
  name: 'card-number',
  seeds: () => [
    '4111 1111 1111 1111',
    '5555-5555-5555-4444',
    'order 20260101',
    '2026-01-31 12:00:00.000',
    '٤١١١ ١١١١',
    'pan: 378282246310005',
  ],
  pieces: ['4', '1111', ' ', '-', '.', '\u200b', '٤', '𝟒', 'x', PAN, '378282246310005'],
  run(input) {
    const seen = looksLikePan(input);
    law(
      looksLikePan(`${input} card ${PAN}`) && looksLikePan(`${PAN} card ${input}`),
      'a number beside any text is seen',
    );
    const read = readCard({ pan: input, note: `x${input}` });
    law(!read.ok, 'nothing but the card is taken');
    for (const name of ['pan', 'par', 'token']) {
      const one = readCard({ [name]: input });
      const digits = input.match(/\d{6,}/g) ?? [];
      if (!one.ok) law(!digits.some((run) => one.fault.includes(run)), 'a refusal repeats nothing');
      else
        law(
          one.card.kind === 'par' || /^\d{12,19}$/.test(one.card.kind === 'pan' ? one.card.pan : ''),
          'a number is digits',
        );
    }
    return seen ? 'seen' : 'not seen';
  },
};

/** All of them. */
export const PAYMENTS: readonly Target[] = [ISO, DECLINE, NUMBER];
