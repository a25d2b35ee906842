import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type Asked, askedScopes, type CodeFacts } from '../case.ts';

/** Second switch: every listed scope that is asked for is switched on. */
export const scopeEnabled: Rule<Asked & { readonly code?: CodeFacts }> = {
  id: 'oauth.scope-enabled',
  cite: 'RFC 6749 §3.3, §5.2',
  refusal: 'invalid_scope',
  why: 'a scope can be switched off for a while without being forgotten',
  open: 'own-cause',
  causes: {
    disabled: {
      say: 'a requested permission is included for the application but not enabled',
      fixes: [{ audience: 'operator', say: 'switch it on: counterfoil app edit <id> --enable-scope …' }],
    },
  },
  check: (c) => {
    if (!c.client) return skip('the client is not known');
    const off = c.client.scopes.filter((scope) => !scope.enabled && askedScopes(c).includes(scope.name));
    if (off.length === 0) return pass();
    return fail('disabled', { expected: 'enabled', presented: off.map((scope) => scope.name) });
  },
};
