import type { CauseText } from '../../../core/rule.ts';
import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Fix } from '../../../core/verdict.ts';
import { find, type HomeCase, num, STEPS, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const client = (say: string): Fix => ({ audience: 'client', say });
const owner = (say: string): Fix => ({ audience: 'owner', say });

/** HAP §6.7.1.4 table 6-11, and -70412 of later releases. */
const BY_STATUS: Readonly<Record<number, readonly [id: string, text: CauseText]>> = {
  [-70401]: [
    'privileges',
    {
      say: 'not allowed (-70401): our session is over, or this characteristic is for administrators',
      fixes: [client('open a new session; if it is refused there too, ask an administrator'), ...ladder('pair-anew')],
    },
  ],
  [-70402]: [
    'communication',
    {
      say: 'the accessory cannot reach what is behind it (-70402): a bridged device is off, far away or out of battery',
      fixes: [
        owner('see that the device behind the bridge has power, and is near enough'),
        client('show it as unreachable, and ask again later'),
        ...ladder('power-cycle'),
      ],
    },
  ],
  [-70403]: [
    'busy',
    {
      say: 'the accessory is busy (-70403)',
      fixes: [client('ask again in a second, with growing pauses'), ...ladder('power-cycle')],
    },
  ],
  [-70404]: [
    'read-only',
    {
      say: 'the characteristic cannot be written (-70404)',
      fixes: [client('look at perms in /accessories: pw is missing; read /accessories again')],
    },
  ],
  [-70405]: [
    'write-only',
    {
      say: 'the characteristic cannot be read (-70405)',
      fixes: [client('look at perms in /accessories: pr is missing; read /accessories again')],
    },
  ],
  [-70406]: [
    'no-notify',
    {
      say: 'the characteristic sends no events (-70406)',
      fixes: [client('look at perms in /accessories: ev is missing; read it from time to time instead')],
    },
  ],
  [-70407]: [
    'resources',
    {
      say: 'the accessory is out of resources (-70407)',
      fixes: [
        client('ask for fewer things at a time, and close sessions that are not in use'),
        ...ladder('power-cycle', 'firmware'),
      ],
    },
  ],
  [-70408]: [
    'timeout',
    {
      say: 'the accessory gave up waiting for what is behind it (-70408)',
      fixes: [owner('see that the device behind it has power, and is near enough'), ...ladder('power-cycle')],
    },
  ],
  [-70409]: [
    'no-resource',
    {
      say: 'no such accessory or characteristic (-70409)',
      fixes: [client('read /accessories again: ids change with its configuration number (c#)'), ...ladder('firmware')],
    },
  ],
  [-70410]: [
    'invalid-value',
    {
      say: 'the accessory refuses the value (-70410)',
      fixes: [client('compare the value with the bounds in /accessories: format, minValue, maxValue, valid-values')],
    },
  ],
  [-70411]: [
    'authorization',
    {
      say: 'the accessory wants an authorization of its own for this (-70411): perms says aa',
      fixes: [
        client('send authData with the write, as its maker gives it to you'),
        owner("do it once in its maker's app"),
      ],
    },
  ],
  [-70412]: [
    'not-now',
    {
      say: 'not possible in the state that the accessory is in (-70412)',
      fixes: [
        owner('bring it into another state first: unlock, close, or end what it is doing'),
        client('ask again when its state has changed'),
      ],
    },
  ],
};

const NAMED = Object.fromEntries(Object.values(BY_STATUS));

/** The accessory did what was asked of its characteristics. */
export const requestStatus: Rule<HomeCase> = {
  id: 'hap.request-status',
  cite: 'HAP §6.7.1.4 table 6-11',
  refusal: 'request_refused',
  why: 'the pairing is fine when one characteristic refuses: nobody should pair anew for it',
  causes: {
    ...NAMED,
    other: {
      say: 'the accessory refuses with a status that HAP does not list',
      fixes: ladder('retry-soon', 'firmware', 'tell-maker'),
    },
  },
  check: (c) => {
    const refused = find(c, STEPS.requests, (entry) => {
      const status = num(entry.facts, 'hap_status');
      return status !== undefined && status !== 0 && !(entry.step === 'timed-write' && status === -70410);
    });
    if (!refused) {
      const reason = unreached(c, STEPS.requests);
      return reason === undefined ? pass() : skip(reason);
    }
    const status = num(refused.facts, 'hap_status') ?? 0;
    const { aid, iid } = refused.facts;
    return fail(BY_STATUS[status]?.[0] ?? 'other', {
      expected: 'status 0',
      presented: `status ${status}`,
      detail: `at ${refused.step}${aid === undefined ? '' : ` of ${aid}.${iid}`}`,
    });
  },
};
