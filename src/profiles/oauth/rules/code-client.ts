import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { boundText, type TokenCase } from '../case.ts';

/** The code was issued to the client that presents it. */
export const codeClient: Rule<TokenCase> = {
  id: 'oauth.code-client',
  cite: 'RFC 6749 §4.1.3',
  refusal: 'invalid_grant',
  why: 'a code that leaked to another application must be worthless there',
  open: 'cause',
  whose: true,
  binds: ['client_id'],
  counts: ['other-app'],
  causes: {
    'other-app': {
      say: 'wrong client id: the code was issued for a different app',
      fixes: [
        {
          audience: 'client',
          say: 'verify the client registration: exchange the code with the client_id that asked for it',
        },
        { audience: 'owner', say: 'if both apps are not yours, one of them holds a code that was meant for the other' },
      ],
    },
  },
  check: ({ code, client, clientId }) => {
    if (!code) return skip('the code is not known');
    if (!client || clientId === undefined) return skip('the client is not known');
    const expected = boundText(code, 'client_id');
    if (expected === undefined) return fail('other-app', { expected: 'no client', presented: clientId });
    if (expected === clientId) return pass();
    return fail('other-app', { expected, presented: clientId, detail: diagnose(expected, clientId).say });
  },
};
