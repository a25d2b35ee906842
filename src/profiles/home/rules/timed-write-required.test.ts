import { describe, expect, it } from 'vitest';
import { accessCase, lamp } from '../../../../test/support/home-case.ts';
import { timedWriteRequired } from './timed-write-required.ts';

const { request } = accessCase();
const timed = { request: { ...request, timed: true } };
const accessory = lamp({ characteristic: { perms: ['pr', 'pw', 'tw'] } });

describe('home.timed-write-required', () => {
  it('passes a plain write where that is allowed, and a timed one anywhere', () => {
    expect(timedWriteRequired.check(accessCase())).toEqual({ outcome: 'pass', presented: 'plain write' });
    const prepared = accessCase({ ...timed, accessory, scopes: ['home:lamp:t'] });
    expect(timedWriteRequired.check(prepared)).toEqual({ outcome: 'pass', presented: 'timed write' });
  });

  it('refuses as `capability` a plain write where timed ones are allowed only', () => {
    expect(timedWriteRequired.check(accessCase({ scopes: ['home:lamp:rt'] }))).toEqual({
      outcome: 'fail',
      cause: 'capability',
      expected: 'home:lamp:rt',
      presented: 'plain write',
    });
  });

  it('refuses as `accessory` what the accessory would refuse, and says so only to who may write', () => {
    expect(timedWriteRequired.check(accessCase({ accessory }))).toEqual({
      outcome: 'fail',
      cause: 'accessory',
      expected: 'timed write',
      presented: 'plain write',
    });
    expect(timedWriteRequired.check(accessCase({ accessory, scopes: ['home:lamp:r'] })).outcome).toBe('pass');
  });

  it('skips where nothing is to be written', () => {
    const read = accessCase({ request: { ...request, op: 'read' } });
    expect(timedWriteRequired.check(read).outcome).toBe('skip');
  });
});
