import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, STEPS, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** kTLVError_Unavailable: the first thing an accessory looks at in M1. */
const UNAVAILABLE = 6;

/** The accessory has no owner yet. */
export const setupUnpaired: Rule<HomeCase> = {
  id: 'hap.setup-unpaired',
  cite: 'HAP §5.6.2 step 1, §5.5 table 5-5 (Unavailable)',
  refusal: 'pairing_refused',
  why: 'an accessory that has an owner refuses every code, the right one too: typing it again changes nothing',
  causes: {
    paired: {
      say: 'the accessory is paired already, with somebody else: a setup code pairs only the first controller',
      fixes: [
        {
          audience: 'owner',
          say: 'ask whoever holds it for a code of this hub: an owner adds a controller without the setup code',
        },
        ...ladder('remove-there', 'factory-reset', 'reset-home'),
      ],
    },
    'half-done': {
      say: 'an earlier try in this transcript broke off at M6, after the accessory had kept the pairing: it is paired with that try',
      fixes: [
        {
          audience: 'client',
          say: 'if the key of that try was stored, prove it by pair-verify: the pairing may be whole',
        },
        ...ladder('remove-there', 'factory-reset'),
      ],
    },
    'paired-here': {
      say: 'the accessory is paired already, and with this hub: there is nothing to set up',
      fixes: [
        { audience: 'client', say: 'use the pairing that is there; give others access by a code of this hub' },
        ...ladder('remove-there', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const refused = tlvError(c, STEPS.setup, UNAVAILABLE);
    if (!refused) {
      const reason = unreached(c, STEPS.setup);
      return reason === undefined ? pass() : skip(reason);
    }
    const flags = c.known['txt_sf'];
    const half = c.entries
      .slice(0, c.entries.indexOf(refused))
      .some(({ step, event }) => step === 'pair-setup M6' && event !== 'sent');
    const cause = half ? 'half-done' : c.known['paired_here'] === true ? 'paired-here' : 'paired';
    return fail(cause, {
      expected: 'not paired (sf=1)',
      presented: `Unavailable at ${refused.step}`,
      ...(typeof flags === 'number' && {
        detail: flags & 1 ? 'its TXT record still says sf=1' : 'its TXT record says so too: sf=0',
      }),
    });
  },
};
