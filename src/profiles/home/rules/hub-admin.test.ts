import { describe, expect, it } from 'vitest';
import { grantCase, lamp, limitedCase, without } from '../../../../test/support/home-case.ts';
import { hubAdmin } from './hub-admin.ts';

describe('home.hub-admin', () => {
  it('passes where the hub can take back what it hands out', () => {
    expect(hubAdmin.check(grantCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `not-admin`, and names the accessory', () => {
    for (const hub of ['user', 'none'] as const) {
      const c = grantCase({ accessories: [lamp(), lamp({ id: 'door', hub })] });
      expect(hubAdmin.check(c)).toEqual({
        outcome: 'fail',
        cause: 'not-admin',
        expected: 'admin',
        presented: ['door'],
      });
    }
  });

  it('refuses a reset as well, although that adds no pairing', () => {
    const reset = { ownership: { act: 'reset', code: 'reset' }, asksPairing: false } as const;
    expect(hubAdmin.check(limitedCase({ ...reset, accessories: [lamp({ hub: 'user' })] })).outcome).toBe('fail');
  });

  it('skips what is not known, and grants that change nothing on the accessory', () => {
    const unknown = grantCase({ accessories: [without(lamp(), 'hub')] });
    for (const c of [unknown, limitedCase()]) expect(hubAdmin.check(c).outcome).toBe('skip');
  });
});
