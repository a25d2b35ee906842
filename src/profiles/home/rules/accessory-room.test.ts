import { describe, expect, it } from 'vitest';
import { grantCase, lamp, limitedCase, without } from '../../../../test/support/home-case.ts';
import { accessoryRoom } from './accessory-room.ts';

const holding = (pairings: NonNullable<ReturnType<typeof lamp>['pairings']>): unknown =>
  accessoryRoom.check(grantCase({ accessories: [lamp({ pairings })] }));

describe('home.accessory-room', () => {
  it('passes while there is room, and a pairing that is there already', () => {
    for (const pairings of [
      { listed: 15, max: 16, asked: 'absent' },
      { listed: 16, max: 16, asked: 'same-key' },
      { listed: 99 },
    ] as const) {
      expect(holding(pairings)).toEqual({ outcome: 'pass' });
    }
  });

  it('refuses as `full`', () => {
    expect(holding({ listed: 16, max: 16, asked: 'absent' })).toEqual({
      outcome: 'fail',
      cause: 'full',
      expected: 'fewer than 16 pairings',
      presented: '16 on lamp',
    });
  });

  it('refuses as `other-key` an id that the accessory knows with another key', () => {
    expect(holding({ listed: 2, max: 16, asked: 'other-key' })).toEqual({
      outcome: 'fail',
      cause: 'other-key',
      presented: 'lamp',
    });
  });

  it('skips what has not been asked, and grants about no pairing', () => {
    const unasked = grantCase({ accessories: [without(lamp(), 'pairings')] });
    for (const c of [unasked, limitedCase()]) expect(accessoryRoom.check(c).outcome).toBe('skip');
  });
});
