import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { pairingAdmin } from './pairing-admin.ts';

describe('hap.pairing-admin', () => {
  it('passes an administrator', () => {
    expect(pairingAdmin.check(told(['list-pairings', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `not-admin`', () => {
    expect(pairingAdmin.check(told(['list-pairings', 'received', { error: 2 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'not-admin',
    });
  });

  it('skips when no pairings were asked for', () => {
    expect(pairingAdmin.check(told(['read', 'done']))).toMatchObject({ outcome: 'skip' });
  });
});
