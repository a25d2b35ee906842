import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, isStop, isStopped, text, thrownAway, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const BY_ERRNO: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENETDOWN: 'unreachable',
  ENOTFOUND: 'no-name',
  EAI_AGAIN: 'no-name',
  ETIMEDOUT: 'silent',
  ECONNRESET: 'dropped',
  EPIPE: 'dropped',
};

/** A TCP connection came about. */
export const addressReachable: Rule<HomeCase> = {
  id: 'hap.address-reachable',
  cite: 'HAP §6.4, RFC 9293',
  refusal: 'not_reached',
  why: 'what hangs at "Connecting..." is a network, and no code or reset mends a network',
  causes: {
    refused: {
      say: 'a machine is there, but nobody listens on that port',
      fixes: [
        { audience: 'client', say: 'ask mDNS again: the port changes when the accessory starts' },
        ...ladder('power-cycle'),
      ],
    },
    unreachable: {
      say: 'there is no way to that address from here',
      fixes: ladder('same-network', 'power-cycle'),
    },
    silent: {
      say: 'nobody answers at that address: the connection was not taken within its deadline',
      fixes: [
        { audience: 'client', say: 'try the other addresses that mDNS gives, and ask mDNS again' },
        ...ladder('same-network', 'power-cycle'),
      ],
    },
    'no-name': {
      say: 'the host name of the accessory resolves to no address',
      fixes: [
        { audience: 'client', say: 'take the addresses from the mDNS record itself, not from the system resolver' },
        ...ladder('same-network'),
      ],
    },
    dropped: {
      say: 'the connection was taken and thrown away at once: the accessory has no connection left',
      fixes: [
        { audience: 'client', say: 'close the connections that are not in use: an accessory takes eight, some fewer' },
        ...ladder('power-cycle'),
      ],
    },
    failed: {
      say: 'the connection failed for a reason that the system did not name',
      fixes: ladder('same-network', 'power-cycle'),
    },
  },
  check: (c) => {
    const stop = find(c, ['connect'], (entry) => isStop(entry) && !isStopped(entry)) ?? thrownAway(c);
    if (!stop) {
      const reason = unreached(c, ['connect']);
      return reason === undefined ? pass() : skip(reason);
    }
    const errno = text(stop.facts, 'errno');
    const cause = stop.event === 'timeout' ? 'silent' : stop.event === 'closed' ? 'dropped' : BY_ERRNO[errno ?? ''];
    const where = [stop.facts['address'], stop.facts['port']].filter((part) => part !== undefined).join(' port ');
    return fail(cause ?? 'failed', {
      expected: 'a connection',
      presented: errno ?? stop.event,
      ...(where && { detail: where }),
    });
  },
};
