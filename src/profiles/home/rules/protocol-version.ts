import { fail, pass, type Rule, skip, warn } from '../../../core/rule.ts';
import type { GrantCase } from '../case.ts';

/** The accessory speaks a version of HAP that this hub speaks, and the firmware that the decision was made about. */
export const protocolVersion: Rule<GrantCase> = {
  id: 'home.protocol-version',
  cite: 'HAP §6.4 table 6-7',
  refusal: 'temporarily_unavailable',
  why: 'a version mismatch must not look like a wrong code',
  warns: ['firmware-changed'],
  causes: {
    other: {
      say: 'the accessory announces a major version of HAP that this hub does not speak; nothing is wrong with the code',
      fixes: [
        { audience: 'owner', say: 'look for firmware in the app of the accessory’s maker' },
        { audience: 'operator', say: 'look for a newer version of the hub' },
      ],
    },
    'firmware-changed': {
      say: 'the accessory has other firmware than when the person decided',
      fixes: [{ audience: 'owner', say: 'look whether it does what it did; the grant can be revoked at any time' }],
    },
  },
  check: ({ accessories }) => {
    const known = accessories.filter(({ pv }) => pv !== undefined);
    if (known.length === 0) return skip('the accessory’s protocol version is not known');
    const foreign = known.find(({ pv }) => !/^1(?:\.\d{1,5}){0,2}$/.test(pv ?? ''));
    if (foreign) return fail('other', { expected: 'pv 1.x', presented: `pv ${foreign.pv} of ${foreign.id}` });
    const changed = known.find(({ firmware, firmwareThen }) => firmwareThen !== undefined && firmware !== firmwareThen);
    if (!changed) return pass({ presented: known.map(({ pv }) => `pv ${pv}`) });
    return warn('firmware-changed', {
      expected: changed.firmwareThen ?? '',
      presented: changed.firmware ?? 'not known',
      detail: changed.id,
    });
  },
};
