import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, wantsPairing } from '../case.ts';

/** The hub may add and remove pairings on the accessory. */
export const hubAdmin: Rule<GrantCase> = {
  id: 'home.hub-admin',
  cite: 'HAP §5.3, §5.10, §5.11',
  refusal: 'temporarily_unavailable',
  why: 'what the hub could not take back it must not hand out',
  causes: {
    'not-admin': {
      say: 'the hub is no administrator of the accessory, so it can neither add nor remove pairings there',
      fixes: [
        { audience: 'owner', say: 'make the hub an administrator from the controller that is one' },
        { audience: 'owner', say: 'or pair the accessory with the hub anew, if nobody has it: counterfoil home pair' },
      ],
    },
  },
  check: (c) => {
    if (!wantsPairing(c) && c.ownership === undefined) return skip('no pairing is to be added or removed');
    const known = c.accessories.filter(({ hub }) => hub !== undefined);
    if (known.length === 0) return skip('the rights of the hub are not known');
    const without = known.filter(({ hub }) => hub !== 'admin').map(({ id }) => id);
    return without.length === 0 ? pass() : fail('not-admin', { expected: 'admin', presented: without });
  },
};
