import { describe, expect, it } from 'vitest';
import { grantCase, limitedCase } from '../../../../test/support/home-case.ts';
import { directNotLimited } from './direct-not-limited.ts';

describe('home.direct-not-limited', () => {
  it('passes a pairing that a person agreed to, also beside requests through the hub', () => {
    const passed = { outcome: 'pass', presented: ['home:lamp:direct'] };
    expect(directNotLimited.check(grantCase())).toEqual(passed);
    const scopes = ['home:lamp:direct', 'lamp:read', 'home:lamp/lightbulb/on:w', 'home:door:w@07:00-08:00'];
    expect(directNotLimited.check(grantCase({ scopes }))).toEqual(passed);
  });

  it('refuses as `limited`: a pairing for a grant of capabilities', () => {
    expect(directNotLimited.check(limitedCase({ asksPairing: true }))).toEqual({
      outcome: 'fail',
      cause: 'limited',
      expected: 'home:<accessory>:direct',
      presented: ['home:lamp/lightbulb/brightness:rw[10..60]'],
    });
  });

  it.each([['home:lamp/lightbulb/brightness:w[10..60]'], ['home:lamp:r@07:00-22:00'], ['home:*/*/on:w[off]']])(
    'refuses as `mixed`: a pairing beside %s, which it would make void',
    (limit) => {
      expect(directNotLimited.check(grantCase({ scopes: [limit, 'home:lamp:direct'] }))).toEqual({
        outcome: 'fail',
        cause: 'mixed',
        expected: ['home:lamp:direct'],
        presented: [limit],
      });
    },
  );

  it('skips a grant that is about no pairing', () => {
    expect(directNotLimited.check(limitedCase()).outcome).toBe('skip');
  });
});
