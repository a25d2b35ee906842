import { pass, type Rule, skip, warn } from '../../../core/rule.ts';
import { type HomeCase, text } from '../case.ts';

/** All addresses that mDNS gives lead to the accessory. */
export const addressAgrees: Rule<HomeCase> = {
  id: 'hap.address-agrees',
  cite: 'HAP §6.4',
  refusal: 'not_reached',
  why: 'an accessory with several addresses of which one is dead works today and hangs tomorrow',
  warns: ['one-dead'],
  causes: {
    'one-dead': {
      say: 'mDNS gives several addresses, and not all of them lead to the accessory; another one worked',
      fixes: [
        {
          audience: 'client',
          say: 'try the addresses one after the other with a short deadline, the last good one first',
        },
        {
          audience: 'owner',
          say: 'if one belongs to an old network or VPN, take it off the machine that announces it',
        },
      ],
    },
  },
  check: ({ entries, mended }) => {
    const good = entries.find(({ step, event }) => step === 'connect' && event === 'done');
    // an old port of the same address is no second address
    const dead = mended.filter(({ step, facts }) => step === 'connect' && facts['address'] !== good?.facts['address']);
    if (dead.length === 0 || !good) return entries.length === 0 ? skip('nothing happened') : pass();
    const [first] = dead;
    const presented = text(first?.facts ?? {}, 'address') ?? 'an address';
    return warn('one-dead', { presented, expected: text(good.facts, 'address') ?? 'the other one' });
  },
};
