import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { httpStatus } from './http-status.ts';

describe('hap.http-status', () => {
  it('passes 200, 204 and 207', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 207 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `bad-request` on 400', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 400 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'bad-request',
    });
  });

  it('refuses as `not-found` on 404', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 404 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'not-found',
    });
  });

  it('refuses as `unprocessable` on 422', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 422 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unprocessable',
    });
  });

  it('refuses as `too-many` on 429', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 429 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'too-many',
    });
  });

  it('refuses as `server-error` on 500', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 500 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'server-error',
    });
  });

  it('refuses as `out-of-service` on 503', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 503 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'out-of-service',
    });
  });

  it('refuses as `other` on 301', () => {
    expect(httpStatus.check(told(['read', 'received', { http_status: 301 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'other',
    });
  });

  it('leaves a status with a HAP error in it to the rule of that error', () => {
    expect(httpStatus.check(told(['pair-setup M2', 'received', { http_status: 429, error: 7 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('leaves a refusal after a long silence at M4 to the code rule', () => {
    expect(httpStatus.check(told(['pair-setup M4', 'received', { http_status: 503, waited_ms: 9000 }]))).toMatchObject({
      outcome: 'skip',
    });
  });

  it('skips where no answer came', () => {
    expect(httpStatus.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
