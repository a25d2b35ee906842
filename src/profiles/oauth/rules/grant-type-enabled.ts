import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Asked } from '../case.ts';

/** The application may use this grant type. */
export const grantTypeEnabled: Rule<Asked & { readonly intent?: string }> = {
  id: 'oauth.grant-type-enabled',
  cite: 'RFC 6749 §5.2',
  refusal: 'unauthorized_client',
  why: 'an app that never refreshes has no use for refresh tokens that could be stolen from it',
  open: 'all',
  causes: {
    disabled: {
      say: 'this grant type is not enabled for the application',
      fixes: [
        {
          audience: 'operator',
          say: 'enable the grant type for the application: counterfoil app edit <id> --grant-type …',
        },
        { audience: 'client', say: 'use a grant type that is enabled for the application' },
      ],
    },
  },
  check: ({ client, intent = 'authorization_code' }) => {
    if (!client) return skip('the client is not known');
    if (client.grantTypes.some((type) => type === intent)) return pass();
    return fail('disabled', { expected: client.grantTypes, presented: intent });
  },
};
