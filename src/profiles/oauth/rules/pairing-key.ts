import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { boundText, type Presented, provenKey } from '../case.ts';

/** The sender holds the key that the code or token is bound to. */
export const pairingKey: Rule<Presented> = {
  id: 'oauth.pairing-key',
  cite: 'RFC 9449 §5, §7, §10',
  refusal: 'invalid_grant',
  why: 'whoever steals the string does not thereby have the key',
  open: 'own-cause',
  binds: ['jkt'],
  counts: ['other-key'],
  causes: {
    missing: {
      say: 'the proof by the bound key is missing',
      fixes: [
        { audience: 'client', say: "sign a DPoP proof with the app's pairing key and send it as the DPoP header" },
      ],
    },
    'other-key': {
      say: 'the proof was made with another key than the code is bound to',
      fixes: [
        { audience: 'client', say: 'sign with the key whose thumbprint was dpop_jkt in the authorize request' },
        { audience: 'owner', say: 'if the app has only one key, somebody else holds its code' },
      ],
    },
  },
  check: (c) => {
    const expected = boundText(c.code, 'jkt');
    if (!c.code) return skip('the code is not known');
    if (expected === undefined) return skip('the code is bound to no key');
    if (!c.dpop)
      return fail('missing', {
        expected: `proof by key ${expected.slice(0, 8)}…`,
        presented: 'nothing',
        detail: "sign with the app's pairing key",
      });
    const key = provenKey(c);
    if (key === undefined) return skip('the DPoP proof does not hold');
    return key === expected ? pass() : fail('other-key', { expected, presented: key });
  },
};
