import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The proof has not been used before. */
export const dpopOnce: Rule<Presented> = {
  id: 'oauth.dpop-once',
  cite: 'RFC 9449 §11.1',
  refusal: 'invalid_dpop_proof',
  why: 'copied bytes must be worthless: the single-use half of the defence against replay',
  open: 'all',
  causes: {
    replayed: {
      say: 'these are copied bytes: the proof has been spent already, the owner loses nothing',
      fixes: [
        { audience: 'client', say: 'make a new proof, with a new jti, for every request' },
        {
          audience: 'owner',
          say: 'if the app did not send this twice, somebody can read its traffic: look at the source',
        },
      ],
    },
  },
  check: ({ dpop }) => {
    if (!dpop) return skip('no DPoP proof came');
    if (dpop.signature !== 'valid') return skip('the proof cannot be read, or was signed by somebody else');
    return dpop.replayed ? fail('replayed') : pass();
  },
};
