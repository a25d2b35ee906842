import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupBackoff } from './setup-backoff.ts';

describe('hap.setup-backoff', () => {
  it('passes when pairing began', () => {
    expect(setupBackoff.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `wait`, and says how long', () => {
    expect(
      setupBackoff.check(told(['pair-setup M2', 'received', { state: 2, error: 3, retry_delay_s: 7 }])),
    ).toMatchObject({ outcome: 'fail', cause: 'wait' });
  });

  it('skips when it did not come to it', () => {
    expect(setupBackoff.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
