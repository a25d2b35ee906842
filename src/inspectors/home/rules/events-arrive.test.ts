import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { eventsArrive } from './events-arrive.ts';

describe('hap.events-arrive', () => {
  it('passes events', () => {
    expect(eventsArrive.check(told(['event', 'received']))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `stopped`', () => {
    expect(eventsArrive.check(told(['event', 'timeout', { deadline_ms: 5000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'stopped',
    });
  });

  it('skips when nothing was subscribed to', () => {
    expect(eventsArrive.check(told(['read', 'done']))).toMatchObject({ outcome: 'skip' });
  });
});
