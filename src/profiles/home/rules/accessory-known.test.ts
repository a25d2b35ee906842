import { describe, expect, it } from 'vitest';
import { accessCase, grantCase, limitedCase, without } from '../../../../test/support/home-case.ts';
import { accessoryKnown } from './accessory-known.ts';

describe('home.accessory-known', () => {
  it('passes what the hub has', () => {
    expect(accessoryKnown.check(accessCase())).toEqual({ outcome: 'pass', presented: 'lamp' });
    expect(accessoryKnown.check(limitedCase())).toEqual({ outcome: 'pass', presented: ['lamp'] });
  });

  it('refuses as `unknown` a request for something else', () => {
    const found = accessoryKnown.check(without(accessCase(), 'accessory'));
    expect(found).toEqual({ outcome: 'fail', cause: 'unknown', presented: 'lamp' });
  });

  it('refuses as `unknown` a grant that names something else, and names only that', () => {
    const found = accessoryKnown.check(grantCase({ scopes: ['home:lamp:direct', 'home:oven:r', 'home:oven:w'] }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unknown', presented: ['oven'] });
  });

  it('skips a grant that names none: every one, or none of ours', () => {
    expect(accessoryKnown.check(limitedCase({ scopes: ['home:*:r', 'openid'] })).outcome).toBe('skip');
  });
});
