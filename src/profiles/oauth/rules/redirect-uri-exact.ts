import { matches } from '../../../core/match.ts';
import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { boundText, type TokenCase } from '../case.ts';

/** The redirect URI is the one that the code was asked for with, byte for byte. */
export const redirectUriExact: Rule<TokenCase> = {
  id: 'oauth.redirect-uri-exact',
  cite: 'RFC 6749 §4.1.3',
  refusal: 'invalid_grant',
  why: 'a code that leaked to another address must be worthless there',
  open: 'own',
  binds: ['redirect_uri'],
  counts: ['differs'],
  causes: {
    missing: {
      say: 'the request does not repeat the redirect URI of the authorize request',
      fixes: [{ audience: 'client', say: 'send redirect_uri exactly as in the authorize request' }],
    },
    differs: {
      say: 'incorrect redirect URI: it does not exactly match the one used to obtain the code',
      fixes: [
        {
          audience: 'client',
          say: 'check the URI for an exact match with the authorize request: scheme, case, slashes and port all count',
        },
      ],
    },
  },
  check: ({ intent, code, request: { values } }) => {
    if (intent === 'refresh_token') return skip('a refresh request carries no redirect URI');
    if (!code) return skip('the code is not known');
    const expected = boundText(code, 'redirect_uri');
    if (expected === undefined) return skip('the code was minted without a redirect URI');
    const presented = values['redirect_uri'];
    if (presented === undefined) return fail('missing', { expected, presented: 'nothing' });
    if (matches('exact', expected, presented)) return pass({ presented });
    return fail('differs', { expected, presented, detail: diagnose(expected, presented).say });
  },
};
