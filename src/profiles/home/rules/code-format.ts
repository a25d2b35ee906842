import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { CODE_FORMAT, type GrantCase, POLICY_EPOCH } from '../case.ts';

/** The code was minted by today's rules. */
export const codeFormat: Rule<GrantCase> = {
  id: 'home.code-format',
  cite: 'HAP profile 5.1 of this product',
  refusal: 'invalid_grant',
  why: 'codes from before an update were bound by other rules, and then look invalid for no reason',
  open: 'all',
  causes: {
    older: {
      say: 'the code was minted before an update of the hub, under older rules',
      fixes: [{ audience: 'client', say: 'start again at /authorize: a fresh code is made by today’s rules' }],
    },
    newer: {
      say: 'the code was minted by a newer version than this hub',
      fixes: [{ audience: 'operator', say: 'update this hub, or redeem the code where it was minted' }],
    },
  },
  check: ({ code }) => {
    if (code?.format === undefined) return skip('no code is presented');
    const epoch = code.policyEpoch ?? POLICY_EPOCH;
    const presented = `format ${code.format}, epoch ${epoch}`;
    const order = compareVersions(code.format, CODE_FORMAT) || epoch - POLICY_EPOCH;
    if (order === 0) return pass({ presented });
    return fail(order < 0 ? 'older' : 'newer', { expected: `format ${CODE_FORMAT}, epoch ${POLICY_EPOCH}`, presented });
  },
};

/** 5.10 is newer than 5.9, and 5.1 is not 5.10. What is no version is older than every one. */
function compareVersions(a: string, b: string): number {
  const parts = (text: string): number[] =>
    /^\d{1,5}(?:\.\d{1,5}){0,3}$/.test(text) ? text.split('.').map(Number) : [];
  const left = parts(a);
  const right = parts(b);
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = (left[i] ?? -1) - (right[i] ?? -1);
    if (order !== 0) return order;
  }
  return 0;
}
