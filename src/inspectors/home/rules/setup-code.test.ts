import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupCode } from './setup-code.ts';

describe('hap.setup-code', () => {
  it('passes when the dialogue went on to M5', () => {
    expect(setupCode.check(told(['pair-setup M4', 'received', { state: 4 }], ['pair-setup M5', 'sent']))).toMatchObject(
      { outcome: 'pass' },
    );
  });

  it('refuses a `wrong` code', () => {
    expect(setupCode.check(told(['pair-setup M4', 'received', { state: 4, error: 2 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'wrong',
    });
  });

  it('refuses as `nearly-locked` after ninety of our own', () => {
    expect(
      setupCode.check(
        told(['pair-setup M1', 'known', { own_failures: 90 }], ['pair-setup M4', 'received', { state: 4, error: 2 }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'nearly-locked' });
  });

  it('refuses as `rotated` where the accessory shows a new code for each try', () => {
    expect(
      setupCode.check(
        told(['pair-setup M1', 'known', { policy: 'rotating' }], ['pair-setup M4', 'received', { state: 4, error: 2 }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'rotated' });
  });

  it('refuses as `out-of-memory` what came after a long silence', () => {
    expect(setupCode.check(told(['pair-setup M4', 'received', { state: 4, error: 2, waited_ms: 8000 }]))).toMatchObject(
      { outcome: 'fail', cause: 'out-of-memory' },
    );
  });

  it('takes any refusal after a long silence for `out-of-memory`, HTTP too', () => {
    expect(setupCode.check(told(['pair-setup M4', 'received', { http_status: 503, waited_ms: 12000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'out-of-memory',
    });
  });

  it('skips when the accessory did not get to the code', () => {
    expect(setupCode.check(told(['pair-setup M2', 'received', { state: 2, error: 6 }]))).toMatchObject({
      outcome: 'skip',
    });
  });
});
