import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';

/** The accessory has room for one more pairing, as far as is known. */
export const accessoryRoom: Rule<GrantCase> = {
  id: 'home.accessory-room',
  cite: 'HAP §5.10.2',
  refusal: 'temporarily_unavailable',
  why: 'a code spent on a full accessory is a code lost',
  causes: {
    full: {
      say: 'the accessory keeps as many pairings as it can',
      fixes: [{ audience: 'owner', say: 'remove a pairing that nobody uses: counterfoil home pairings' }],
    },
    'other-key': {
      say: 'the accessory knows this pairing id with another key, and refuses to change it',
      fixes: [
        { audience: 'client', say: 'pair under an id of your own: a fresh UUID' },
        { audience: 'owner', say: 'or remove the old pairing of that id: counterfoil home pairings' },
      ],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    const listed = c.accessories.filter(({ pairings }) => pairings);
    if (listed.length === 0) return skip('the accessory has not been asked for its list');
    for (const { id, pairings } of listed) {
      if (pairings?.asked === 'other-key') return fail('other-key', { presented: id });
      if (pairings?.asked === 'same-key' || pairings?.max === undefined) continue;
      if (pairings.listed >= pairings.max)
        return fail('full', {
          expected: `fewer than ${pairings.max} pairings`,
          presented: `${pairings.listed} on ${id}`,
        });
    }
    return pass();
  },
};
