import { describe, expect, it } from 'vitest';
import { accessCase, lamp, without } from '../../../../test/support/home-case.ts';
import { accessoryReachable } from './accessory-reachable.ts';

describe('home.accessory-reachable', () => {
  it('passes one that answers', () => {
    expect(accessoryReachable.check(accessCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `unreachable` one that does not', () => {
    const found = accessoryReachable.check(accessCase({ accessory: lamp({ reachable: false }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unreachable', presented: 'lamp' });
  });

  it('skips one that was not asked, or is not known', () => {
    for (const c of [accessCase({ accessory: without(lamp(), 'reachable') }), without(accessCase(), 'accessory')]) {
      expect(accessoryReachable.check(c).outcome).toBe('skip');
    }
  });
});
