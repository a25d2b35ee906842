import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { pairingFree } from './pairing-free.ts';

describe('hap.pairing-free', () => {
  it('passes an id that was added', () => {
    expect(pairingFree.check(told(['add-pairing', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `taken`', () => {
    expect(pairingFree.check(told(['add-pairing', 'received', { error: 1 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'taken',
    });
  });

  it('skips when none was added', () => {
    expect(pairingFree.check(told(['read', 'done']))).toMatchObject({ outcome: 'skip' });
  });
});
