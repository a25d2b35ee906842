import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AccessCase } from '../case.ts';

/** The accessory answers. */
export const accessoryReachable: Rule<AccessCase> = {
  id: 'home.accessory-reachable',
  cite: 'HAP §6.7.1.4, status -70402',
  refusal: 'temporarily_unavailable',
  why: 'an unplugged lamp is no question of rights',
  causes: {
    unreachable: {
      say: 'the accessory does not answer',
      fixes: [
        { audience: 'client', say: 'try again later' },
        {
          audience: 'owner',
          say: 'see that it has power and network; what it is wrong with: counterfoil explain home',
        },
      ],
    },
  },
  check: ({ accessory }) => {
    if (accessory?.reachable === undefined) return skip('the accessory was not asked');
    return accessory.reachable ? pass() : fail('unreachable', { presented: accessory.id });
  },
};
