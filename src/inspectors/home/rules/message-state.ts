import { fail, pass, type Rule, skip, warn } from '../../../core/rule.ts';
import type { Entry } from '../../../protocols/hap/transcript.ts';
import { failedCheck, find, type HomeCase, num, STEPS, seen } from '../case.ts';
import { ladder } from '../fixes.ts';

const PAIRING = [...STEPS.setup, ...STEPS.verify, ...STEPS.pairings];

/** The answer is to the message that was sent, by its number. */
export const messageState: Rule<HomeCase> = {
  id: 'hap.message-state',
  cite: 'HAP §5.15 table 5-6 (kTLVType_State)',
  refusal: 'malformed',
  why: 'an answer to another message, taken for this one, would be checked against the wrong keys',
  warns: ['missing'],
  causes: {
    other: {
      say: 'the answer carries the number of another message: the accessory has lost its place in the dialogue',
      fixes: [
        { audience: 'client', say: 'begin again with M1 on a new connection, one pairing at a time' },
        ...ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
      ],
    },
    unasked: {
      say: 'an answer came that nobody had asked for: the accessory answered twice, or something repeats its bytes',
      fixes: [
        { audience: 'operator', say: 'take out what stands between: a proxy or repeater that repeats bytes' },
        ...ladder('retry-soon', 'firmware', 'tell-maker'),
      ],
    },
    missing: {
      say: 'the answer carries no number; some accessories leave it out, and everything else of it was right',
      fixes: ladder('firmware', 'tell-maker'),
    },
  },
  check: (c) => {
    const failed = failedCheck(c, PAIRING, 'state');
    if (failed) return fail('other', { ...seen(failed), detail: `at ${failed.step}` });
    const unasked = failedCheck(c, STEPS.all, 'unasked');
    if (unasked) return fail('unasked', { detail: `at ${unasked.step}` });
    const answers = c.entries.filter(({ step, event }) => event === 'received' && PAIRING.includes(step));
    if (answers.length === 0) return skip('no pairing message came');
    const read = (step: Entry['step']): boolean => !find(c, [step], ({ event }) => event === 'failed');
    const bare = find(c, PAIRING, (entry) => isBare(entry) && read(entry.step));
    if (bare) return warn('missing', { detail: `at ${bare.step}` });
    const last = answers.at(-1);
    return pass(num(last?.facts ?? {}, 'state') === undefined ? undefined : { presented: `M${last?.facts['state']}` });
  },
};

/** A whole answer without a number. What a log of other software says about an answer is never whole. */
function isBare({ event, facts }: Entry): boolean {
  return (
    event === 'received' && facts['http_status'] === 200 && facts['state'] === undefined && facts['error'] === undefined
  );
}
