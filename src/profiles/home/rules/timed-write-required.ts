import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type AccessCase, permissionOf } from '../case.ts';
import { printScope } from '../scope.ts';
import { reaching } from '../shown.ts';

/** Where only timed writes are allowed, the write was prepared. */
export const timedWriteRequired: Rule<AccessCase> = {
  id: 'home.timed-write-required',
  cite: 'HAP §6.7.2.4',
  refusal: 'invalid_request',
  why: 'a command that was delayed on the way must not open a door later',
  open: 'cause',
  causes: {
    capability: {
      say: 'the capability allows timed writes only, and this write is a plain one',
      fixes: [{ audience: 'client', say: 'send the write with "timed": true; the hub prepares it on the accessory' }],
    },
    accessory: {
      say: 'the accessory takes timed writes only for this characteristic',
      fixes: [{ audience: 'client', say: 'send the write with "timed": true; the hub prepares it on the accessory' }],
    },
  },
  check: (c) => {
    if (c.request.op !== 'write') return skip('nothing is to be written');
    const timed = c.request.timed === true;
    const presented = timed ? 'timed write' : 'plain write';
    if (timed) return pass({ presented });
    const miss = reaching(c);
    if (miss !== undefined && miss !== true && miss.failed.includes('timed'))
      return fail('capability', { expected: printScope(miss.capability), presented });
    // What the accessory requires is told to nobody who may not write there.
    if (permissionOf(c).ok && c.accessory?.characteristic?.perms.includes('tw'))
      return fail('accessory', { expected: 'timed write', presented });
    return pass({ presented });
  },
};
