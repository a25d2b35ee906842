import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { shortId } from '../../../protocols/typed-code/typed-code.ts';
import type { Presented } from '../case.ts';

/** Neither the code nor the decision behind it has been ended. */
export const codeStanding: Rule<Presented> = {
  id: 'oauth.code-standing',
  cite: 'RFC 6749 §5.2, RFC 7009',
  refusal: 'invalid_grant',
  why: 'what a person took back must stay taken back',
  open: 'own-cause',
  causes: {
    burned: {
      say: 'the code was burned: three failed proofs by holders of it within 10 s mean that it has leaked',
      fixes: [
        { audience: 'owner', say: 'look at the three failures: counterfoil verdicts' },
        { audience: 'client', say: 'start again at /authorize with a fresh code' },
      ],
    },
    revoked: {
      say: 'the code was revoked by the person in charge',
      fixes: [{ audience: 'client', say: 'start again at /authorize' }],
    },
    superseded: {
      say: 'the code was updated: a newer one took its place',
      fixes: [{ audience: 'client', say: 'use the newer code; the person in charge can see which it is' }],
    },
    'grant-ended': {
      say: 'the decision behind the code has ended',
      fixes: [{ audience: 'client', say: 'start again at /authorize: everything issued from this decision is dead' }],
    },
    restored: {
      say: 'the hub was restored from a backup after the code was minted, and a code from before may have been used already',
      fixes: [{ audience: 'client', say: 'start again at /authorize' }],
    },
  },
  check: ({ code, grant, generation }) => {
    if (!code) return skip('the code is not known');
    if (code.state !== 'live') {
      return fail(code.state, code.next === undefined ? {} : { detail: `its successor is ${shortId(code.next)}` });
    }
    if (grant?.state !== 'active') {
      return fail('grant-ended', { presented: grant?.endedBy ?? grant?.state ?? 'no grant', expected: 'active' });
    }
    return code.generation === generation ? pass() : fail('restored');
  },
};
