import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { messageWhole } from './message-whole.ts';

describe('hap.message-whole', () => {
  it('passes what could be read', () => {
    expect(messageWhole.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses what is `truncated`', () => {
    expect(
      messageWhole.check(
        told(['pair-setup M2', 'failed', { check: 'tlv', fault: 'expected 255 bytes of value at byte 2, got 20' }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'truncated' });
  });

  it('refuses what is `too-large`', () => {
    expect(
      messageWhole.check(
        told(['accessories', 'failed', { check: 'http', fault: 'expected at most 1048576 bytes, got 2000000' }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'too-large' });
  });

  it('refuses what is `malformed`', () => {
    expect(messageWhole.check(told(['read', 'failed', { check: 'json', fault: 'not JSON' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'malformed',
    });
  });

  it('refuses another `media-type`', () => {
    expect(
      messageWhole.check(told(['pair-setup M2', 'failed', { check: 'content-type', presented: 'text/html' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'media-type' });
  });

  it('skips where nothing came', () => {
    expect(messageWhole.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
