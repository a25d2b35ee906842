import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AccessCase } from '../case.ts';
import { printScope } from '../scope.ts';
import { OUT_OF_REACH, reaching } from '../shown.ts';

/** The capability allows this operation. */
export const operationGranted: Rule<AccessCase> = {
  id: 'home.operation-granted',
  cite: 'RFC 6750 §3.1',
  refusal: 'insufficient_scope',
  why: 'whoever may look must not switch',
  open: 'cause',
  causes: {
    operation: {
      say: 'the capability is for this characteristic, and does not allow this operation',
      fixes: [
        {
          audience: 'client',
          say: 'ask at /authorize for the operation as well: r read, w write, s subscribe, t timed write',
        },
      ],
    },
  },
  check: (c) => {
    const miss = reaching(c);
    if (miss === undefined) return skip(OUT_OF_REACH);
    const presented = c.request.op;
    if (miss === true || !miss.failed.includes('operation')) return pass({ presented });
    return fail('operation', { expected: printScope(miss.capability), presented });
  },
};
