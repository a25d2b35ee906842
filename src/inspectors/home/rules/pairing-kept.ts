import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const AUTHENTICATION = 2;

/** The accessory still knows our pairing. */
export const pairingKept: Rule<HomeCase> = {
  id: 'hap.pairing-kept',
  cite: 'HAP §5.7.4 (M4), §5.11',
  refusal: 'pairing_lost',
  why: 'an error that is called Authentication reads like a wrong code, and no code is involved here',
  causes: {
    removed: {
      say: 'the accessory proved itself but does not know us: our pairing was removed there (this is no wrong code)',
      fixes: [
        { audience: 'owner', say: 'ask an administrator of the accessory to add this hub again, by a code' },
        { audience: 'operator', say: 'see the audit trail for who removed it: counterfoil audit' },
        ...ladder('pair-anew', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const steps = ['pair-verify M3', 'pair-verify M4'] as const;
    const refused = tlvError(c, steps, AUTHENTICATION);
    if (refused)
      return fail('removed', { expected: 'a pairing of ours', presented: `Authentication (2) at ${refused.step}` });
    const reason = unreached(c, steps);
    return reason === undefined ? pass() : skip(reason);
  },
};
