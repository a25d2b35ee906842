import { describe, expect, it } from 'vitest';
import { NOON } from '../../../test/support/payments-case.ts';
import { at, meaningOf } from './data.ts';
import { tables } from './profile.ts';
import { GENERIC, textsOf, textsOfCode } from './words.ts';

const bytes = (text: string): string => Buffer.from(text).toString('hex');
const codes = [...at(NOON).codes.values()];

describe('what people are told', () => {
  it('is for the customer the same to the byte for lost, stolen, fraud, pick-up and an ordinary decline', () => {
    const plain = bytes(textsOfCode('05', 'visa', NOON).customer);
    expect(plain).toBe(bytes(GENERIC));
    for (const code of ['04', '07', '33', '34', '35', '36', '37', '41', '43', '59', '63']) {
      expect(meaningOf(at(NOON), 'visa', code)?.entry.discreet, code).toBe(true);
      expect(bytes(textsOfCode(code, 'visa', NOON).customer), code).toBe(plain);
    }
    expect(bytes(textsOfCode('83', 'mastercard', NOON).customer)).toBe(plain);
    for (const { entry } of codes.filter((one) => one.entry.discreet))
      expect(bytes(textsOf(entry.class, true).customer)).toBe(plain);
  });

  it('never names to the customer what only the merchant may know', () => {
    for (const { code, entry } of codes) {
      const { customer } = textsOfCode(code, entry.networks?.[0] ?? 'visa', NOON);
      expect(customer).not.toMatch(/lost|stolen|fraud|suspect|pick|police|never|code/i);
    }
    for (const { rules } of tables.attempt)
      for (const { causes } of rules)
        for (const { fixes } of Object.values(causes))
          for (const { audience, say } of fixes)
            if (audience === 'owner') expect(say).not.toMatch(/lost|stolen|fraud|suspect|pick up|police/i);
  });

  it('has two texts for every class, and says of an unknown code that it is unknown', () => {
    for (const kind of ['approved', 'funds', 'technical', 'fix-data', 'never', 'ask-issuer', 'unknown'] as const) {
      const { merchant, customer } = textsOf(kind);
      expect(merchant.length).toBeGreaterThan(20);
      expect(customer.length).toBeGreaterThan(20);
    }
    expect(textsOfCode('ZZ', 'visa', NOON).merchant).toContain('not known here');
  });

  it('has for every cause that closes a fix for the merchant, and for every decline one for the customer', () => {
    for (const { rules } of tables.attempt)
      for (const { id, causes, warns } of rules)
        for (const [cause, { fixes }] of Object.entries(causes)) {
          if (warns?.includes(cause)) continue;
          expect(
            fixes.map(({ audience }) => audience),
            `${id}/${cause}`,
          ).toEqual(expect.arrayContaining(['client', 'owner']));
        }
  });
});
