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

  it("reads a processor's own words, and its advice by itself", () => {
    expect(explain('insufficient_funds at stripe')).toMatchObject({
      title: 'response code insufficient_funds at stripe: insufficient funds',
      outcome: 'declined',
      class: 'funds',
      againInMs: 12 * 3_600_000,
    });
    for (const text of ['20051 at checkout.com', '2001 at braintree', '12 at Adyen'])
      expect(explain(text)).toMatchObject({ outcome: 'declined', class: 'funds' });
    expect(explain('foo_bar at stripe')).toMatchObject({ outcome: 'unknown', againInMs: 'never' });
    expect(explain('advice 08 at rapyd')).toMatchObject({
      title: 'advice code 08 at rapyd: retry after 1 hour',
      outcome: 'declined',
      againInMs: 12 * 3_600_000,
    });
    expect(check('advice 08 at rapyd', 'mastercard-advice')).toMatchObject({ expected: '1 h after this answer' });
    expect(explain('advice 08')).toMatchObject({ outcome: 'unknown' });
    expect(explain('advice 00 at cybersource').title).toBe('advice code 00 at cybersource: known to say nothing');
    for (const text of ['insufficient_funds', 'meet at noon', 'insufficient_funds at strpe'])
      expect(explainAnswer(text, book, NOON)).toBe(undefined);
  });

  it('never calls approved what may have been advice', () => {
    expect(['08', '51'].map((code) => book.isAdviceToo(code, 'rapyd', NOON))).toEqual([true, false]);
    const doubtful = explain('08 at rapyd');
    expect(doubtful).toMatchObject({ outcome: 'unknown', class: 'unknown', againInMs: expect.any(Number) });
    expect(doubtful.merchant + doubtful.customer).not.toContain('approved;');
    expect(doubtful.customer).not.toContain('was approved');
    expect(check('08 at rapyd', 'response-or-advice')).toMatchObject({
      outcome: 'warn',
      cause: { say: expect.stringContaining('write: advice 08 at rapyd') },
    });
    expect(explain('08 at worldpay')).toMatchObject({ outcome: 'approved' });
  });

  it('names the table of the processor that was asked before that of ISO 8583', () => {
    expect(check('12 at Adyen', 'class')?.because).toMatch(/^docs\.adyen\.com.*; then ISO 8583/);
    expect(check('51 HAP UPD at worldpay', 'class')?.because).toMatch(/^developer\.worldpay\.com/);
    expect(check('51 HAP UPD', 'class')?.because).toMatch(/^ISO 8583/);
  });

  it('hands out the names that no table has, and none of a sentence', () => {
    expect(explain('51 DECLINED at nosuch on vsa')).toMatchObject({ unknownNames: ['nosuch', 'vsa'] });
    expect(explain('51 DECLINED at worldpay on visa')).not.toHaveProperty('unknownNames');
    for (const pan of ['4111111111111111', '4111-1111-1111-1111'])
      expect(JSON.stringify(explain(`51 DECLINED at ${pan}`))).not.toContain('4111');
    expect(explain('code 51 declined at the terminal')).not.toHaveProperty('unknownNames');
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
