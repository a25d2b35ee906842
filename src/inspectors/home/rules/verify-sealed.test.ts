import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { verifySealed } from './verify-sealed.ts';

describe('hap.verify-sealed', () => {
  it('passes when it holds', () => {
    expect(verifySealed.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `tag` when it does not', () => {
    expect(
      verifySealed.check(told(['pair-verify M2', 'failed', { check: 'tag', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'tag' });
  });

  it('skips when it did not come to it', () => {
    expect(verifySealed.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
