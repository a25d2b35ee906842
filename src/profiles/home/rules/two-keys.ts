import { type Finding, fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, type HapKeyFacts, NO_PAIRING, wantsPairing } from '../case.ts';

const SHORT = 8;

/** Where the HAP key is not the DPoP key, each has signed for the other, for this code, pairing and hub. */
export const twoKeys: Rule<GrantCase> = {
  id: 'home.two-keys',
  cite: 'HAP §5.10.1, RFC 9449 §4.2, decision 0024',
  refusal: 'invalid_grant',
  why: 'a key that is only named may be somebody else’s, and one that only signs may have been put in on the way',
  open: 'cause',
  binds: ['hap_jkt'],
  counts: ['signature', 'other-key', 'unnamed', 'other-statement'],
  causes: {
    unannounced: {
      say: 'a HAP key came that was not named when the person decided',
      fixes: [
        { audience: 'client', say: 'use the DPoP key as HAP key: leave hap_key out' },
        { audience: 'client', say: 'or name the other key beforehand: hap_jkt at /authorize' },
      ],
    },
    missing: {
      say: 'the code is bound to a HAP key beside the DPoP key, and its statement did not come',
      fixes: [{ audience: 'client', say: 'send hap_key: a JWT of type hap-key+jwt signed by the HAP key' }],
    },
    malformed: {
      say: 'the statement of the HAP key cannot be read',
      fixes: [
        { audience: 'client', say: 'send a compact JWT of type hap-key+jwt with alg EdDSA and the public key as jwk' },
      ],
    },
    signature: {
      say: 'the statement is not signed by the key in it',
      fixes: [{ audience: 'client', say: 'sign the statement with the private half of the key it carries' }],
    },
    'other-key': {
      say: 'the statement is by another HAP key than the person decided about',
      fixes: [{ audience: 'client', say: 'use the key whose thumbprint was hap_jkt in the authorize request' }],
    },
    unnamed: {
      say: 'the DPoP proof does not name the HAP key',
      fixes: [{ audience: 'client', say: 'add the claim hap_jkt to the DPoP proof: the thumbprint of the HAP key' }],
    },
    'other-statement': {
      say: 'the statement of the HAP key was made for something else',
      fixes: [
        { audience: 'client', say: 'make the statement for this redemption: claims aud, c_hash, jkt and pairing_id' },
      ],
    },
  },
  check: (c) => {
    const { bound, hapKey, sender } = c;
    const expected = bound.hap_jkt;
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    if (c.stage === 'consent') return skip('keys are proven when the code is redeemed');
    if (expected === undefined) return hapKey ? fail('unannounced') : pass({ because: 'the DPoP key is the HAP key' });
    if (!hapKey) return fail('missing', { expected: `statement by key ${expected.slice(0, SHORT)}…` });
    const fault = statementFault(hapKey, expected);
    if (fault) return fault;
    if (!sender) return skip('the DPoP proof does not hold');
    if (sender.names !== expected) return fail('unnamed', { expected, presented: sender.names ?? 'no hap_jkt' });
    return pass({ presented: `keys ${sender.thumbprint.slice(0, SHORT)}… and ${expected.slice(0, SHORT)}…` });
  },
};

function statementFault({ fault, signature, key, names }: HapKeyFacts, expected: string): Finding | undefined {
  if (fault !== undefined) return fail('malformed', { detail: fault });
  if (signature !== 'valid' || key === undefined) return fail('signature');
  if (key.thumbprint !== expected) return fail('other-key', { expected, presented: key.thumbprint });
  const wrong = Object.entries(names ?? { names: 'absent' }).filter(([, told]) => told !== 'match');
  if (wrong.length === 0) return undefined;
  return fail('other-statement', { detail: wrong.map(([claim, told]) => `${claim}: ${told}`).join(', ') });
}
