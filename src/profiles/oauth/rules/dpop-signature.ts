import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The proof was signed by the key it names. */
export const dpopSignature: Rule<Presented> = {
  id: 'oauth.dpop-signature',
  cite: 'RFC 9449 §4.3 (6)',
  refusal: 'invalid_dpop_proof',
  why: 'anybody can name a key; only its holder can sign with it',
  open: 'all',
  causes: {
    invalid: {
      say: 'the signature of the DPoP proof does not verify with the key it carries',
      fixes: [
        {
          audience: 'client',
          say: 'sign with the private half of the jwk in the header, over the exact header and payload sent',
        },
      ],
    },
  },
  check: ({ dpop }) => {
    if (!dpop) return skip('no DPoP proof came');
    if (dpop.signature === 'unchecked') return skip('the proof cannot be read');
    return dpop.signature === 'valid'
      ? pass(dpop.jkt === undefined ? {} : { presented: `key ${dpop.jkt}` })
      : fail('invalid');
  },
};
