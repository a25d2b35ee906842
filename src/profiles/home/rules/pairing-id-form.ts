import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';

/** Longest pairing id, in bytes, that accessories are known to keep. */
const ID_MAX = 36;
const VISIBLE = /^[\x21-\x7e]+$/;

/** The pairing id can be kept by an accessory, and is nobody else's. */
export const pairingIdForm: Rule<GrantCase> = {
  id: 'home.pairing-id-form',
  cite: 'HAP §5.10',
  refusal: 'invalid_grant',
  why: 'an id that the accessory cuts or takes for another one would leave a pairing that nobody can remove',
  open: 'cause',
  causes: {
    missing: {
      say: 'a pairing was asked for without its id',
      fixes: [{ audience: 'client', say: 'send pairing_id: the id that the app’s controller uses, a UUID by custom' }],
    },
    form: {
      say: `the pairing id is not 1 to ${ID_MAX} visible ASCII characters, which is what accessories can keep`,
      fixes: [{ audience: 'client', say: 'make the id a UUID in its 36 characters, like 5E0B1F6C-…' }],
    },
    own: {
      say: 'the pairing id is the hub’s own',
      fixes: [{ audience: 'client', say: 'make an id of your own: a fresh UUID' }],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    const id = c.pairing?.id;
    if (id === undefined) return fail('missing');
    if (id.length > ID_MAX || !VISIBLE.test(id))
      return fail('form', { expected: `1 to ${ID_MAX} visible characters`, presented: id });
    return c.accessories.some(({ hubPairing }) => hubPairing === id)
      ? fail('own', { presented: id })
      : pass({ presented: id });
  },
};
