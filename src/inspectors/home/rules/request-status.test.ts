import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { requestStatus } from './request-status.ts';

describe('hap.request-status', () => {
  it('passes what was done', () => {
    expect(requestStatus.check(told(['write', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `privileges` on -70401', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70401, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'privileges',
    });
  });

  it('refuses as `communication` on -70402', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70402, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'communication',
    });
  });

  it('refuses as `busy` on -70403', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70403, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'busy',
    });
  });

  it('refuses as `read-only` on -70404', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70404, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'read-only',
    });
  });

  it('refuses as `write-only` on -70405', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70405, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'write-only',
    });
  });

  it('refuses as `no-notify` on -70406', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70406, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'no-notify',
    });
  });

  it('refuses as `resources` on -70407', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70407, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'resources',
    });
  });

  it('refuses as `timeout` on -70408', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70408, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'timeout',
    });
  });

  it('refuses as `no-resource` on -70409', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70409, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'no-resource',
    });
  });

  it('refuses as `invalid-value` on -70410', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70410, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'invalid-value',
    });
  });

  it('refuses as `authorization` on -70411', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70411, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'authorization',
    });
  });

  it('refuses as `not-now` on -70412', () => {
    expect(requestStatus.check(told(['write', 'received', { hap_status: -70412, aid: 1, iid: 10 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'not-now',
    });
  });

  it('refuses as `other` what HAP does not list', () => {
    expect(requestStatus.check(told(['read', 'received', { hap_status: -1 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'other',
    });
  });

  it('skips when nothing was asked for', () => {
    expect(requestStatus.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
