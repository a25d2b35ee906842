import { describe, expect, it } from 'vitest';
import { tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { codeWellformed } from './code-wellformed.ts';

describe('oauth.code-wellformed', () => {
  it('passes a code of the right shape', () => {
    expect(codeWellformed.check(tokenCase())).toEqual({ outcome: 'pass' });
  });

  it.each(['empty', 'label', 'length', 'character'] as const)(
    'refuses as `empty`, `label`, `length` or `character`, and says what was wrong: %s',
    (read) => {
      const found = codeWellformed.check(tokenCase({ handle: { read, detail: 'what was wrong' } }));
      expect(found).toEqual({ outcome: 'fail', cause: read, detail: 'what was wrong' });
    },
  );

  it('warns of `blanks` around the code, and lets it pass', () => {
    const found = codeWellformed.check(tokenCase({ handle: { read: 'ok', id: 'cd_1', form: 'opaque', blanks: true } }));
    expect(found).toEqual({ outcome: 'warn', cause: 'blanks' });
  });

  it('skips when no code came', () => {
    expect(codeWellformed.check(without(tokenCase(), 'handle')).outcome).toBe('skip');
  });
});
