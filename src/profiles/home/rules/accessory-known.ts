import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type Case, namedAccessories } from '../case.ts';

/** The hub has the accessory that is spoken of. */
export const accessoryKnown: Rule<Case> = {
  id: 'home.accessory-known',
  cite: 'RFC 9110 §15.5.5',
  refusal: 'not_found',
  why: 'a grant for something that is not there would come alive when something of that name arrives',
  causes: {
    unknown: {
      say: 'the hub knows no accessory by this id',
      fixes: [
        { audience: 'client', say: 'take the ids from GET /api/accessories' },
        { audience: 'owner', say: 'pair the accessory with the hub: counterfoil home pair' },
      ],
    },
  },
  check: (c) => {
    if ('request' in c) {
      const presented = c.request.accessory.slice(0, 64);
      return c.accessory ? pass({ presented }) : fail('unknown', { presented });
    }
    const named = namedAccessories(c.scopes);
    if (named.length === 0) return skip('no accessory is named');
    const unknown = named.filter((id) => !c.accessories.some((accessory) => accessory.id === id));
    return unknown.length === 0 ? pass({ presented: named }) : fail('unknown', { presented: unknown });
  },
};
