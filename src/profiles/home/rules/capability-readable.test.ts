import { describe, expect, it } from 'vitest';
import { grantCase, limitedCase } from '../../../../test/support/home-case.ts';
import { capabilityReadable } from './capability-readable.ts';

describe('home.capability-readable', () => {
  it('passes capabilities, pairings and older names, and shows them', () => {
    const scopes = ['home:lamp/lightbulb/on:rw', 'home:lamp:direct', 'lamp:read'];
    expect(capabilityReadable.check(limitedCase({ scopes }))).toEqual({ outcome: 'pass', presented: scopes });
  });

  it('refuses as `malformed`, and says what was expected where', () => {
    expect(capabilityReadable.check(grantCase({ scopes: ['openid', 'home:lamp:wr'] }))).toEqual({
      outcome: 'fail',
      cause: 'malformed',
      expected: 'operations of r, w, s, t in this order',
      presented: 'wr',
      detail: 'home:lamp:wr: say what is allowed, like rw',
    });
  });

  it('skips scopes of others', () => {
    expect(capabilityReadable.check(grantCase({ scopes: ['openid'] })).outcome).toBe('skip');
  });
});
