import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Entry } from '../../../protocols/hap/transcript.ts';
import { find, type HomeCase, num, unreached } from '../case.ts';

const INVALID_VALUE = -70410;

/** A timed write came before its time was over, and was prepared. */
export const timedWrite: Rule<HomeCase> = {
  id: 'hap.timed-write',
  cite: 'HAP §6.7.2.4',
  refusal: 'request_refused',
  why: 'a write that opens a door must not arrive late, and the error for late is the error for a wrong value',
  causes: {
    late: {
      say: 'the write came after its time to live was over, so the accessory refused it; the value itself was not looked at',
      fixes: [
        { audience: 'client', say: 'send the write right after the answer to /prepare, on the same connection' },
        { audience: 'client', say: 'allow a longer time to live: 2,500 ms is usual' },
        { audience: 'owner', say: 'see why the network is that slow: how strong is the Wi-Fi at the accessory' },
      ],
    },
    unprepared: {
      say: 'the write was not prepared, or with another number (pid), so the accessory refused it',
      fixes: [
        { audience: 'client', say: 'send PUT /prepare first, and the same pid in the write, on the same connection' },
      ],
    },
    value: {
      say: 'the write was in time, and the accessory refuses its value',
      fixes: [
        {
          audience: 'client',
          say: 'compare the value with the bounds in /accessories: format, minValue, maxValue, valid-values',
        },
      ],
    },
  },
  check: (c) => {
    const refused = find(c, ['timed-write'], ({ facts }) => facts['hap_status'] === INVALID_VALUE);
    if (!refused) {
      const reason = unreached(c, ['timed-write']);
      return reason === undefined ? pass() : skip(reason);
    }
    const ttl = ttlOf(c);
    const lateMs = num(refused.facts, 'late_ms') ?? lateBy(c, refused, ttl);
    if (lateMs !== undefined && lateMs > 0) {
      return fail('late', {
        expected: ttl === undefined ? 'in time' : `within ${ttl} ms`,
        presented: ttl === undefined ? 'late' : `${lateMs} ms late`,
      });
    }
    const prepared = find(c, ['prepare'], ({ event }) => event === 'received' || event === 'done');
    if (!prepared) return fail('unprepared', { presented: `${INVALID_VALUE}` });
    return fail('value', {
      presented: `${INVALID_VALUE}`,
      ...(lateMs !== undefined && { detail: `${-lateMs} ms before its end` }),
    });
  },
};

function ttlOf(c: HomeCase): number | undefined {
  const said = find(c, ['prepare', 'timed-write'], ({ facts }) => num(facts, 'ttl_ms') !== undefined);
  return num(said?.facts ?? {}, 'ttl_ms') ?? num(c.known, 'ttl_ms');
}

/**
 * How long after its end the write was refused, by the clock of the transcript. The accessory's clock, which decides, runs from
 * when it got the preparation: somewhere after this was sent.
 */
function lateBy(c: HomeCase, refused: Entry, ttl: number | undefined): number | undefined {
  const at = c.entries.indexOf(refused);
  const prepared = c.entries.findLast(({ step, event }, i) => i < at && step === 'prepare' && event === 'sent');
  return prepared && ttl !== undefined ? refused.atMs - prepared.atMs - ttl : undefined;
}
