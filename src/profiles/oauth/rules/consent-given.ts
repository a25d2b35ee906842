import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AuthorizeCase } from '../case.ts';

/** The resource owner said yes. */
export const consentGiven: Rule<AuthorizeCase> = {
  id: 'oauth.consent-given',
  cite: 'RFC 6749 §4.1.2.1',
  refusal: 'access_denied',
  why: 'the decision is a person’s, and a no is an answer',
  open: 'all',
  causes: {
    denied: {
      say: 'the person in charge did not allow it',
      fixes: [{ audience: 'owner', say: 'start again from the app, if that was a slip' }],
    },
  },
  check: ({ decision }) => {
    if (decision === undefined) return skip('nobody has been asked yet');
    return decision === 'allow' ? pass() : fail('denied');
  },
};
