import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { signatureValid } from './signature-valid.ts';

describe('signed-code.signature-valid', () => {
  it('passes a sound code', () => {
    expect(signatureValid.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as bad-signature what reads so', () => {
    expect(signatureValid.check(mistreated('bad-signature'))).toMatchObject({
      outcome: 'fail',
      cause: 'bad-signature',
    });
  });

  it('passes where only something later is wrong', () => {
    expect(signatureValid.check(mistreated('expired'))).toEqual({ outcome: 'pass' });
  });

  it('skips what is hidden behind an earlier fault', () => {
    expect(signatureValid.check(mistreated('wrong-key')).outcome).toBe('skip');
  });

  it('skips without a code or a key', () => {
    expect(signatureValid.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
    expect(signatureValid.check({ ...SOUND, keys: [] }).outcome).toBe('skip');
  });
});
