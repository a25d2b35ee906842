import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/support/payments-case.ts';
import { readResponse, readSuffix } from './response.ts';

const read = (processor: string, code?: string, advice?: string, network = 'mastercard') =>
  readResponse(
    { processor, network, ...(code !== undefined && { code }), ...(advice !== undefined && { advice }) },
    NOON,
  );

describe('the words of a processor', () => {
  it('mean the same decline for funds at every one that has a word for it', () => {
    for (const [processor, code] of [
      ['iso8583', '51'],
      ['stripe', 'insufficient_funds'],
      ['adyen', '12'],
      ['braintree', '2001'],
      ['checkout', '20051'],
      ['cybersource', '204'],
      ['worldpay', '51'],
      ['tabapay', '51'],
      ['nmi', '202'],
      ['rapyd', '51'],
    ] as const)
      expect(read(processor, code), processor).toMatchObject({ class: 'funds', code: '51', known: true, unknown: [] });
  });

  it('are not compared by their numbers: advice 01 is no stop at Mastercard, and a stop at Rapyd', () => {
    expect(read('iso8583', undefined, '01').mac).toBe('01');
    expect(read('rapyd', undefined, '01').mac).toBe('03');
    expect([read('rapyd', undefined, '08').mac, read('rapyd', undefined, '14').mac]).toEqual(['24', '30']);
    expect([read('trust-payments', undefined, '4').mac, read('iso8583', undefined, '04').mac]).toEqual(['03', '04']);
    expect(read('Barclays via CyberSource', undefined, '05').class).toBe('never');
    expect(read('braintree', '51').class).toBe('unknown');
    expect(read('adyen', '51').class).toBe('unknown');
  });

  it('are kept as unknown advice where no table has them, whatever the code says', () => {
    expect(read('checkout', '20051', '21')).toMatchObject({
      class: 'funds',
      mac: '?21',
      known: false,
      unknown: ['advice'],
    });
    expect(read('checkout', '20051', ' ')).not.toHaveProperty('mac');
    expect(read('checkout', '20051')).not.toHaveProperty('mac');
  });

  it('get their zeros back where a processor leaves them out', () => {
    expect(read('worldpay', '5')).toMatchObject({ code: '05', class: 'ask-issuer' });
  });

  it('are said to be unknown, never guessed', () => {
    expect(read('nobody', '51')).toEqual({ class: 'unknown', known: false, unknown: ['processor'] });
    expect(read('stripe', 'new_word')).toMatchObject({ class: 'unknown', known: false, unknown: ['code'] });
    expect(read('iso8583', '51', '77')).toMatchObject({ class: 'funds', known: false, unknown: ['advice'] });
    expect(read('iso8583', '82', undefined, 'amex')).toMatchObject({ class: 'unknown', unknown: ['code'] });
    expect(read('iso8583', 'x'.repeat(65))).toMatchObject({ class: 'unknown' });
    expect(read('stripe', '__proto__').class).toBe('unknown');
    expect(read('stripe').class).toBe('unknown');
  });

  it('may say only a class, or nothing at all', () => {
    expect(read('stripe', 'try_again_later')).toMatchObject({ class: 'technical', known: true });
    expect(read('stripe', 'try_again_later').code).toBe(undefined);
    expect(read('cybersource', '204', '00')).toMatchObject({ class: 'funds', known: true });
  });
});

describe('a word behind a code', () => {
  it('is known only for its processor and its code', () => {
    expect(readSuffix('NSF', '51', undefined, NOON)).toMatchObject({ known: true, means: 'not sufficient funds' });
    expect(readSuffix('nsf', '05', undefined, NOON).known).toBe(false);
    expect(readSuffix('HOLD-CALL', '41', 'TSYS', NOON).known).toBe(true);
    expect(readSuffix('HOLD-CALL', '41', 'worldpay', NOON).known).toBe(false);
  });

  it('is said to be unknown: HAP and UPD stand in no public table', () => {
    for (const word of ['HAP', 'UPD'])
      for (const processor of [undefined, 'stripe', 'worldpay', 'tsys'])
        expect(readSuffix(word, '51', processor, NOON)).toEqual({ word, known: false });
  });
});
