import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, text } from '../case.ts';

/** The connection went where mDNS says that the accessory is now. */
export const addressCurrent: Rule<HomeCase> = {
  id: 'hap.address-current',
  cite: 'HAP §6.4',
  refusal: 'not_reached',
  why: 'accessories change their port at every start and their address with every lease; an old one leads nowhere, or to a neighbour',
  causes: {
    'port-moved': {
      say: 'the accessory listens on another port now',
      fixes: [
        {
          audience: 'client',
          say: 'connect to the port that mDNS announces, and keep no port longer than its record lives',
        },
      ],
    },
    'address-moved': {
      say: 'the accessory is at another address now',
      fixes: [
        { audience: 'client', say: 'connect to the address that mDNS announces' },
        { audience: 'owner', say: 'give the accessory a fixed lease in the router, so that it stays where it is' },
      ],
    },
  },
  check: (c) => {
    const failed = find(c, ['connect'], ({ event }) => event === 'failed' || event === 'timeout' || event === 'closed');
    const went = {
      address: text(failed?.facts ?? {}, 'address') ?? text(c.known, 'last_address'),
      port: num(failed?.facts ?? {}, 'port') ?? num(c.known, 'last_port'),
    };
    const is = { address: text(c.known, 'found_address'), port: num(c.known, 'found_port') };
    if (is.port === undefined && is.address === undefined) return skip('mDNS was not asked, or did not say');
    if (!failed) return pass();
    const shown = {
      expected: `${is.address ?? '?'} port ${is.port ?? '?'}`,
      presented: `${went.address ?? '?'} port ${went.port ?? '?'}`,
    };
    if (went.address !== undefined && is.address?.split(' ').includes(went.address) === false)
      return fail('address-moved', shown);
    if (is.port !== undefined && went.port !== undefined && is.port !== went.port) return fail('port-moved', shown);
    return pass({ presented: shown.presented });
  },
};
