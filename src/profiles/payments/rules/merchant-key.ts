import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { Fix } from '../../../core/verdict.ts';
import type { AccessCase } from '../access.ts';

const NEW_KEY: Fix = {
  audience: 'operator',
  say: 'make another key: counterfoil payments merchant key <merchant>; the old one can stay until the new one is in use',
};

/** The call came with a living key of a merchant. */
export const merchantKey: Rule<AccessCase> = {
  id: 'payments.merchant-key',
  cite: 'RFC 6750 §3.1',
  refusal: 'invalid_token',
  why: 'whoever could ask in the name of a merchant could learn when its cards were declined, and use its attempts up',
  causes: {
    absent: {
      say: 'the call named no key',
      fixes: [
        {
          audience: 'client',
          say: 'send the header Authorization: Bearer with the key behind it, which begins with cfp_',
        },
      ],
    },
    malformed: {
      say: 'what stands where the key should stand is none',
      fixes: [{ audience: 'client', say: 'send the key whole, as it was shown when it was made' }],
    },
    unknown: {
      say: 'no merchant here has this key',
      fixes: [{ audience: 'client', say: 'is it the key of this hub, and not of a test system?' }, NEW_KEY],
    },
    revoked: { say: 'the key was revoked', fixes: [NEW_KEY] },
    expired: { say: 'the time of the key is over', fixes: [NEW_KEY] },
    restored: { say: 'the key comes from before a backup was restored, and died with that', fixes: [NEW_KEY] },
    'merchant-ended': {
      say: 'the merchant whose key it is is not let in any more',
      fixes: [{ audience: 'operator', say: 'add the merchant again: counterfoil payments merchant add <merchant>' }],
    },
  },
  check: ({ now, key, detail, code, merchant, generation }) => {
    if (key !== 'read') return fail(key, detail === undefined ? {} : { detail });
    if (!code || !merchant) return fail('unknown');
    const ended = merchant.state !== 'active' || (merchant.until !== null && now > merchant.until);
    if (code.state !== 'live') return fail(ended ? 'merchant-ended' : 'revoked');
    if (ended) return fail('merchant-ended');
    if (code.generation !== generation) return fail('restored');
    if (now > code.until) return fail('expired', { expected: new Date(code.until).toISOString() });
    return pass();
  },
};
