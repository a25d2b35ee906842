import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { endExplained } from './end-explained.ts';

describe('hap.end-explained', () => {
  it('passes what ended well', () => {
    expect(endExplained.check(told(['read', 'done']))).toMatchObject({ outcome: 'pass' });
  });

  it('passes what other rules name', () => {
    expect(endExplained.check(told(['pair-setup M4', 'received', { state: 4, error: 2 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses `words` that several causes share', () => {
    expect(endExplained.check(told(['pair-setup M1', 'failed', { symptom: 'unable-to-pair' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'words',
    });
  });

  it('refuses what is `unexplained`', () => {
    expect(endExplained.check(told(['read', 'failed', { check: 'moon-phase' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'unexplained',
    });
  });

  it('warns that it was `stopped` by whoever asked for it', () => {
    expect(endExplained.check(told(['pair-setup M2', 'closed', { by: 'caller' }]))).toMatchObject({
      outcome: 'warn',
      cause: 'stopped',
    });
  });

  it('warns of an `unfinished` transcript', () => {
    expect(endExplained.check(told(['pair-setup M1', 'sent']))).toMatchObject({ outcome: 'warn', cause: 'unfinished' });
  });

  it('skips where nothing happened', () => {
    expect(endExplained.check(told(['discover', 'known', { txt_sf: 1 }]))).toMatchObject({ outcome: 'skip' });
  });
});
