import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AccessCase } from '../case.ts';
import { clock, DAYS, printHours } from '../hours.ts';
import { OUT_OF_REACH, reaching } from '../shown.ts';

/** The request comes at an hour of the hub's wall clock that was allowed. */
export const withinHours: Rule<AccessCase> = {
  id: 'home.within-hours',
  cite: 'RFC 6750 §3.1',
  refusal: 'insufficient_scope',
  why: 'a cleaner’s key need not open the door at night',
  open: 'cause',
  causes: {
    hours: {
      say: 'the capability does not hold at this hour',
      fixes: [
        { audience: 'client', say: 'come back within the hours; they are those of the hub’s own zone' },
        { audience: 'owner', say: 'allow other hours, if that was meant' },
      ],
    },
  },
  check: (c) => {
    const miss = reaching(c);
    if (miss === undefined) return skip(OUT_OF_REACH);
    const { day, minute } = c.local;
    const presented = `${DAYS[day] ?? 'no day'},${clock(minute)}`;
    if (miss === true || !miss.failed.includes('hours')) return pass({ presented });
    const { hours } = miss.capability;
    return fail('hours', { presented, ...(hours && { expected: printHours(hours) }) });
  },
};
