import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { frameReadable } from './frame-readable.ts';

describe('hap.frame-readable', () => {
  it('passes a session whose frames open', () => {
    expect(frameReadable.check(told(['read', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses by `tag`, and names the frame', () => {
    expect(frameReadable.check(told(['read', 'failed', { check: 'tag', frame: 3 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'tag',
    });
  });

  it('refuses an `oversized` frame', () => {
    expect(frameReadable.check(told(['read', 'failed', { check: 'length', frame: 0, bytes: 300 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'oversized',
    });
  });

  it('skips when it did not come to it', () => {
    expect(frameReadable.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
