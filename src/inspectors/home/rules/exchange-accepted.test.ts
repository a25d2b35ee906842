import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { exchangeAccepted } from './exchange-accepted.ts';

describe('hap.exchange-accepted', () => {
  it('passes when M6 came', () => {
    expect(exchangeAccepted.check(told(['pair-setup M6', 'received', { state: 6 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses as `refused` when our key was not taken', () => {
    expect(exchangeAccepted.check(told(['pair-setup M6', 'received', { state: 6, error: 2 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'refused',
    });
  });

  it('skips when it did not come to it', () => {
    expect(exchangeAccepted.check(told(['pair-setup M4', 'received', { state: 4, error: 2 }]))).toMatchObject({
      outcome: 'skip',
    });
  });
});
