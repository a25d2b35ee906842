import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { accessoryIdentity } from './accessory-identity.ts';

describe('hap.accessory-identity', () => {
  it('passes when it holds', () => {
    expect(accessoryIdentity.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses as `other` when it does not', () => {
    expect(
      accessoryIdentity.check(
        told(['pair-verify M2', 'failed', { check: 'accessory-id', expected: 'A', presented: 'B' }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'other' });
  });

  it('skips when it did not come to it', () => {
    expect(accessoryIdentity.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
