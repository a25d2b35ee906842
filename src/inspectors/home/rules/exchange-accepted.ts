import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const AUTHENTICATION = 2;
const EXCHANGE = ['pair-setup M5', 'pair-setup M6'] as const;

/** The accessory took our long-term key and the signature over it. */
export const exchangeAccepted: Rule<HomeCase> = {
  id: 'hap.exchange-accepted',
  cite: 'HAP §5.6.6.1 (M5 verification)',
  refusal: 'pairing_refused',
  why: 'this comes after the right code, so nobody should go and look for another one',
  causes: {
    refused: {
      say: 'the code was right, but the accessory refused our key: it could not open M5, or finds its signature wrong',
      fixes: [
        {
          audience: 'client',
          say: 'sign iOSDeviceX, the pairing id and the 32-byte public key, in this order, with that very key',
        },
        ...ladder('retry-soon', 'firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const refused = tlvError(c, EXCHANGE, AUTHENTICATION);
    if (refused) return fail('refused', { expected: 'M6', presented: `Authentication (2) at ${refused.step}` });
    const reason = unreached(c, EXCHANGE);
    return reason === undefined ? pass() : skip(reason);
  },
};
