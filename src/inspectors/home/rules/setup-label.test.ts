import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupLabel } from './setup-label.ts';

describe('hap.setup-label', () => {
  it('passes a label whose hash the accessory announces', () => {
    expect(setupLabel.check(told(['discover', 'known', { txt_sh: 'aaaaaa==', label_sh: 'aaaaaa==' }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses `other-label` by both hashes', () => {
    expect(setupLabel.check(told(['discover', 'known', { txt_sh: 'aaaaaa==', label_sh: 'bbbbbb==' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'other-label',
    });
  });

  it('refuses `other-label` when the controller looked', () => {
    expect(
      setupLabel.check(
        told(['discover', 'failed', { check: 'setup-hash', expected: 'aaaaaa==', presented: 'bbbbbb==' }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'other-label' });
  });

  it('skips without a label', () => {
    expect(setupLabel.check(told(['discover', 'known', { txt_sh: 'aaaaaa==' }]))).toMatchObject({ outcome: 'skip' });
  });
});
