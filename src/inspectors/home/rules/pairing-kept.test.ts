import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { pairingKept } from './pairing-kept.ts';

describe('hap.pairing-kept', () => {
  it('passes when M4 came', () => {
    expect(pairingKept.check(told(['pair-verify M4', 'received', { state: 4 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `removed` when the accessory does not know us', () => {
    expect(pairingKept.check(told(['pair-verify M4', 'received', { state: 4, error: 2 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'removed',
    });
  });

  it('skips when it did not come to it', () => {
    expect(pairingKept.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
