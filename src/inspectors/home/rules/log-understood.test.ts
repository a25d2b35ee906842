import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { caseOf } from '../case.ts';
import { logUnderstood } from './log-understood.ts';

const log = (fault?: string) => caseOf([], { lines: 3, understood: 0, ...(fault !== undefined && { fault }) });

describe('hap.log-understood', () => {
  it('passes a transcript of ours', () => {
    expect(logUnderstood.check(told(['connect', 'done']))).toEqual({ outcome: 'pass' });
  });

  it('refuses what is `empty`', () => {
    expect(logUnderstood.check(told())).toMatchObject({ outcome: 'fail', cause: 'empty' });
    expect(logUnderstood.check(log('empty'))).toMatchObject({ outcome: 'fail', cause: 'empty' });
  });

  it('refuses what is `too-large`', () => {
    expect(logUnderstood.check(log('too-large'))).toMatchObject({ outcome: 'fail', cause: 'too-large' });
  });

  it('refuses as `unknown` a log of which no line is known', () => {
    expect(logUnderstood.check(log())).toMatchObject({ outcome: 'fail', cause: 'unknown', detail: '3 lines read' });
  });
});
