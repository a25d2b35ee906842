import { describe, expect, it } from 'vitest';
import { tokenCase } from '../../../../test/support/oauth-case.ts';
import { boxOpened } from './box-opened.ts';

describe('oauth.box-opened', () => {
  it('passes a box that was opened, and names the key', () => {
    expect(boxOpened.check(tokenCase({ box: { keyId: 'AAECAwQFBgc' } }))).toEqual({
      outcome: 'pass',
      presented: 'key AAECAwQFBgc',
    });
  });

  it.each(['malformed', 'other-address', 'unknown-key', 'key-not-yet', 'key-expired', 'cannot-open'] as const)(
    'refuses as malformed, other-address, unknown-key, key-not-yet, key-expired or cannot-open: %s',
    (cause) => {
      const box = { cause, expected: 'this', presented: 'that' };
      expect(boxOpened.check(tokenCase({ box }))).toEqual({ outcome: 'fail', ...box });
    },
  );

  it('refuses as replayed a box that was redeemed before', () => {
    const box = { keyId: 'AAECAwQFBgc', replayed: true } as const;
    expect(boxOpened.check(tokenCase({ box }))).toEqual({ outcome: 'fail', cause: 'replayed' });
  });

  it('skips a request without a box', () => {
    expect(boxOpened.check(tokenCase()).outcome).toBe('skip');
  });
});
