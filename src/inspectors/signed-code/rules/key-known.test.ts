import { describe, expect, it } from 'vitest';
import { mistreated, SOUND } from '../../../../test/support/signed-code-case.ts';
import { keyKnown } from './key-known.ts';

describe('signed-code.key-known', () => {
  it('passes a sound code', () => {
    expect(keyKnown.check(SOUND)).toEqual({ outcome: 'pass' });
  });

  it('refuses as unknown-key what reads so', () => {
    expect(keyKnown.check(mistreated('unknown-key'))).toMatchObject({ outcome: 'fail', cause: 'unknown-key' });
  });

  it('refuses as wrong-key what reads so', () => {
    expect(keyKnown.check(mistreated('wrong-key'))).toMatchObject({ outcome: 'fail', cause: 'wrong-key' });
  });

  it('passes where only something later is wrong', () => {
    expect(keyKnown.check(mistreated('bad-signature'))).toEqual({ outcome: 'pass' });
  });

  it('skips what is hidden behind an earlier fault', () => {
    expect(keyKnown.check(mistreated('padding')).outcome).toBe('skip');
  });

  it('skips without a code or a key', () => {
    expect(keyKnown.check({ keys: ['AAECAwQFBgc'], complaint: true }).outcome).toBe('skip');
    expect(keyKnown.check({ ...SOUND, keys: [] }).outcome).toBe('skip');
  });
});
