import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, tlvError, unreached } from '../case.ts';

const UNKNOWN = 1;

/** The removal of a pairing that is not there is a success. */
export const removalKnown: Rule<HomeCase> = {
  id: 'hap.removal-known',
  cite: 'HAP §5.11.2 step 3',
  refusal: 'request_refused',
  why: 'who cleans up twice must not be told the second time that it failed',
  causes: {
    'not-there': {
      say: 'the accessory answers Unknown to the removal of a pairing; some do when it is gone already, against the protocol',
      fixes: [
        { audience: 'client', say: 'list the pairings: if the id is not among them, the removal is done' },
        {
          audience: 'client',
          say: 'if it is, mind how the id was written: some tools take hex where others take text',
        },
      ],
    },
  },
  check: (c) => {
    if (tlvError(c, ['remove-pairing'], UNKNOWN))
      return fail('not-there', { expected: 'success', presented: 'Unknown (1)' });
    const reason = unreached(c, ['remove-pairing']);
    return reason === undefined ? pass() : skip(reason);
  },
};
