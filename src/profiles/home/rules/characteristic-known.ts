import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { AccessCase } from '../case.ts';
import { requestPath } from '../shown.ts';

/** Permissions in an accessory's database, HAP §6.3.3 table 6-4. */
const NEEDS = { read: ['pr'], write: ['pw', 'tw'], subscribe: ['ev'] } as const;

/** The accessory has the characteristic, and lets it be read, written or watched at all. */
export const characteristicKnown: Rule<AccessCase> = {
  id: 'home.characteristic-known',
  cite: 'HAP §6.3.3',
  refusal: 'not_found',
  why: 'what is not there must not look like what is not allowed',
  causes: {
    unknown: {
      say: 'the accessory has no such characteristic in such a service',
      fixes: [{ audience: 'client', say: 'take service and characteristic from GET /api/accessories' }],
    },
    'not-offered': {
      say: 'the accessory itself does not offer this operation on the characteristic',
      fixes: [
        { audience: 'client', say: 'look at its perms in GET /api/accessories: pr read, pw write, ev subscribe' },
      ],
    },
  },
  check: ({ accessory, request }) => {
    if (!accessory) return skip('the accessory is not known');
    if (!accessory.database) return skip('the accessory’s database has not been read');
    const presented = requestPath(request);
    const { characteristic } = accessory;
    if (!characteristic) return fail('unknown', { presented });
    const needs: readonly string[] = NEEDS[request.op];
    if (characteristic.perms.some((perm) => needs.includes(perm))) return pass({ presented });
    return fail('not-offered', { expected: request.op, presented: characteristic.perms });
  },
};
