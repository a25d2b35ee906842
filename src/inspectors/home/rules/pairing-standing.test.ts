import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { pairingStanding } from './pairing-standing.ts';

describe('hap.pairing-standing', () => {
  it('passes a paired accessory that we hold a pairing with', () => {
    expect(pairingStanding.check(told(['discover', 'known', { paired_here: true, txt_sf: 0 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses as `reset` when we hold a pairing and nobody is paired', () => {
    expect(pairingStanding.check(told(['discover', 'known', { paired_here: true, txt_sf: 1 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'reset',
    });
  });

  it('refuses an `other-id` under the known name', () => {
    expect(
      pairingStanding.check(told(['discover', 'failed', { check: 'accessory-id', expected: 'A', presented: 'B' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'other-id' });
  });

  it('skips when we hold none', () => {
    expect(pairingStanding.check(told(['discover', 'known', { paired_here: false, txt_sf: 1 }]))).toMatchObject({
      outcome: 'skip',
    });
  });
});
