import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { ltpkLength } from './ltpk-length.ts';

describe('hap.ltpk-length', () => {
  it('passes a key of 32 bytes', () => {
    expect(ltpkLength.check(told(['pair-verify M1', 'known', { ltpk_bytes: 32 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses by `length` what was decoded wrong', () => {
    expect(ltpkLength.check(told(['pair-verify M1', 'known', { ltpk_bytes: 44 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'length',
    });
  });

  it('refuses by `length` what the controller could not use', () => {
    expect(
      ltpkLength.check(told(['pair-setup M6', 'failed', { check: 'ltpk-length', presented: '31 bytes' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'length' });
  });

  it('skips when no key was looked at', () => {
    expect(ltpkLength.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
