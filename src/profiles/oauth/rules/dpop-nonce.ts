import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The proof carries the hub's current nonce. */
export const dpopNonce: Rule<Presented> = {
  id: 'oauth.dpop-nonce',
  cite: 'RFC 9449 §8',
  refusal: 'use_dpop_nonce',
  why: 'a proof cannot be made in advance, whatever the clock of the device says',
  open: 'all',
  causes: {
    missing: {
      say: 'the proof carries no nonce of the hub',
      fixes: [
        {
          audience: 'client',
          say: 'take the nonce from the DPoP-Nonce header of the answer and send the request again',
        },
      ],
    },
    other: {
      say: "the proof's nonce is not the hub's current one",
      fixes: [
        {
          audience: 'client',
          say: 'take the newest nonce from the DPoP-Nonce header of the answer and send the request again',
        },
      ],
    },
  },
  check: ({ dpop }) => {
    if (!dpop) return skip('no DPoP proof came');
    if (dpop.signature !== 'valid') return skip('the proof cannot be read, or was signed by somebody else');
    if (dpop.nonce === 'current') return pass();
    return fail(dpop.nonce === 'absent' ? 'missing' : 'other');
  },
};
