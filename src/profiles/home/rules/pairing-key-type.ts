import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';

/** The key that the accessory will know the app by is an Ed25519 key that only its holder can sign with. */
export const pairingKeyType: Rule<GrantCase> = {
  id: 'home.pairing-key-type',
  cite: 'HAP §5.6.5, §5.7, RFC 8032 §5.1',
  refusal: 'invalid_grant',
  why: 'an accessory takes any 32 bytes for a key, and for a few of them everybody can sign',
  open: 'all',
  causes: {
    curve: {
      say: 'the key is not an Ed25519 key, which is the only kind that accessories know controllers by',
      fixes: [
        { audience: 'client', say: 'make an Ed25519 key, name it as dpop_jkt at /authorize and prove it with DPoP' },
        { audience: 'client', say: 'or keep the DPoP key and name an Ed25519 key beside it: hap_jkt at /authorize' },
      ],
    },
    weak: {
      say: 'the key is a point of small order: everybody can make signatures that it accepts',
      fixes: [
        { audience: 'client', say: 'generate the key with a library for Ed25519' },
        { audience: 'owner', say: 'nobody gets such a key by accident: look at who sent it' },
      ],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    if (c.stage === 'consent') return skip('the key is proven when the code is redeemed');
    const key = c.bound.hap_jkt === undefined ? c.sender : c.hapKey?.key;
    if (key === undefined) return skip('no proof of the key holds');
    if (key.curve !== 'Ed25519') return fail('curve', { expected: 'Ed25519', presented: key.curve ?? 'no curve' });
    return key.weak
      ? fail('weak', { presented: `key ${key.thumbprint.slice(0, 8)}…` })
      : pass({ presented: 'Ed25519' });
  },
};
