import { describe, expect, it } from 'vitest';
import { grantCase, JKT, limitedCase, PAIRING } from '../../../../test/support/home-case.ts';
import { pairingBound } from './pairing-bound.ts';

describe('home.pairing-bound', () => {
  it('passes a code that is bound to a pairing id and a key', () => {
    expect(pairingBound.check(grantCase()).outcome).toBe('pass');
  });

  it('refuses as `unbound` a code without either of them', () => {
    for (const [bound, presented] of [
      [{}, []],
      [{ pairing_id: PAIRING }, ['pairing_id']],
      [{ jkt: JKT }, ['dpop_jkt']],
    ] as const) {
      const expected = ['pairing_id', 'dpop_jkt'];
      expect(pairingBound.check(grantCase({ bound }))).toEqual({
        outcome: 'fail',
        cause: 'unbound',
        expected,
        presented,
      });
    }
  });

  it('skips a grant that is about no pairing', () => {
    expect(pairingBound.check(limitedCase({ bound: {} })).outcome).toBe('skip');
  });
});
