import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { accessoryKey } from './accessory-key.ts';

describe('hap.accessory-key', () => {
  it('passes when it holds', () => {
    expect(accessoryKey.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `other-key` when it does not', () => {
    expect(
      accessoryKey.check(told(['pair-verify M2', 'failed', { check: 'signature', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'other-key' });
  });

  it('skips when the key that we keep is none', () => {
    const lines = told(
      ['pair-verify M1', 'known', { ltpk_bytes: 44 }],
      ['pair-verify M2', 'failed', { check: 'signature' }],
    );
    expect(accessoryKey.check(lines).outcome).toBe('skip');
  });

  it('skips when it did not come to it', () => {
    expect(accessoryKey.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
