import { classOf, cleared, newest, RANK } from '../case.ts';
import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';
import { FIXES } from '../words.ts';

/** What the last answer meant is known. */
export const responseKnown: PaymentsRule = {
  id: 'payments.response-known',
  cite: 'Counterfoil, payments gate; ISO 8583:1987 field 39',
  refusal: 'unknown_response',
  why: 'a retry on a guess may be the one that is forbidden: unknown means do not retry',
  causes: {
    code: {
      say: 'the last answer carries a code that no table here knows',
      fixes: [
        {
          audience: 'client',
          say: 'ask the processor what the code means, then bring a new fact: issuer-approved or corrected-data',
        },
        { audience: 'operator', say: 'add the code, with its source, to src/profiles/payments/rules-data' },
        FIXES.bank,
      ],
    },
    dialect: {
      say: 'the last answer is in the language of a processor that no table here knows',
      fixes: [
        {
          audience: 'client',
          say: 'from the next attempt on name the processor iso8583 and record the raw network code, where there is one',
        },
        { audience: 'operator', say: 'add the processor to rules-data/dialects.json with its source' },
        FIXES.bank,
      ],
    },
  },
  closes: (c, _now, epoch) => {
    const last = newest(c, RANK.amount, ({ outcome }) => outcome === 'declined');
    if (last === undefined || classOf(c, last, epoch) !== 'unknown') return undefined;
    if (cleared(c, epoch.classes.get('unknown')?.clears ?? [], last)) return undefined;
    const cause = epoch.dialects.has(c.attempt.processor) ? 'code' : 'dialect';
    return { until: NEVER, cause, from: OURS };
  },
  check: (c) => findingOf(c, responseKnown),
};
