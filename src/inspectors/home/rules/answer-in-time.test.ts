import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { answerInTime } from './answer-in-time.ts';

describe('hap.answer-in-time', () => {
  it('passes answers', () => {
    expect(answerInTime.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses silence at `setup-m2`', () => {
    expect(answerInTime.check(told(['pair-setup M2', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m2',
    });
  });

  it('refuses silence at `setup-m4`', () => {
    expect(answerInTime.check(told(['pair-setup M4', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m4',
    });
  });

  it('refuses silence at `setup-m6`', () => {
    expect(answerInTime.check(told(['pair-setup M6', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m6',
    });
  });

  it('refuses silence at `verify-m2`', () => {
    expect(answerInTime.check(told(['pair-verify M2', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'verify-m2',
    });
  });

  it('refuses silence at `verify-m4`', () => {
    expect(answerInTime.check(told(['pair-verify M4', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'verify-m4',
    });
  });

  it('refuses silence at `request`', () => {
    expect(answerInTime.check(told(['read', 'timeout', { deadline_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'request',
    });
  });

  it('takes silence noted at the sent message for `setup-m2`', () => {
    expect(answerInTime.check(told(['pair-setup M1', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m2',
    });
  });

  it('takes silence noted at the sent message for `setup-m4`', () => {
    expect(answerInTime.check(told(['pair-setup M3', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m4',
    });
  });

  it('takes silence noted at the sent message for `setup-m6`', () => {
    expect(answerInTime.check(told(['pair-setup M5', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'setup-m6',
    });
  });

  it('takes silence noted at the sent message for `verify-m2`', () => {
    expect(answerInTime.check(told(['pair-verify M1', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'verify-m2',
    });
  });

  it('takes silence noted at the sent message for `verify-m4`', () => {
    expect(answerInTime.check(told(['pair-verify M3', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'verify-m4',
    });
  });

  it('takes silence noted at the sent message for `request`', () => {
    expect(answerInTime.check(told(['accessories', 'timeout', { waited_ms: 10000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'request',
    });
  });

  it('skips where nothing was awaited', () => {
    expect(answerInTime.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
