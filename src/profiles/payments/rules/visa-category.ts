import { classOf, cleared, codeOf, newest, type Past, type PaymentsCase, RANK } from '../case.ts';
import { feeOf, findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { type Epoch, holdsIn } from '../data.ts';
import type { CategoryEntry } from '../data-types.ts';
import { FIXES } from '../words.ts';

/** Visa's category of the decline allows another attempt. */
export const visaCategory: PaymentsRule = {
  id: 'payments.visa-category',
  cite: 'Visa Core Rules 7.3.6.3, table 7-2',
  refusal: 'never_again',
  why: 'after a decline of category 1 every attempt is charged, and after category 3 none helps where nothing was corrected',
  causes: {
    never: {
      say: 'the last answer is one of those after which Visa allows no attempt',
      fixes: [FIXES.newCard, FIXES.other, FIXES.bank],
    },
    data: {
      say: 'the last answer is one of those after which, at Visa, the data have to change first',
      fixes: [FIXES.correct, FIXES.details],
    },
  },
  closes: (c, _now, epoch) => {
    if (c.attempt.network !== 'visa') return undefined;
    const never = (past: Past): boolean => stands(c, past, epoch, 1);
    const first = newest(c, RANK.merchant, never) ?? newest(c, RANK.card, never);
    if (first !== undefined) {
      const stop = first.code?.startsWith('R') ? feeOf(c, epoch, 'stop-payment') : {};
      return {
        until: NEVER,
        cause: 'never',
        from: categoryOf(c, first, epoch) as CategoryEntry,
        ...feeOf(c, epoch, 'reattempts'),
        ...stop,
      };
    }
    const third = newest(c, RANK.amount, (past) => stands(c, past, epoch, 3));
    if (third === undefined) return undefined;
    return { until: NEVER, cause: 'data', from: categoryOf(c, third, epoch) as CategoryEntry };
  },
  check: (c) => findingOf(c, visaCategory),
};

function categoryOf(c: PaymentsCase, { code }: Past, epoch: Epoch): CategoryEntry | undefined {
  if (code === undefined) return undefined;
  return epoch.categories.get(code)?.find((entry) => holdsIn(entry, c.attempt.region));
}

function stands(c: PaymentsCase, past: Past, epoch: Epoch, category: 1 | 3): boolean {
  if (past.outcome !== 'declined' || categoryOf(c, past, epoch)?.category !== category) return false;
  const meaning = codeOf(c, past, epoch);
  if (past.near === 'card' && meaning?.entry.reach !== 'card') return false;
  const kind = category === 1 ? 'never' : 'fix-data';
  const clears = classOf(c, past, epoch) === kind ? meaning?.clears : undefined;
  return !cleared(c, clears ?? epoch.classes.get(kind)?.clears ?? [], past);
}
