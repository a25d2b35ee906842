import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { CAUSES } from '../../../protocols/signed-code/causes.ts';
import type { Presented } from '../case.ts';

const { empty: _, 'too-long': __, ...causes } = CAUSES;

/** A signed code is one that this hub signed, as it was handed out. */
export const codeSignature: Rule<Presented> = {
  id: 'oauth.code-signature',
  cite: 'RFC 8032 §5.1, RFC 4648 §4',
  refusal: 'invalid_grant',
  why: 'a code that anybody could make up, or write in several ways, would be checked by nobody twice the same',
  open: 'all',
  causes,
  check: ({ handle, code, now, offline }) => {
    if (!handle) return skip('no code came');
    if (handle.read === 'signed') {
      const { cause, expected, presented, detail } = handle;
      if (offline && cause === 'unknown-key') return skip("the hub's keys are not at hand");
      return fail(cause, { expected, presented, ...(detail !== undefined && { detail }) });
    }
    if (handle.read !== 'ok' || handle.form !== 'signed') return skip('the code is not a signed one');
    // A code that is kept is judged by what is kept of it: a replay after its time is a replay, and has consequences.
    if (!code && !offline && now > handle.until)
      return fail('expired', { expected: `a time until ${iso(handle.until)}`, presented: iso(now) });
    return pass({ presented: `key ${handle.keyId}` });
  },
};

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
