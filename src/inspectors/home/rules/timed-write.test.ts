import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { timedWrite } from './timed-write.ts';

describe('hap.timed-write', () => {
  it('passes a write in time', () => {
    expect(
      timedWrite.check(
        told(
          ['prepare', 'sent', { ttl_ms: 100 }],
          ['prepare', 'received', { http_status: 200 }],
          ['timed-write', 'done'],
        ),
      ),
    ).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `late`, by how many ms', () => {
    expect(
      timedWrite.check(
        told(
          ['prepare', 'sent', { ttl_ms: 100 }],
          ['prepare', 'received', { http_status: 200 }],
          ['timed-write', 'received', { hap_status: -70410, late_ms: 40 }],
        ),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'late' });
  });

  it('refuses as `unprepared`', () => {
    expect(timedWrite.check(told(['timed-write', 'received', { hap_status: -70410 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unprepared',
    });
  });

  it('refuses the `value` of a write in time', () => {
    expect(
      timedWrite.check(
        told(
          ['prepare', 'sent', { ttl_ms: 100 }],
          ['prepare', 'received', { http_status: 200 }],
          ['timed-write', 'sent'],
          ['timed-write', 'received', { hap_status: -70410 }],
        ),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'value' });
  });

  it('skips when there was none', () => {
    expect(timedWrite.check(told(['read', 'done']))).toMatchObject({ outcome: 'skip' });
  });
});
