import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { setupCodeForm } from './setup-code-form.ts';

describe('hap.setup-code-form', () => {
  it('passes a code that is written right', () => {
    expect(setupCodeForm.check(told(['pair-setup M1', 'known', { code_form: 'ok' }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses another `length`, other `characters` and the `trivial` twelve: length', () => {
    expect(setupCodeForm.check(told(['pair-setup M1', 'known', { code_form: 'length' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'length',
    });
  });

  it('refuses other `characters` than digits and dashes', () => {
    expect(setupCodeForm.check(told(['pair-setup M1', 'known', { code_form: 'characters' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'characters',
    });
  });

  it('refuses a `trivial` code, also when the controller failed on it', () => {
    expect(
      setupCodeForm.check(told(['pair-setup M1', 'failed', { check: 'code-form', fault: 'trivial' }])),
    ).toMatchObject({ outcome: 'fail', cause: 'trivial' });
  });

  it('skips a dialogue without a code', () => {
    expect(setupCodeForm.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
