import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { accessoryProof } from './accessory-proof.ts';

describe('hap.accessory-proof', () => {
  it('passes when it holds', () => {
    expect(
      accessoryProof.check(told(['pair-setup M4', 'received', { state: 4 }], ['pair-setup M5', 'sent'])),
    ).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `wrong` when it does not', () => {
    expect(
      accessoryProof.check(told(['pair-setup M4', 'failed', { check: 'srp-proof', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'wrong' });
  });

  it('skips when it did not come to it', () => {
    expect(accessoryProof.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
