import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { errorKnown } from './error-known.ts';

describe('hap.error-known', () => {
  it('passes an error that means something at its step', () => {
    expect(errorKnown.check(told(['pair-setup M2', 'received', { state: 2, error: 6 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses as `unknown` what the accessory itself calls so', () => {
    expect(errorKnown.check(told(['pair-setup M4', 'received', { state: 4, error: 1 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unknown',
    });
  });

  it('refuses as `out-of-place` an error without a meaning at its step', () => {
    expect(errorKnown.check(told(['pair-verify M2', 'received', { state: 2, error: 2 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'out-of-place',
    });
  });

  it('skips where no error came', () => {
    expect(errorKnown.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
