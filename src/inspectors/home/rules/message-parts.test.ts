import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { messageParts } from './message-parts.ts';

describe('hap.message-parts', () => {
  it('passes a whole message', () => {
    expect(messageParts.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses a `public-key` that is none', () => {
    expect(messageParts.check(told(['pair-setup M2', 'failed', { check: 'public-key' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'public-key',
    });
  });

  it('refuses a `part` that is missing or short', () => {
    expect(
      messageParts.check(told(['pair-setup M2', 'failed', { check: 'missing', fault: 'expected salt, got none' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'part' });
  });

  it('skips where no pairing message came', () => {
    expect(messageParts.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
