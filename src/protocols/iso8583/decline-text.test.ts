import { describe, expect, it } from 'vitest';
import vectors from '../../../test/vectors/artefacts/card-decline.json' with { type: 'json' };
import { readDeclineText, readDeclineWord } from './decline-text.ts';

describe('a decline as it is printed', () => {
  it.each(vectors.vectors)('"$text" gives the code, the words behind it, and the names', ({ text, found }) => {
    expect(readDeclineText(text)).toEqual(found ?? undefined);
  });

  it('is not looked for in long texts', () => {
    expect(readDeclineText(`response code 51 ${'x'.repeat(500)}`)).toBe(undefined);
  });
});

describe("a processor's own word", () => {
  it.each([
    ['insufficient_funds at stripe', { code: 'insufficient_funds', names: ['stripe'] }],
    [' 20051  at Checkout.com on visa.', { code: '20051', names: ['checkout.com', 'visa'] }],
    ['2001 at braintree', { code: '2001', names: ['braintree'] }],
    ['advice 08 at rapyd', { advice: '08', names: ['rapyd'] }],
    ['advice 21', { advice: '21', names: [] }],
    ['account-closed by moov', { code: 'account-closed', names: ['moov'] }],
  ])('"%s" is read with whose it is', (text, found) => {
    expect(readDeclineWord(text)).toEqual(found);
  });

  it.each([
    'do_not_honor',
    '59',
    'meet me at noon',
    '4111111111111111 at stripe',
    '4111-1111-1111-1111 at stripe',
    'insufficient_funds at 4111111111111111',
    `${'x'.repeat(65)} at stripe`,
    `a at stripe${' '.repeat(500)}`,
    '',
  ])('is not read in "%s"', (text) => {
    expect(readDeclineWord(text)).toBe(undefined);
  });
});
