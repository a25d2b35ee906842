import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Presented } from '../case.ts';

/** The proof was made for this method and this address. */
export const dpopTarget: Rule<Presented> = {
  id: 'oauth.dpop-target',
  cite: 'RFC 9449 §4.3 (8, 9)',
  refusal: 'invalid_dpop_proof',
  why: 'a proof made for one address must be worthless at another',
  open: 'all',
  causes: {
    method: {
      say: 'htm names another HTTP method than the request has',
      fixes: [{ audience: 'client', say: 'set htm to the method of this very request' }],
    },
    uri: {
      say: 'htu names another address than the request was sent to',
      fixes: [
        { audience: 'client', say: 'set htu to the address as the hub publishes it, without query and fragment' },
      ],
    },
  },
  check: ({ dpop, target }) => {
    if (!dpop) return skip('no DPoP proof came');
    if (dpop.signature !== 'valid') return skip('the proof cannot be read, or was signed by somebody else');
    const { htm = 'nothing', htu = 'nothing' } = dpop;
    if (htm !== target.method) return fail('method', { expected: target.method, presented: htm });
    if (target.uris.includes(htu)) return pass();
    const expected = target.uris[0] ?? '';
    return fail('uri', { expected, presented: htu, detail: diagnose(expected, htu).say });
  },
};
