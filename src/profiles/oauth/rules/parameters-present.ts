import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** What the grant type needs is there. PKCE, redirect URI and client have rules of their own. */
export const parametersPresent: Rule<TokenCase> = {
  id: 'oauth.parameters-present',
  cite: 'RFC 6749 §4.1.3, §6',
  refusal: 'invalid_request',
  why: 'an empty request is a mistake of the sender, not an attack, and must read like one',
  open: 'all',
  causes: {
    'grant-type': {
      say: 'the parameter grant_type is missing',
      fixes: [{ audience: 'client', say: 'send grant_type=authorization_code or grant_type=refresh_token' }],
    },
    code: {
      say: 'the parameter code is missing',
      fixes: [{ audience: 'client', say: 'send the code exactly as it came in the redirect' }],
    },
    'refresh-token': {
      say: 'the parameter refresh_token is missing',
      fixes: [{ audience: 'client', say: 'send the newest refresh token, or start again at /authorize' }],
    },
  },
  check: ({ request: { names }, intent }) => {
    if (!names.includes('grant_type')) return fail('grant-type', { expected: 'grant_type', presented: 'nothing' });
    const needed = intent === 'refresh_token' ? 'refresh_token' : 'code';
    if (names.includes(needed)) return pass();
    return fail(needed === 'code' ? 'code' : 'refresh-token', { expected: needed, presented: 'nothing' });
  },
};
