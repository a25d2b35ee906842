import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, seen, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The accessory signed its own key and id in M6. */
export const setupSignature: Rule<HomeCase> = {
  id: 'hap.setup-signature',
  cite: 'HAP §5.6.6.2 (M6 step 4)',
  refusal: 'accessory_untrusted',
  why: 'a key that its holder did not sign could belong to anybody, and everything later stands on it',
  causes: {
    wrong: {
      say: 'the signature in M6 is not by the key that M6 brings: the accessory is broken, or is not the one that knows the code',
      fixes: [
        { audience: 'client', say: 'do not keep this pairing' },
        ...ladder('retry-soon', 'firmware', 'tell-maker', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-setup M6'], 'signature');
    if (failed)
      return fail('wrong', { expected: "the accessory's signature over AccessoryX, id and key", ...seen(failed) });
    const reason = unreached(c, ['pair-setup M6']);
    return reason === undefined ? pass() : skip(reason);
  },
};
