import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { bound, isPublic, type TokenCase } from '../case.ts';

/** The sender made the authorize request: PKCE, S256. */
export const codeVerifier: Rule<TokenCase> = {
  id: 'oauth.code-verifier',
  cite: 'RFC 7636 §4.6',
  refusal: 'invalid_grant',
  why: 'another app on the same device can catch the redirect, but not make the proof',
  open: 'own',
  binds: ['code_challenge'],
  counts: ['mismatch'],
  causes: {
    missing: {
      say: 'the PKCE proof is missing',
      fixes: [
        {
          audience: 'client',
          say: 'send code_verifier: the random string whose S256 challenge was in the authorize request',
        },
      ],
    },
    malformed: {
      say: 'the code_verifier is not 43 to 128 unreserved characters',
      fixes: [{ audience: 'client', say: 'send the verifier itself, neither its hash nor an encoded form of it' }],
    },
    mismatch: {
      say: 'the code_verifier does not match the code_challenge of the authorize request',
      fixes: [
        {
          audience: 'client',
          say: 'keep one verifier per authorize request; a second tab or a restart must not overwrite it',
        },
        { audience: 'client', say: 'the challenge is base64url, without padding, of SHA-256 of the verifier' },
      ],
    },
    unasked: {
      say: 'a code_verifier came for a code that was asked for without a challenge',
      fixes: [
        {
          audience: 'client',
          say: 'send code_challenge with code_challenge_method=S256 to /authorize, then the verifier to /token',
        },
      ],
    },
    required: {
      say: 'a public application must use PKCE, and this code was asked for without it',
      fixes: [
        { audience: 'client', say: 'send code_challenge with code_challenge_method=S256 to /authorize' },
        { audience: 'operator', say: 'an app that cannot: counterfoil app edit <id> --without-pkce, which is logged' },
      ],
    },
  },
  check: ({ intent, code, client, pkce, offline }) => {
    if (intent === 'refresh_token') return skip('a refresh request carries no PKCE proof');
    if (!code) {
      if (offline && pkce === 'absent') return skip('no code_verifier came; a public application needs one');
      return skip('the code is not known');
    }
    if (bound(code, 'code_challenge') === undefined) {
      if (pkce !== 'absent') return fail('unasked');
      const needed = client && isPublic(client) && client.withoutPkce === undefined && bound(code, 'jkt') === undefined;
      return needed ? fail('required') : skip('the code was asked for without PKCE');
    }
    if (pkce === 'match') return pass({ presented: 'S256 proof' });
    if (pkce === 'absent') {
      const detail = client?.type === 'confidential' ? 'send the code_verifier' : 'public app: send the code_verifier';
      return fail('missing', { expected: 'S256 proof', presented: 'nothing', detail });
    }
    return pkce === 'malformed' ? fail('malformed') : fail('mismatch');
  },
};
