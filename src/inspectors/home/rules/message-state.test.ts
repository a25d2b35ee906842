import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { messageState } from './message-state.ts';

describe('hap.message-state', () => {
  it('passes the number of the answer', () => {
    expect(messageState.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses an `other` number', () => {
    expect(
      messageState.check(told(['pair-setup M4', 'failed', { check: 'state', expected: 4, presented: 2 }])),
    ).toMatchObject({ outcome: 'fail', cause: 'other' });
  });

  it('refuses an answer that is `unasked`', () => {
    expect(messageState.check(told(['session', 'failed', { check: 'unasked', http_status: 200 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unasked',
    });
  });

  it('warns of a `missing` number', () => {
    expect(messageState.check(told(['pair-setup M2', 'received', { http_status: 200, bytes: 409 }]))).toMatchObject({
      outcome: 'warn',
      cause: 'missing',
    });
  });

  it('skips where no pairing message came', () => {
    expect(messageState.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
