import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupUnpaired } from './setup-unpaired.ts';

describe('hap.setup-unpaired', () => {
  it('passes when pairing began', () => {
    expect(setupUnpaired.check(told(['pair-setup M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `paired` with somebody else', () => {
    expect(setupUnpaired.check(told(['pair-setup M2', 'received', { state: 2, error: 6 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'paired',
    });
  });

  it('refuses as `paired-here` when the pairing is ours', () => {
    expect(
      setupUnpaired.check(
        told(['pair-setup M1', 'known', { paired_here: true }], ['pair-setup M2', 'received', { state: 2, error: 6 }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'paired-here' });
  });

  it('refuses as `half-done` when an earlier try broke off at M6', () => {
    const lines = told(
      ['pair-setup M6', 'timeout', { waited_ms: 10_000 }],
      ['pair-setup M2', 'received', { state: 2, error: 6 }],
    );
    expect(setupUnpaired.check(lines)).toMatchObject({ outcome: 'fail', cause: 'half-done' });
  });

  it('skips without pair-setup', () => {
    expect(setupUnpaired.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
