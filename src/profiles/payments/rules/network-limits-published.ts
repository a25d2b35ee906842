import { pass, warn } from '../../../core/rule.ts';
import { cleared, newest, RANK } from '../case.ts';
import { findingOf, NEVER, type PaymentsRule } from '../closing.ts';
import { at, OURS } from '../data.ts';
import { windowClosing } from '../window.ts';
import { FIXES } from '../words.ts';

/** The limits of the network are known; where it publishes none, ours stand in. */
export const networkLimitsPublished: PaymentsRule = {
  id: 'payments.network-limits-published',
  cite: 'Counterfoil, payments gate',
  refusal: 'limit',
  why: 'a limit that nobody has written down is still counted by somebody',
  warns: ['none-published'],
  causes: {
    unknown: {
      say: 'the network is not known here, so nobody knows how often it may be tried',
      fixes: [
        { audience: 'client', say: 'name the network: visa, mastercard, amex, discover and the like' },
        { audience: 'operator', say: 'add the network to rules-data/networks.json with its source' },
        FIXES.bank,
      ],
    },
    limit: {
      say: 'the network publishes no limit, and ours is used up',
      fixes: [FIXES.wait, FIXES.other, FIXES.bank],
    },
    'none-published': {
      say: 'the network publishes no limit; ours stands in',
      fixes: [{ audience: 'operator', say: 'ask the acquirer for the limit, and write it into the rules data' }],
    },
  },
  closes: (c, now, epoch) => {
    const network = epoch.networks.get(c.attempt.network);
    if (network === undefined) {
      const last = newest(c, RANK.merchant, ({ outcome }) => outcome === 'declined');
      const known = last === undefined || cleared(c, epoch.classes.get('unknown')?.clears ?? [], last);
      return known ? undefined : { until: NEVER, cause: 'unknown', from: OURS };
    }
    if (network.limits === 'published') return undefined;
    const day = windowClosing(c, now, epoch, 'unpublished-day', 'attempts');
    const month = windowClosing(c, now, epoch, 'unpublished-month', 'attempts');
    if (day === undefined || month === undefined) return day ?? month;
    return day.until > month.until ? day : month;
  },
  check: (c) => {
    const epoch = at(c.now);
    if (networkLimitsPublished.closes(c, c.now, epoch) !== undefined) return findingOf(c, networkLimitsPublished);
    return epoch.networks.get(c.attempt.network)?.limits === 'none published' ? warn('none-published') : pass();
  },
};
