import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupFree } from './setup-free.ts';

describe('hap.setup-free', () => {
  it('passes when pairing began', () => {
    expect(setupFree.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `busy` when another controller pairs', () => {
    expect(setupFree.check(told(['pair-setup M2', 'received', { state: 2, error: 7 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'busy',
    });
  });

  it('skips when it did not come to it', () => {
    expect(setupFree.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
