import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The sealed part of M2 of pair-verify opens. */
export const verifySealed: Rule<HomeCase> = {
  id: 'hap.verify-sealed',
  cite: 'HAP §5.7.2 (M2), RFC 8439',
  refusal: 'accessory_untrusted',
  why: 'both sides make this key from nothing but two fresh numbers, so only a change on the way can break it',
  causes: {
    tag: {
      say: 'the sealed part of M2 does not open: bytes were changed on their way, or the accessory reckons wrong',
      fixes: [
        { audience: 'operator', say: 'take out what stands between: a proxy or repeater that changes bytes' },
        ...ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, ['pair-verify M2'], 'tag');
    if (failed) return fail('tag', { expected: 'the tag of the agreed key', presented: 'another one' });
    const reason = unreached(c, ['pair-verify M2']);
    return reason === undefined ? pass() : skip(reason);
  },
};
