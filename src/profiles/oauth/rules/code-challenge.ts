import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type AuthorizeCase, isPublic } from '../case.ts';

/** The authorize request brings a PKCE challenge, S256; a public application must. */
export const codeChallenge: Rule<AuthorizeCase> = {
  id: 'oauth.code-challenge',
  cite: 'RFC 7636 §4.3, RFC 9700 §2.1.1',
  refusal: 'invalid_request',
  why: 'without it any app that catches the redirect can exchange the code',
  open: 'all',
  causes: {
    missing: {
      say: 'a public application must send a PKCE challenge',
      fixes: [
        { audience: 'client', say: 'send code_challenge and code_challenge_method=S256' },
        { audience: 'operator', say: 'an app that cannot: counterfoil app edit <id> --without-pkce, which is logged' },
      ],
    },
    method: {
      say: 'the challenge method is not S256',
      fixes: [
        {
          audience: 'client',
          say: 'send code_challenge_method=S256; plain protects nothing, and is also the default when left out',
        },
      ],
    },
    malformed: {
      say: 'the challenge is not base64url of a SHA-256 hash: 43 characters, no padding',
      fixes: [{ audience: 'client', say: 'send base64url, without padding, of SHA-256 of the verifier' }],
    },
  },
  check: ({ client, request: { values } }) => {
    const challenge = values['code_challenge'];
    const method = values['code_challenge_method'];
    if (challenge === undefined) {
      if (!client) return skip('the client is not known');
      if (isPublic(client) && client.withoutPkce === undefined)
        return fail('missing', { expected: 'code_challenge', presented: 'nothing' });
      return skip('PKCE is not asked of this application');
    }
    if (method !== 'S256')
      return fail('method', { expected: 'S256', presented: method ?? 'nothing, which means plain' });
    return /^[A-Za-z0-9_-]{43}$/.test(challenge) ? pass() : fail('malformed', { presented: challenge });
  },
};
