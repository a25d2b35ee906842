import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupRoom } from './setup-room.ts';

describe('hap.setup-room', () => {
  it('passes when pairing began', () => {
    expect(setupRoom.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `full` when no room is left', () => {
    expect(setupRoom.check(told(['pair-setup M2', 'received', { state: 2, error: 4 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'full',
    });
  });

  it('skips when it did not come to it', () => {
    expect(setupRoom.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });

  it('refuses as `full` when a pairing is to be added', () => {
    expect(setupRoom.check(told(['add-pairing', 'received', { error: 4 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'full',
    });
  });
});
