import { describe, expect, it } from 'vitest';
import { keyedCase, proof } from '../../../test/support/oauth-case.ts';
import type { TokenCase } from './case.ts';
import { nonceAsked } from './nonce-asked.ts';
import { judge } from './profile.ts';

function asked(c: TokenCase): boolean {
  const { checks, decisive } = judge('token', c);
  return nonceAsked({ checks, ...(decisive && { decisive: decisive.rule }) });
}

describe('an app was asked for a nonce', () => {
  it('where its proof has none of the hub, or an old one, and nothing else is wrong', () => {
    expect(asked(keyedCase({ dpop: proof({ nonce: 'absent' }) }))).toBe(true);
    expect(asked(keyedCase({ dpop: proof({ nonce: 'other' }) }))).toBe(true);
  });

  it('not where it was accepted, or something else is wrong as well', () => {
    expect(asked(keyedCase())).toBe(false);
    expect(asked(keyedCase({ dpop: proof({ nonce: 'absent' }), pkce: 'mismatch' }))).toBe(false);
    expect(asked(keyedCase({ pkce: 'mismatch' }))).toBe(false);
  });
});
