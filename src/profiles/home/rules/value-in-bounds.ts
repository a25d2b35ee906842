import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { printBound } from '../bounds.ts';
import type { AccessCase } from '../case.ts';
import { OUT_OF_REACH, reaching } from '../shown.ts';

/** What is to be written lies within what was allowed. */
export const valueInBounds: Rule<AccessCase> = {
  id: 'home.value-in-bounds',
  cite: 'RFC 6750 §3.1',
  refusal: 'insufficient_scope',
  why: 'who may dim the light a little need not be able to blind anybody',
  open: 'cause',
  causes: {
    value: {
      say: 'the value lies outside of what was allowed',
      fixes: [
        { audience: 'client', say: 'send a value within the bound' },
        { audience: 'client', say: 'or ask at /authorize for a wider one; the person has to agree' },
      ],
    },
  },
  check: (c) => {
    const { op, value } = c.request;
    if (op !== 'write') return skip('nothing is to be written');
    const miss = reaching(c);
    if (miss === undefined) return skip(OUT_OF_REACH);
    const shown = value === undefined ? {} : { presented: value };
    if (miss === true || !miss.failed.includes('value')) return pass(shown);
    const { bound } = miss.capability;
    return fail('value', { ...shown, ...(bound && { expected: 'on' in bound ? printBound(bound) : bound }) });
  },
};
