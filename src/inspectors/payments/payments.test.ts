import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/support/payments-case.ts';
import { leaves } from '../../core/verdict.ts';
import * as book from '../../profiles/payments/book.ts';
import { GENERIC } from '../../profiles/payments/words.ts';
import { duration, explainAnswer } from './payments.ts';

const explain = (text: string) => {
  const found = explainAnswer(text, book, NOON);
  if (found === undefined) throw new Error(`not explained: ${text}`);
  return found;
};
const check = (text: string, id: string) => leaves(explain(text).checks).find((one) => one.id.endsWith(`.${id}`));

describe('the answer to a card payment, explained', () => {
  it('of 51 HAP UPD is insufficient funds, two unknown words, and 12 hours', () => {
    const found = explain('51 HAP UPD');
    expect(found).toMatchObject({ outcome: 'declined', code: '51', class: 'funds', againInMs: 12 * 3_600_000 });
    expect(found.title).toBe('response code 51: insufficient funds');
    for (const word of ['HAP', 'UPD'])
      expect(check('51 HAP UPD', `suffix ${word}`)).toMatchObject({
        outcome: 'warn',
        cause: { id: 'unknown-suffix', say: expect.stringContaining('unknown: no public table defines it') },
      });
    expect(check('51 HAP UPD', 'hold-after-51')).toMatchObject({ outcome: 'fail', expected: '12 h after this answer' });
    const audiences = found.fixes.map(({ audience }) => audience);
    expect(audiences).toContain('client');
    expect(audiences).toContain('owner');
  });

  it('names the table of a processor that does not have the word, and knows the words it has', () => {
    expect(check('51 HAP at worldpay', 'suffix HAP')?.cause?.say).toContain('the table for worldpay does not have it');
    expect(check('41 HOLD-CALL at tsys', 'suffix HOLD-CALL')).toMatchObject({ outcome: 'pass' });
    expect(explain('41 HOLD-CALL at tsys').class).toBe('never');
    expect(check('51 NSF', 'suffix NSF')).toMatchObject({ outcome: 'pass' });
  });

  it('takes network and advice into account', () => {
    expect(explain('51 NSF MAC 30 on mastercard').againInMs).toBe(10 * 86_400_000);
    expect(explain('51 NSF MAC 03').againInMs).toBe('never');
    expect(explain('14 on visa').againInMs).toBe('never');
    expect(check('51 MAC 77', 'advice')).toMatchObject({ outcome: 'fail' });
    expect(explain('91 DECLINED').againInMs).toBe(600_000);
  });

  it('says of a code that nobody knows that it is unknown', () => {
    expect(explain('Q7 DECLINED')).toMatchObject({ outcome: 'unknown', againInMs: 'never', customer: GENERIC });
    expect(explain('82 DECLINED')).toMatchObject({ outcome: 'unknown' });
    expect(explain('82 on visa')).toMatchObject({ outcome: 'declined', class: 'fix-data' });
  });

  it('gives the customer the same words for a stolen card and a plain decline', () => {
    expect(explain('43 DECLINED').customer).toBe(explain('05 DECLINED').customer);
  });

  it('of an ISO 8583 response reads the code and the advice, and repeats no card number', () => {
    const pan = '4111111111111111';
    // 0110, fields 2, 39, 48, 49
    const hex = `${Buffer.from('0110').toString('hex')}4000000002018000${Buffer.from(`16${pan}51007T840224978`).toString('hex')}`;
    const found = explain(hex);
    expect(found).toMatchObject({ outcome: 'declined', code: '51', againInMs: 12 * 3_600_000 });
    expect(check(hex, 'advice')).toMatchObject({ outcome: 'pass', presented: '24', because: 'retry after 1 hour' });
    expect(JSON.stringify(found)).not.toContain('4111');
    expect(check(hex.slice(0, -4), 'message-whole')).toMatchObject({
      outcome: 'warn',
      cause: { detail: expect.stringContaining('field 49') },
    });
    const approved = hex.replace(Buffer.from('51007T').toString('hex'), Buffer.from('00007T').toString('hex'));
    expect(explain(approved)).toMatchObject({ outcome: 'approved', fixes: [] });
    expect(explain(approved)).not.toHaveProperty('againInMs');
  });

  it('is not given for other texts', () => {
    for (const text of ['hap 51', 'lorem ipsum', '']) expect(explainAnswer(text, book, NOON)).toBe(undefined);
  });

  it('writes durations as people do', () => {
    expect([600_000, 3_600_000, 43_200_000, 86_400_000, 172_800_000, 2_592_000_000].map(duration)).toEqual([
      '10 min',
      '1 h',
      '12 h',
      '24 h',
      '2 days',
      '30 days',
    ]);
  });
});
