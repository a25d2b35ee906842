import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupTries } from './setup-tries.ts';

describe('hap.setup-tries', () => {
  it('passes when pairing began', () => {
    expect(setupTries.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `exhausted` when more than a hundred wrong codes', () => {
    expect(setupTries.check(told(['pair-setup M2', 'received', { state: 2, error: 5 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'exhausted',
    });
  });

  it('skips when it did not come to it', () => {
    expect(setupTries.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
