import { classOf, cleared, codeOf, newest, type Past, RANK } from '../case.ts';
import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { OURS } from '../data.ts';
import { FIXES } from '../words.ts';

/** What was wrong with the request has been corrected. */
export const fixDataFirst: PaymentsRule = {
  id: 'payments.fix-data-first',
  cite: 'ISO 8583:1987 field 39; Visa Core Rules 7.3.6.3, category 3',
  refusal: 'fix_first',
  why: 'an expired card does not become valid by trying again',
  causes: {
    data: {
      say: 'the last answer says that something in the request is wrong, and nothing new has come in since',
      fixes: [FIXES.correct, FIXES.newCard, FIXES.details],
    },
  },
  closes: (c, _now, epoch) => {
    const stands = (past: Past): boolean => {
      if (past.outcome !== 'declined' || classOf(c, past, epoch) !== 'fix-data') return false;
      return !cleared(c, codeOf(c, past, epoch)?.clears ?? epoch.classes.get('fix-data')?.clears ?? [], past);
    };
    const found = newest(c, RANK.amount, stands);
    if (found === undefined) return undefined;
    return { until: NEVER, cause: 'data', from: codeOf(c, found, epoch)?.entry ?? OURS };
  },
  check: (c) => findingOf(c, fixDataFirst),
};
