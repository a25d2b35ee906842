import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** A DPoP header, where there is one, is one readable proof. */
export const dpopWellformed: Rule<Presented> = {
  id: 'oauth.dpop-wellformed',
  cite: 'RFC 9449 §4.3 (1-5, 7)',
  refusal: 'invalid_dpop_proof',
  why: 'a proof that can be read in two ways proves nothing',
  open: 'all',
  causes: {
    several: {
      say: 'more than one DPoP header came',
      fixes: [{ audience: 'client', say: 'send exactly one DPoP header' }],
    },
    malformed: {
      say: 'the DPoP header is not a proof JWT',
      fixes: [
        {
          audience: 'client',
          say: 'send a compact JWT with typ dpop+jwt, the public key as jwk, and jti, htm, htu, iat',
        },
      ],
    },
    algorithm: {
      say: 'the proof is signed with an algorithm that is not accepted',
      fixes: [{ audience: 'client', say: 'sign with Ed25519 (EdDSA) or ES256' }],
    },
  },
  check: ({ dpop }) => {
    if (!dpop) return skip('no DPoP proof came');
    return dpop.fault ? fail(dpop.fault.kind, { detail: dpop.fault.detail }) : pass();
  },
};
