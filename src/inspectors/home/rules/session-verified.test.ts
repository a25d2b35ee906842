import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { sessionVerified } from './session-verified.ts';

describe('hap.session-verified', () => {
  it('passes a request that was served', () => {
    expect(sessionVerified.check(told(['read', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `unverified` on 470', () => {
    expect(sessionVerified.check(told(['read', 'received', { http_status: 470 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unverified',
    });
  });

  it('refuses to identify as `paired`', () => {
    const lines = told(
      ['identify', 'received', { http_status: 400 }],
      ['identify', 'failed', { http_status: 400, hap_status: -70401 }],
    );
    expect(sessionVerified.check(lines)).toMatchObject({ outcome: 'fail', cause: 'paired' });
  });

  it('skips when it did not come to it', () => {
    expect(sessionVerified.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({
      outcome: 'skip',
    });
  });
});
