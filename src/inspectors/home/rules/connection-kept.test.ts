import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { connectionKept } from './connection-kept.ts';

describe('hap.connection-kept', () => {
  it('passes a connection that nobody closed', () => {
    expect(connectionKept.check(told(['connect', 'done'], ['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses a close during `setup`', () => {
    expect(connectionKept.check(told(['pair-setup M4', 'closed']))).toMatchObject({ outcome: 'fail', cause: 'setup' });
  });

  it('refuses a close during `verify`', () => {
    expect(connectionKept.check(told(['pair-verify M2', 'closed']))).toMatchObject({
      outcome: 'fail',
      cause: 'verify',
    });
  });

  it('refuses a close during the `session`', () => {
    expect(connectionKept.check(told(['read', 'closed']))).toMatchObject({ outcome: 'fail', cause: 'session' });
  });

  it('skips a close after a refusal', () => {
    expect(
      connectionKept.check(told(['pair-setup M4', 'received', { state: 4, error: 2 }], ['pair-setup M4', 'closed'])),
    ).toMatchObject({ outcome: 'skip' });
  });

  it('leaves alone what the caller stopped', () => {
    expect(connectionKept.check(told(['connect', 'done'], ['pair-setup M2', 'closed', { by: 'caller' }]))).toEqual({
      outcome: 'pass',
    });
  });

  it('skips when it did not come to it', () => {
    expect(connectionKept.check(told(['discover', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
