import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, tlvError, unreached } from '../case.ts';

const UNKNOWN = 1;

/** The pairing id to be added is free, or belongs to the same key. */
export const pairingFree: Rule<HomeCase> = {
  id: 'hap.pairing-free',
  cite: 'HAP §5.10.2 step 3',
  refusal: 'request_refused',
  why: 'one id with two keys would let the second holder take the place of the first',
  causes: {
    taken: {
      say: 'the accessory keeps another key under this pairing id, and does not change a key (it says only Unknown)',
      fixes: [
        { audience: 'client', say: 'take a fresh pairing id for a fresh key' },
        { audience: 'owner', say: 'or remove the old pairing of that id first, and then add the new one' },
      ],
    },
  },
  check: (c) => {
    if (tlvError(c, ['add-pairing'], UNKNOWN))
      return fail('taken', { expected: 'a free id, or the same key', presented: 'Unknown (1)' });
    const reason = unreached(c, ['add-pairing']);
    return reason === undefined ? pass() : skip(reason);
  },
};
