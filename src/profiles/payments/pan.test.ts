import { createHmac, randomInt } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Card, fingerprint, fingerprints, looksLikePan, numberIn, readCard } from './pan.ts';

/** A random number of a length whose check digit holds. */
function number(length: number, prefix = ''): string {
  const body = prefix + Array.from({ length: length - 1 - prefix.length }, () => randomInt(10)).join('');
  for (let check = 0; check < 10; check += 1) if (valid(body + check)) return body + check;
  throw new Error('no check digit fits');
}
/** Luhn by its table, not by arithmetic. */
function valid(digits: string): boolean {
  const twice = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
  const sum = [...digits].reverse().reduce((all, d, i) => all + (i % 2 ? (twice[Number(d)] as number) : Number(d)), 0);
  return sum % 10 === 0;
}
const key = (byte: number, id = `k${byte}`) => ({ id, secret: new Uint8Array(32).fill(byte) });
const CANARIES = 10_000;
/** A reference of digits, in which a card number may seem to stand; it goes into the fingerprint only. */
const NUMERIC_PAR = `V001${number(16, '4')}000000000`;

describe('a card number', () => {
  it(`is seen in each of ${CANARIES} canaries, whatever stands between its digits and around it`, () => {
    const between = ['', ' ', '-', '.', '/', '\u00a0', '\u200b', '_', ' - ', '\n', ', ', '\u2011', '|', '·'];
    const around = [
      (s: string) => s,
      (s: string) => `card ${s}.`,
      (s: string) => `"${s}"`,
      (s: string) => `ref:${s};x`,
    ];
    for (let i = 0; i < CANARIES; i += 1) {
      const digits = number(12 + (i % 8), String(2 + (i % 5)));
      const groups = digits.match(i % 3 === 0 ? /.{1,4}/g : i % 3 === 1 ? /^.{4}|.{1,6}/g : /./g) ?? [];
      const text = (around[i % around.length] as (s: string) => string)(groups.join(between[i % between.length]));
      expect(looksLikePan(text), JSON.stringify(text)).toBe(true);
    }
  });

  it('is seen in the digits of other scripts, and with the date or code written right behind it', () => {
    const spelled = (zero: number): string =>
      [...'4111111111111111'].map((d) => String.fromCodePoint(zero + Number(d))).join('');
    for (const zero of [0x660, 0x6f0, 0x966, 0xff10, 0x1d7ce, 0x1d7e2, 0x1d7f6, 0xe50])
      expect(looksLikePan(spelled(zero))).toBe(true);
    for (const text of [
      '4111111111111111=27121010000',
      '41111111111111111227',
      '378282246310005 1227 123',
      '%B5555555555554444^NAME/A',
    ])
      expect(looksLikePan(text), text).toBe(true);
  });

  it('is seen percent-encoded and as character references, its digits as well as what stands between them', () => {
    const encoded = (how: (digit: string) => string): string => [...'4111111111111111'].map(how).join('');
    for (const text of [
      '4111%201111%201111%201111',
      '4111%2D1111%2d1111%2D1111',
      '4111&nbsp;1111&nbsp;1111&nbsp;1111',
      '4111&#45;1111&#x2d;1111&#45;1111',
      '4012-----8888-----8888-----1881',
      encoded((d) => `%3${d}`),
      encoded((d) => `&#${48 + Number(d)};`),
      encoded((d) => `&#x3${d};`),
    ])
      expect(looksLikePan(text), text).toBe(true);
    for (const text of ['50% off, 20% of 3 & 4', 'a&b;c', '%41%42%43', '&#9999999;', '100%', 'caf%C3%A9 12/2027'])
      expect(looksLikePan(text), text).toBe(false);
  });

  it('is not seen in dates, ids, short numbers, and numbers whose check digit is wrong', () => {
    const dates = Array.from({ length: 2_000 }, (_, i) => new Date(Date.UTC(2026, 0, 1) + i * 7_654_321).toISOString());
    for (const date of dates) {
      expect(looksLikePan(date)).toBe(false);
      expect(looksLikePan(date.replace('T', ' ').replace(/\..*/, ''))).toBe(false);
    }
    for (const text of [
      '',
      'order-7',
      '12345678901',
      '4111111111111112',
      'vd_7F3K9A2B4C',
      '51 HAP UPD',
      'call 555 0100',
    ])
      expect(looksLikePan(text), text).toBe(false);
    const wrong = Array.from({ length: 1_000 }, () => number(16)).map(
      (n) => n.slice(0, 15) + ((Number(n[15]) + 1) % 10),
    );
    expect(wrong.some(looksLikePan)).toBe(false);
  });

  it('is presumed in a text that is too long to look through', () => {
    expect(looksLikePan('x'.repeat(100_001))).toBe(true);
    expect(looksLikePan('1 '.repeat(49_999))).toBe(false);
  });
});

describe('reading a card', () => {
  it('takes a number, a reference, or a token with its processor', () => {
    expect(readCard({ pan: '4111 1111-1111.1111' })).toEqual({
      ok: true,
      card: { kind: 'pan', pan: '4111111111111111' },
    });
    for (const par of ['V'.padEnd(29, 'A7'), NUMERIC_PAR])
      expect(readCard({ par })).toEqual({ ok: true, card: { kind: 'par', par } });
    expect(readCard({ token: 'pm_1', processor: 'Stripe' })).toEqual({
      ok: true,
      card: { kind: 'token', token: 'pm_1', processor: 'stripe' },
    });
  });

  it('refuses everything else, and a number in any other member, without repeating it', () => {
    const pan = '4111111111111111';
    const inputs = [
      {},
      { pan, par: 'x' },
      { pan: '4111111111111112' },
      { pan: 'four' },
      { pan: 7 },
      { par: pan },
      { par: ` ${NUMERIC_PAR}` },
      { par: NUMERIC_PAR.slice(1) },
      { par: NUMERIC_PAR, note: NUMERIC_PAR },
      { token: NUMERIC_PAR, processor: 'stripe' },
      { token: pan, processor: 'stripe' },
      { token: 'pm_1', processor: pan },
      { token: 'pm_1' },
      { pan, note: pan },
      { [pan]: 'x' },
      { note: '4111-1111-1111-1111' },
    ];
    for (const input of inputs) {
      const read = readCard(input);
      expect(read.ok, JSON.stringify(input)).toBe(false);
      expect(JSON.stringify(read)).not.toMatch(/4111|1111|V001/);
    }
    expect(numberIn(pan)).not.toContain('4111');
    expect(numberIn('description')).toContain('`description`');
  });
});

describe('a fingerprint', () => {
  const card: Card = { kind: 'pan', pan: '4111111111111111' };

  it('is the HMAC-SHA-256 of the whole number, and shows nothing of it', () => {
    const made = fingerprint(card, key(1));
    expect(made).toBe(`pf_${createHmac('sha256', Buffer.alloc(32, 1)).update('4111111111111111').digest('base64url')}`);
    expect(made).toMatch(/^pf_[\w-]{43}$/);
    expect(() => fingerprint(card, { id: 'short', secret: new Uint8Array(15) })).toThrow('16 bytes');
  });

  it('differs between numbers, keys, and kinds that spell the same', () => {
    const cards: Card[] = [
      card,
      { kind: 'pan', pan: '5555555555554444' },
      { kind: 'par', par: '4111111111111111' },
      { kind: 'token', token: '4111111111111111', processor: 'a' },
      { kind: 'token', token: '4111111111111111', processor: 'b' },
    ];
    const all = cards.flatMap((one) => [fingerprint(one, key(1)), fingerprint(one, key(2))]);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is made under every live key, the newest first, so that keys rotate without losing a counter', () => {
    const before = fingerprints(card, [key(1)]);
    const [written, ...read] = fingerprints(card, [key(2), key(1)]);
    expect(written).toEqual({ key: 'k2', id: fingerprint(card, key(2)) });
    expect(read).toEqual(before);
    expect(() => fingerprints(card, [])).toThrow('one fingerprint key');
  });
});
