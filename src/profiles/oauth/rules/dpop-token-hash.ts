import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The proof was made for this very access token. */
export const dpopTokenHash: Rule<Presented> = {
  id: 'oauth.dpop-token-hash',
  cite: 'RFC 9449 §4.3 (12)',
  refusal: 'invalid_dpop_proof',
  why: 'a proof must not lend its strength to a token it was not made for',
  open: 'all',
  causes: {
    absent: {
      say: 'the proof does not name the access token',
      fixes: [{ audience: 'client', say: 'set ath to base64url of SHA-256 of the access token' }],
    },
    mismatch: {
      say: 'the proof names another access token',
      fixes: [{ audience: 'client', say: 'make the proof for the access token that is sent with it' }],
    },
  },
  check: ({ dpop }) => {
    if (!dpop || dpop.ath === undefined) return skip(dpop ? 'the proof cannot be read' : 'no DPoP proof came');
    return dpop.ath === 'match' ? pass() : fail(dpop.ath);
  },
};
