import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, STEPS, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const MAX_PEERS = 4;

/** The accessory has room for another pairing. */
export const setupRoom: Rule<HomeCase> = {
  id: 'hap.setup-room',
  cite: 'HAP §5.5 table 5-5 (MaxPeers), §5.10.2',
  refusal: 'pairing_refused',
  why: 'an accessory that is full refuses the right code, and old phones fill it without a word',
  causes: {
    full: {
      say: 'the accessory keeps as many pairings as it can (16 at least), and has no room for one more',
      fixes: [
        { audience: 'owner', say: 'list its pairings and remove one that nobody uses: counterfoil home pairings' },
        ...ladder('remove-there', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const steps = [...STEPS.setup, 'add-pairing' as const];
    const refused = tlvError(c, steps, MAX_PEERS);
    if (refused) return fail('full', { expected: 'room for one more', presented: `MaxPeers at ${refused.step}` });
    const reason = unreached(c, steps);
    return reason === undefined ? pass() : skip(reason);
  },
};
