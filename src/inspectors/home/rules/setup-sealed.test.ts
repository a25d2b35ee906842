import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupSealed } from './setup-sealed.ts';

describe('hap.setup-sealed', () => {
  it('passes when it holds', () => {
    expect(setupSealed.check(told(['pair-setup M6', 'received', { state: 6 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `tag` when it does not', () => {
    expect(
      setupSealed.check(told(['pair-setup M6', 'failed', { check: 'tag', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'tag' });
  });

  it('skips when it did not come to it', () => {
    expect(setupSealed.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
