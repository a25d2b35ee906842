import { describe, expect, it } from 'vitest';
import { grantCase, limitedCase, PAIRING } from '../../../../test/support/home-case.ts';
import { roleAllowed } from './role-allowed.ts';

const admin = { pairing: { id: PAIRING, role: 'admin' as const } };

describe('home.role-allowed', () => {
  it('passes a user, which is what a pairing is unless somebody says otherwise', () => {
    for (const pairing of [{ id: PAIRING }, { id: PAIRING, role: 'user' as const }]) {
      expect(roleAllowed.check(grantCase({ pairing }))).toEqual({ outcome: 'pass', presented: 'user' });
    }
  });

  it('passes an administrator by a code that was minted for ownership', () => {
    for (const act of ['additional', 'transfer'] as const) {
      expect(roleAllowed.check(grantCase({ ...admin, ownership: { act, code: act } })).outcome).toBe('pass');
    }
  });

  it('refuses as `admin` by any other code, whatever is asked for', () => {
    const refused = { outcome: 'fail', cause: 'admin', expected: 'user', presented: 'admin' };
    expect(roleAllowed.check(grantCase(admin))).toEqual(refused);
    expect(roleAllowed.check(grantCase({ ...admin, ownership: { act: 'transfer' } }))).toEqual(refused);
    expect(roleAllowed.check(grantCase({ ...admin, ownership: { act: 'transfer', code: 'reset' } }))).toEqual(refused);
  });

  it('skips a grant that is about no pairing', () => {
    expect(roleAllowed.check(limitedCase(admin)).outcome).toBe('skip');
  });
});
