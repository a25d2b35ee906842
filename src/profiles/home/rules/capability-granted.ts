import { fail, pass, type Rule } from '../../../core/rule.ts';
import { type AccessCase, directOf, permissionOf } from '../case.ts';
import { printScope } from '../scope.ts';
import { nearestScopes, requestPath } from '../shown.ts';

/** A capability of the token reaches the accessory, service and characteristic. */
export const capabilityGranted: Rule<AccessCase> = {
  id: 'home.capability-granted',
  cite: 'RFC 6750 §3.1',
  refusal: 'insufficient_scope',
  why: 'an app gets at what it was allowed, and at nothing beside it',
  open: 'cause',
  causes: {
    none: {
      say: 'the token carries no capability at all',
      fixes: [{ audience: 'client', say: 'ask at /authorize for what the app needs, like home:lamp/lightbulb/on:rw' }],
    },
    'direct-only': {
      say: 'the token stands for a pairing on the accessory itself, and allows nothing through the hub',
      fixes: [
        { audience: 'client', say: 'speak HAP to the accessory with the app’s own pairing' },
        { audience: 'client', say: 'or ask at /authorize for capabilities through the hub as well' },
      ],
    },
    accessory: {
      say: 'no capability of the token is for this accessory',
      fixes: [{ audience: 'client', say: 'ask at /authorize for a capability on it; the person has to agree' }],
    },
    service: {
      say: 'no capability of the token is for this service of the accessory',
      fixes: [{ audience: 'client', say: 'ask at /authorize for a capability on it; the person has to agree' }],
    },
    characteristic: {
      say: 'no capability of the token is for this characteristic',
      fixes: [{ audience: 'client', say: 'ask at /authorize for a capability on it; the person has to agree' }],
    },
  },
  check: (c) => {
    const permission = permissionOf(c);
    if (permission.ok) return pass({ presented: printScope(permission.by) });
    const [nearest] = permission.nearest;
    const presented = requestPath(c.request);
    if (!nearest) return fail(directOf(c.scopes).length > 0 ? 'direct-only' : 'none', { presented });
    const failed = nearest.failed.find(
      (aspect) => aspect === 'accessory' || aspect === 'service' || aspect === 'characteristic',
    );
    const expected = nearestScopes(permission);
    return failed === undefined ? pass({ expected, presented }) : fail(failed, { expected, presented });
  },
};
