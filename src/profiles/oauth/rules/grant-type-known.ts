import { diagnose } from '../../../core/near-miss.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { TokenCase } from '../case.ts';

/** The grant type is one of ours, set exactly. */
export const grantTypeKnown: Rule<TokenCase> = {
  id: 'oauth.grant-type-known',
  cite: 'RFC 6749 §5.2',
  refusal: 'unsupported_grant_type',
  why: 'a padded or misspelled grant type must not be guessed at',
  open: 'all',
  causes: {
    unsupported: {
      say: 'the grant type is not authorization_code or refresh_token',
      fixes: [{ audience: 'client', say: 'set grant_type exactly to authorization_code or refresh_token' }],
    },
  },
  check: ({ request: { values }, intent }) => {
    const came = values['grant_type'];
    if (came === undefined) return skip('no grant_type came');
    if (came === 'authorization_code' || came === 'refresh_token') return pass({ presented: came });
    return fail('unsupported', { expected: intent, presented: came, detail: diagnose(intent, came).say });
  },
};
