import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupSignature } from './setup-signature.ts';

describe('hap.setup-signature', () => {
  it('passes when it holds', () => {
    expect(setupSignature.check(told(['pair-setup M6', 'received', { state: 6 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `wrong` when it does not', () => {
    expect(
      setupSignature.check(told(['pair-setup M6', 'failed', { check: 'signature', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'wrong' });
  });

  it('skips when it did not come to it', () => {
    expect(setupSignature.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
