import { describe, expect, it } from 'vitest';
import { authorizeCase, JKT, PAIRING } from '../../../../test/support/oauth-case.ts';
import { keyBinding } from './key-binding.ts';

describe('oauth.key-binding', () => {
  it('passes a key, alone or with a pairing', () => {
    expect(keyBinding.check(authorizeCase({}, { dpop_jkt: JKT }))).toEqual({
      outcome: 'pass',
      presented: `key ${JKT.slice(0, 8)}…`,
    });
    expect(keyBinding.check(authorizeCase({}, { dpop_jkt: JKT, pairing_id: PAIRING }))).toEqual({
      outcome: 'pass',
      presented: PAIRING,
    });
  });

  it('refuses as `keyless` a pairing without its key', () => {
    const found = keyBinding.check(authorizeCase({}, { pairing_id: PAIRING }));
    expect(found).toEqual({ outcome: 'fail', cause: 'keyless', presented: PAIRING });
  });

  it.each([JKT.slice(1), `${JKT}=`, `${JKT.slice(1)}+`])('refuses as `thumbprint`: %s', (jkt) => {
    expect(keyBinding.check(authorizeCase({}, { dpop_jkt: jkt }))).toEqual({
      outcome: 'fail',
      cause: 'thumbprint',
      presented: jkt,
    });
  });

  it.each(['with blank', 'x'.repeat(65), 'ü', '\u202e'])(
    'refuses as `pairing` an id that is not visible ASCII: %j',
    (pairing) => {
      const found = keyBinding.check(authorizeCase({}, { dpop_jkt: JKT, pairing_id: pairing }));
      expect(found).toEqual({ outcome: 'fail', cause: 'pairing', presented: pairing });
    },
  );

  it('skips when no key was named', () => {
    expect(keyBinding.check(authorizeCase()).outcome).toBe('skip');
  });
});
