import { fail, pass, type Rule } from '../../../core/rule.ts';
import type { HomeCase } from '../case.ts';

/** There is something in the log that is known here. */
export const logUnderstood: Rule<HomeCase> = {
  id: 'hap.log-understood',
  cite: 'design: what is unknown is said to be unknown',
  refusal: 'not_understood',
  why: 'a doctor who guesses from a log of something else sends people to reset what was never broken',
  causes: {
    empty: {
      say: 'there is nothing in it',
      fixes: [{ audience: 'client', say: 'bring the log of one failed attempt, whole, from its start' }],
    },
    'too-large': {
      say: 'it is longer than is read',
      fixes: [{ audience: 'client', say: 'cut it to one failed attempt, from its start to its end' }],
    },
    unknown: {
      say: 'no line of it says anything that is known here',
      fixes: [
        { audience: 'client', say: 'record the attempt with this hub: its transcript says every step' },
        { audience: 'client', say: 'or switch on the debug log of the software that failed, and bring that' },
      ],
    },
  },
  check: ({ log, entries, known }) => {
    if (log?.fault === 'empty' || log?.fault === 'too-large') return fail(log.fault);
    if (entries.length === 0 && Object.keys(known).length === 0) {
      return log ? fail('unknown', { detail: `${log.lines} lines read` }) : fail('empty');
    }
    return log ? pass({ because: `${log.understood} of ${log.lines} lines say something known` }) : pass();
  },
};
