import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** The client authenticates in the one way it is registered for. */
export const clientAuthMethod: Rule<TokenCase> = {
  id: 'oauth.client-auth-method',
  cite: 'RFC 6749 §2.3',
  refusal: 'invalid_client',
  why: 'a secret in a public app is no secret, and a confidential app without one could be anybody',
  open: 'all',
  causes: {
    'secret-from-public': {
      say: 'app type is misconfigured: a public application sent a client secret',
      fixes: [
        { audience: 'client', say: 'remove client_secret from the app; a public app proves itself by PKCE' },
        { audience: 'operator', say: 'if the app is a server that can keep a secret, register it as confidential' },
      ],
    },
    'secret-missing': {
      say: 'app type is misconfigured: a confidential application sent no client secret',
      fixes: [
        { audience: 'client', say: 'send the client secret the way the application is registered' },
        { audience: 'operator', say: 'if the app cannot keep a secret, register it as public' },
      ],
    },
    method: {
      say: 'the client secret came in another way than the application is registered for',
      fixes: [
        {
          audience: 'client',
          say: 'client_secret_basic is the Authorization header, client_secret_post is the form: use the registered one',
        },
        { audience: 'operator', say: 'or change the registration: counterfoil app edit <id> --auth-method …' },
      ],
    },
    several: {
      say: 'the client authenticated in more than one way in one request',
      fixes: [{ audience: 'client', say: 'send the secret in the Authorization header or in the form, not in both' }],
    },
    malformed: {
      say: 'the Authorization header cannot be read as Basic credentials',
      fixes: [
        {
          audience: 'client',
          say: 'send Basic and base64 of form-encoded id, colon, form-encoded secret (RFC 6749 §2.3.1)',
        },
      ],
    },
  },
  check: ({ client, auth }) => {
    const presented = auth.method;
    if (presented === 'several' || presented === 'malformed') return fail(presented);
    if (!client) return skip('the client is not known');
    const expected = client.authMethod;
    if (presented === expected) return pass({ presented });
    const cause = expected === 'none' ? 'secret-from-public' : presented === 'none' ? 'secret-missing' : 'method';
    return fail(cause, { expected, presented });
  },
};
