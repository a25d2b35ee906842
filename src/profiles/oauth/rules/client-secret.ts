import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** The client secret is the registered one; compared in constant time, before. */
export const clientSecret: Rule<TokenCase> = {
  id: 'oauth.client-secret',
  cite: 'RFC 6749 §2.3.1',
  refusal: 'invalid_client',
  why: 'whoever holds a stolen code must not pass for the application',
  open: 'all',
  counts: ['mismatch'],
  causes: {
    mismatch: {
      say: 'client_secret is incorrect',
      fixes: [
        { audience: 'client', say: "double-check the credentials in your app server's configuration" },
        {
          audience: 'operator',
          say: 'or give the application a new secret: counterfoil app edit <id> --rotate-secret',
        },
      ],
    },
  },
  check: ({ client, auth }) => {
    if (auth.secret === 'match') return pass();
    if (auth.secret === 'mismatch') return fail('mismatch');
    if (!client) return skip('the client is not known');
    if (client.authMethod !== 'none' && auth.method === client.authMethod) return fail('mismatch');
    return skip(client.authMethod === 'none' ? 'a public application has no secret' : 'no secret came');
  },
};
