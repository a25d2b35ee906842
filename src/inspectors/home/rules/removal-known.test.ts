import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { removalKnown } from './removal-known.ts';

describe('hap.removal-known', () => {
  it('passes a removal', () => {
    expect(removalKnown.check(told(['remove-pairing', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `not-there`', () => {
    expect(removalKnown.check(told(['remove-pairing', 'received', { error: 1 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'not-there',
    });
  });

  it('skips when none was removed', () => {
    expect(removalKnown.check(told(['read', 'done']))).toMatchObject({ outcome: 'skip' });
  });
});
