import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AuthorizeCase } from '../case.ts';

/** A key and a pairing that the code should be bound to are named soundly. */
export const keyBinding: Rule<AuthorizeCase> = {
  id: 'oauth.key-binding',
  cite: 'RFC 9449 §10',
  refusal: 'invalid_request',
  why: 'a code bound to a mistyped key could never be redeemed, and one bound to a pairing id alone would be bound to nothing',
  open: 'all',
  causes: {
    thumbprint: {
      say: 'dpop_jkt is not a key thumbprint: 43 base64url characters',
      fixes: [{ audience: 'client', say: 'send the RFC 7638 SHA-256 thumbprint of the DPoP key' }],
    },
    keyless: {
      say: 'a pairing id came without the key that proves it',
      fixes: [{ audience: 'client', say: 'send dpop_jkt with pairing_id: a pairing is an id and a key' }],
    },
    pairing: {
      say: 'the pairing id is not 1 to 64 visible characters',
      fixes: [{ audience: 'client', say: 'send the pairing id as the controller has it' }],
    },
  },
  check: ({ request: { values } }) => {
    const { dpop_jkt: jkt, pairing_id: pairing } = values;
    if (jkt === undefined)
      return pairing === undefined ? skip('no key was named') : fail('keyless', { presented: pairing });
    if (!/^[A-Za-z0-9_-]{43}$/.test(jkt)) return fail('thumbprint', { presented: jkt });
    if (pairing !== undefined && !/^[\x21-\x7e]{1,64}$/.test(pairing)) return fail('pairing', { presented: pairing });
    return pass({ presented: pairing ?? `key ${jkt.slice(0, 8)}…` });
  },
};
