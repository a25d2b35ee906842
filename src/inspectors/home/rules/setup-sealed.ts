import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The sealed part of M6 opens. */
export const setupSealed: Rule<HomeCase> = {
  id: 'hap.setup-sealed',
  cite: 'HAP §5.6.6.2 (M6), RFC 8439',
  refusal: 'accessory_untrusted',
  why: 'what does not open was changed on its way, or sealed with a key that the code did not make',
  causes: {
    tag: {
      say: 'the sealed part of M6 does not open: it was changed on its way, or the accessory made another key',
      fixes: [
        { audience: 'operator', say: 'take out what stands between: a proxy or repeater that changes bytes' },
        ...ladder('retry-soon', 'firmware', 'tell-maker', 'factory-reset'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-setup M6'], 'tag');
    if (failed) return fail('tag', { expected: 'the tag of the session key', presented: 'another one' });
    const reason = unreached(c, ['pair-setup M6']);
    return reason === undefined ? pass() : skip(reason);
  },
};
