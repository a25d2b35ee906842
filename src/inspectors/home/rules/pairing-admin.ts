import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, STEPS, tlvError, unreached } from '../case.ts';

const AUTHENTICATION = 2;

/** We may change the pairings of the accessory. */
export const pairingAdmin: Rule<HomeCase> = {
  id: 'hap.pairing-admin',
  cite: 'HAP §5.10.2, §5.11.2, §5.12.2',
  refusal: 'request_refused',
  why: 'a guest who could add guests would be an owner',
  causes: {
    'not-admin': {
      say: 'our pairing is no administrator of this accessory: it can use it, and can neither list, add nor remove pairings',
      fixes: [
        { audience: 'owner', say: 'let an administrator do it, or let one raise this pairing to administrator' },
        { audience: 'client', say: 'ask the hub that administers the accessory for a code instead' },
      ],
    },
  },
  check: (c) => {
    const refused =
      tlvError(c, STEPS.pairings, AUTHENTICATION) ??
      find(c, STEPS.pairings, ({ facts }) => facts['hap_status'] === -70401 || facts['hap_status'] === -70411);
    if (refused) {
      return fail('not-admin', {
        expected: 'an administrator',
        presented: 'Authentication (2)',
        detail: `at ${refused.step}`,
      });
    }
    const reason = unreached(c, STEPS.pairings);
    return reason === undefined ? pass() : skip(reason);
  },
};
