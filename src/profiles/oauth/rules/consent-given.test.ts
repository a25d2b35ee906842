import { describe, expect, it } from 'vitest';
import { authorizeCase, without } from '../../../../test/support/oauth-case.ts';
import { consentGiven } from './consent-given.ts';

describe('oauth.consent-given', () => {
  it('passes a yes', () => {
    expect(consentGiven.check(authorizeCase())).toEqual({ outcome: 'pass' });
  });

  it('refuses as `denied` a no', () => {
    expect(consentGiven.check(authorizeCase({ decision: 'deny' }))).toEqual({ outcome: 'fail', cause: 'denied' });
  });

  it('skips while nobody has been asked', () => {
    expect(consentGiven.check(without(authorizeCase(), 'decision')).outcome).toBe('skip');
  });
});
