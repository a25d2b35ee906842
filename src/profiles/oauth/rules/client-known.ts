import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type Asked, boundText, type CodeFacts } from '../case.ts';

/** The client id is registered, byte for byte. */
export const clientKnown: Rule<Asked & { readonly code?: CodeFacts }> = {
  id: 'oauth.client-known',
  cite: 'RFC 6749 §5.2',
  refusal: 'invalid_client',
  why: 'nobody may use a code on behalf of an application that does not exist',
  open: 'own',
  causes: {
    missing: {
      say: 'the request names no client',
      fixes: [
        { audience: 'client', say: 'send client_id, or client_id and client_secret in an Authorization: Basic header' },
      ],
    },
    unknown: {
      say: 'client_id is incorrect: no Trusted Application has this id',
      fixes: [
        {
          audience: 'client',
          say: "double-check client_id in your app server's configuration, character by character",
        },
        { audience: 'operator', say: 'compare with the Trusted Applications: counterfoil app list' },
      ],
    },
  },
  check: ({ clientId, client, code, offline }) => {
    if (clientId === undefined) return fail('missing', { expected: 'client_id', presented: 'nothing' });
    if (client) return pass({ presented: clientId });
    if (offline && !code) return skip("the hub's applications are not at hand");
    const meant = boundText(code, 'client_id');
    if (meant === undefined) return fail('unknown', { expected: 'a registered client_id', presented: clientId });
    return fail('unknown', { expected: meant, presented: clientId, detail: diagnose(meant, clientId).say });
  },
};
