import { matches } from '../../../core/match.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { bound, listOf, type ResourceCase } from '../case.ts';

/** The token carries the scopes that this part of the API needs. */
export const scopeSufficient: Rule<ResourceCase> = {
  id: 'oauth.scope-sufficient',
  cite: 'RFC 6750 §3.1',
  refusal: 'insufficient_scope',
  why: 'a token for reading must not switch anything',
  open: 'own-cause',
  binds: ['scope'],
  causes: {
    'switched-off': {
      say: 'the scope was granted, and has since been switched off for the application',
      fixes: [{ audience: 'operator', say: 'switch it on: counterfoil app edit <id> --enable-scope …' }],
    },
    insufficient: {
      say: 'the token does not carry a scope that this request needs',
      fixes: [{ audience: 'client', say: 'ask for the scope at /authorize; the person has to agree to it' }],
    },
  },
  check: ({ code, needs, enabled, within = [] }) => {
    if (!code) return skip('the token is not known');
    const granted = [...listOf(bound(code, 'scope')), ...within];
    if (enabled && matches('covers', granted, needs) && !matches('covers', enabled, needs)) {
      return fail('switched-off', { expected: needs, presented: enabled });
    }
    return matches('covers', granted, needs)
      ? pass({ presented: needs })
      : fail('insufficient', { expected: needs, presented: granted });
  },
};
