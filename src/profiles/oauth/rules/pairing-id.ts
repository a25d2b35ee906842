import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { boundText, type Presented, provenKey } from '../case.ts';

/** The proof speaks for the pairing that the code is tied to. */
export const pairingId: Rule<Presented> = {
  id: 'oauth.pairing-id',
  cite: 'session isolation: one code, one pairing',
  refusal: 'invalid_grant',
  why: 'one key may hold several pairings; a code for one must not open another',
  open: 'own-cause',
  binds: ['pairing_id'],
  counts: ['other-pairing'],
  causes: {
    missing: {
      say: 'the proof by the pairing is missing',
      fixes: [
        {
          audience: 'client',
          say: "sign the DPoP proof with the app's pairing key, with its pairing id in the claim pairing_id",
        },
      ],
    },
    'key-type': {
      say: 'the pairing key is not an Ed25519 key, which is what accessories know controllers by',
      fixes: [{ audience: 'client', say: 'make the pairing an Ed25519 key, and ask for a code bound to it' }],
    },
    'other-pairing': {
      say: 'the proof speaks for another pairing than the code is tied to',
      fixes: [{ audience: 'client', say: 'use the pairing that asked for the code' }],
    },
  },
  check: (c) => {
    const expected = boundText(c.code, 'pairing_id');
    if (!c.code) return skip('the code is not known');
    if (expected === undefined) return skip('the code is tied to no pairing');
    const wanted = `proof by pairing ${expected.slice(0, 8)}…`;
    if (!c.dpop)
      return fail('missing', { expected: wanted, presented: 'nothing', detail: "sign with the app's pairing key" });
    if (provenKey(c) === undefined) return skip('the DPoP proof does not hold');
    const presented = c.dpop.pairingId;
    if (presented === undefined)
      return fail('missing', {
        expected: wanted,
        presented: 'a proof without pairing_id',
        detail: 'add the claim pairing_id',
      });
    const { curve } = c.dpop;
    // Where accessories know the app by another key than this one, that key is what must be of their kind.
    const isPairingKey = boundText(c.code, 'hap_jkt') === undefined;
    if (isPairingKey && curve !== 'Ed25519')
      return fail('key-type', { expected: 'Ed25519', presented: curve ?? 'no curve' });
    return presented === expected ? pass({ presented }) : fail('other-pairing', { expected, presented });
  },
};
