import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { bound, type ResourceCase } from '../case.ts';

/** The access token comes in the Authorization header, under the scheme it was issued for. */
export const tokenScheme: Rule<ResourceCase> = {
  id: 'oauth.token-scheme',
  cite: 'RFC 6750 §2.1, RFC 9449 §7.1',
  refusal: 'invalid_token',
  why: 'a key-bound token sent as a bearer token is how a thief would send it',
  open: 'all',
  binds: ['client_id'],
  causes: {
    missing: {
      say: 'no access token came',
      fixes: [{ audience: 'client', say: 'send Authorization: Bearer <token>, or DPoP <token> with a DPoP proof' }],
    },
    other: {
      say: 'the Authorization header uses a scheme that this API does not know',
      fixes: [{ audience: 'client', say: 'send Authorization: Bearer <token>, or DPoP <token> with a DPoP proof' }],
    },
    downgraded: {
      say: 'a key-bound token was sent as a bearer token',
      fixes: [{ audience: 'client', say: 'send Authorization: DPoP <token>, with a proof by the key it is bound to' }],
    },
    unbound: {
      say: 'a bearer token was sent under the DPoP scheme',
      fixes: [
        {
          audience: 'client',
          say: 'send Authorization: Bearer <token>; for a key-bound token send a DPoP proof to /token',
        },
      ],
    },
  },
  check: ({ scheme, code }) => {
    if (scheme === 'none') return fail('missing');
    if (scheme === 'other') return fail('other', { expected: 'Bearer or DPoP' });
    if (!code) return skip('the token is not known');
    const keyed = bound(code, 'jkt') !== undefined;
    if (keyed === (scheme === 'dpop')) return pass({ presented: scheme });
    return fail(keyed ? 'downgraded' : 'unbound', { expected: keyed ? 'DPoP' : 'Bearer', presented: scheme });
  },
};
