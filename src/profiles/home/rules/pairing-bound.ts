import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';

/** A code that opens an accessory is bound to one pairing id and one key; that they match is judged with the code. */
export const pairingBound: Rule<GrantCase> = {
  id: 'home.pairing-bound',
  cite: 'HAP §5.10.1, RFC 9449 §10',
  refusal: 'invalid_grant',
  why: 'whoever finds the code must not become a controller with a key of their own',
  open: 'all',
  causes: {
    unbound: {
      say: 'a pairing was asked for with a code that is not bound to a pairing id and a key',
      fixes: [{ audience: 'client', say: 'send pairing_id and dpop_jkt to /authorize, and redeem with that key' }],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    const { pairing_id: id, jkt } = c.bound;
    const presented = [...(id === undefined ? [] : ['pairing_id']), ...(jkt === undefined ? [] : ['dpop_jkt'])];
    return presented.length === 2 ? pass() : fail('unbound', { expected: ['pairing_id', 'dpop_jkt'], presented });
  },
};
