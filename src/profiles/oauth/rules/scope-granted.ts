import { matches } from '../../../core/match.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { bound, listOf, scopesOf, type TokenCase } from '../case.ts';

/** A scope named at `/token` is within what the person allowed. */
export const scopeGranted: Rule<TokenCase> = {
  id: 'oauth.scope-granted',
  cite: 'RFC 6749 §6',
  refusal: 'invalid_scope',
  why: 'refreshing must never widen what a person agreed to',
  open: 'own-cause',
  binds: ['scope'],
  causes: {
    wider: {
      say: 'the request asks for more than was granted',
      fixes: [
        {
          audience: 'client',
          say: 'leave scope out, or name a part of what was granted; more needs a new consent at /authorize',
        },
      ],
    },
  },
  check: ({ code, within = [], request: { values } }) => {
    if (!code) return skip('the code is not known');
    const asked = scopesOf(values['scope']);
    if (asked.length === 0) return pass();
    const granted = bound(code, 'scope') ?? [];
    return matches('covers', [...listOf(granted), ...within], asked)
      ? pass({ presented: asked })
      : fail('wider', { expected: granted, presented: asked });
  },
};
