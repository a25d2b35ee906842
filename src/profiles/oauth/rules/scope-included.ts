import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type Asked, askedScopes, type CodeFacts } from '../case.ts';

/** First switch: every scope is on the application's list. */
export const scopeIncluded: Rule<Asked & { readonly code?: CodeFacts }> = {
  id: 'oauth.scope-included',
  cite: 'RFC 6749 §3.3, §5.2',
  refusal: 'invalid_scope',
  why: 'an app gets what its owner listed for it, and not what it asks for',
  open: 'own-cause',
  causes: {
    'not-included': {
      say: 'a requested permission is not included in the application’s scopes',
      fixes: [
        { audience: 'client', say: 'ask only for scopes that are allowed for your application' },
        { audience: 'operator', say: 'or include it: counterfoil app edit <id> --scope …' },
      ],
    },
    empty: {
      say: 'no scope is asked for, and the application has none to fall back on',
      fixes: [
        {
          audience: 'operator',
          say: 'include the scopes that the application needs: counterfoil app edit <id> --scope …',
        },
      ],
    },
  },
  check: (c) => {
    if (!c.client) return skip('the client is not known');
    const names = c.client.scopes.map((scope) => scope.name);
    const asked = askedScopes(c);
    if (asked.length === 0) return fail('empty');
    const missing = asked.filter((scope) => !names.includes(scope));
    if (missing.length === 0) return pass({ presented: asked });
    return fail('not-included', { expected: names, presented: missing });
  },
};
