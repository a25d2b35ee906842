import { describe, expect, it } from 'vitest';
import { accessCase, lamp, without } from '../../../../test/support/home-case.ts';
import { characteristicKnown } from './characteristic-known.ts';

const presented = 'lamp/lightbulb/brightness';

describe('home.characteristic-known', () => {
  it('passes what the accessory lists and offers', () => {
    expect(characteristicKnown.check(accessCase())).toEqual({ outcome: 'pass', presented });
  });

  it('refuses as `unknown` what it does not list', () => {
    const found = characteristicKnown.check(accessCase({ accessory: without(lamp(), 'characteristic') }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unknown', presented });
  });

  it.each([
    ['read', ['pw', 'ev']],
    ['write', ['pr', 'ev']],
    ['subscribe', ['pr', 'pw']],
  ] as const)('refuses as `not-offered`: %s of a characteristic with the perms %j', (op, perms) => {
    const accessory = lamp({ characteristic: { perms } });
    const { request } = accessCase();
    const found = characteristicKnown.check(accessCase({ accessory, request: { ...request, op } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'not-offered', expected: op, presented: perms });
  });

  it('skips an accessory that is not known, or whose database was never read', () => {
    for (const c of [without(accessCase(), 'accessory'), accessCase({ accessory: lamp({ database: false }) })]) {
      expect(characteristicKnown.check(c).outcome).toBe('skip');
    }
  });
});
