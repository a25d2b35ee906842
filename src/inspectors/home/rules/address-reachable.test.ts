import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { addressReachable } from './address-reachable.ts';

describe('hap.address-reachable', () => {
  it('passes a connection', () => {
    expect(addressReachable.check(told(['connect', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `refused`', () => {
    expect(addressReachable.check(told(['connect', 'failed', { errno: 'ECONNREFUSED' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'refused',
    });
  });

  it('refuses as `unreachable`', () => {
    expect(addressReachable.check(told(['connect', 'failed', { errno: 'EHOSTUNREACH' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unreachable',
    });
  });

  it('refuses as `silent` after the deadline', () => {
    expect(addressReachable.check(told(['connect', 'timeout', { deadline_ms: 5000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'silent',
    });
  });

  it('refuses a host with `no-name`', () => {
    expect(addressReachable.check(told(['connect', 'failed', { errno: 'ENOTFOUND' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'no-name',
    });
  });

  it('refuses as `dropped` what is closed at once', () => {
    expect(addressReachable.check(told(['connect', 'closed']))).toMatchObject({ outcome: 'fail', cause: 'dropped' });
  });

  it('refuses as `dropped` what is closed before anything was asked', () => {
    const lines = told(['connect', 'done'], ['session', 'closed', { bytes: 0 }]);
    expect(addressReachable.check(lines)).toMatchObject({ outcome: 'fail', cause: 'dropped' });
  });

  it('refuses as `failed` what has no known errno', () => {
    expect(addressReachable.check(told(['connect', 'failed', { errno: 'EWHATEVER' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'failed',
    });
  });

  it('skips when it did not come to it', () => {
    expect(addressReachable.check(told(['discover', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
