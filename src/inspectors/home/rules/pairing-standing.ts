import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, num, seen } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Where we hold a pairing, the accessory announces that it is paired, under the id that we know. */
export const pairingStanding: Rule<HomeCase> = {
  id: 'hap.pairing-standing',
  cite: 'HAP §6.4 table 6-9 (sf), §5.4.1',
  refusal: 'pairing_lost',
  why: 'a factory reset leaves a dead pairing behind at every controller, and each of them sees another error',
  causes: {
    reset: {
      say: 'we hold a pairing, but the accessory announces that nobody is paired (sf=1): it was reset',
      fixes: ladder('pair-anew', 'reset-home'),
    },
    'other-id': {
      say: 'an accessory announces itself at the known name under a new id: it was reset, or it was replaced',
      fixes: [
        { audience: 'owner', say: 'if it is another accessory, pair that one, and leave the old record alone' },
        ...ladder('pair-anew', 'reset-home'),
      ],
    },
  },
  check: (c) => {
    const other = failedCheck(c, ['discover'], 'accessory-id');
    if (other) return fail('other-id', seen(other));
    const flags = num(c.known, 'txt_sf');
    if (c.known['paired_here'] !== true) return skip('we hold no pairing with it');
    if (flags === undefined) return skip('the accessory announced no status flags');
    return flags & 1 ? fail('reset', { expected: 'sf=0, paired', presented: `sf=${flags}` }) : pass();
  },
};
