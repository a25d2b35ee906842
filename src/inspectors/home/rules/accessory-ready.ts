import { pass, type Rule, skip, warn } from '../../../core/rule.ts';
import { type HomeCase, num } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Bits of `sf` (HAP §6.4 table 6-9). */
const NO_NETWORK = 2;
const PROBLEM = 4;

/** The accessory announces no trouble of its own. */
export const accessoryReady: Rule<HomeCase> = {
  id: 'hap.accessory-ready',
  cite: 'HAP §6.4 table 6-9 (sf)',
  refusal: 'not_reached',
  why: 'an accessory that says itself that it is not well should be believed before its pairing is touched',
  warns: ['no-network', 'problem'],
  causes: {
    'no-network': {
      say: 'the accessory says that it is not configured to join a Wi-Fi network',
      fixes: [{ audience: 'owner', say: "join it to the Wi-Fi in its maker's app, then try again" }],
    },
    problem: {
      say: 'the accessory says that it has found a problem of its own',
      fixes: [
        { audience: 'owner', say: "look into its maker's app for what it complains of" },
        ...ladder('power-cycle', 'firmware'),
      ],
    },
  },
  check: ({ known }) => {
    const flags = num(known, 'txt_sf');
    if (flags === undefined) return skip('the accessory announced no status flags');
    if (flags & PROBLEM) return warn('problem', { presented: `sf=${flags}` });
    if (flags & NO_NETWORK) return warn('no-network', { presented: `sf=${flags}` });
    return pass();
  },
};
