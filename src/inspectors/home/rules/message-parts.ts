import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Entry, Step } from '../../../protocols/hap/transcript.ts';
import { find, type HomeCase, isKeyLength, STEPS, seen, text } from '../case.ts';
import { ladder } from '../fixes.ts';

const MESSAGES = STEPS.all.filter((step) => step !== 'discover' && step !== 'connect');
/** Looks at single parts of a message; the accessory's long-term key has a rule of its own. */
const LOOKS: readonly unknown[] = ['public-key', 'length', 'missing'];
/** Where a public key is a long-term one. */
const KEYED: readonly Step[] = ['pair-setup M6', 'list-pairings'];

/** Every part that the message must have is there, and as long as it must be. */
export const messageParts: Rule<HomeCase> = {
  id: 'hap.message-parts',
  cite: 'HAP §5.6, §5.7, §5.15',
  refusal: 'malformed',
  why: 'a missing or short part is a bug of the firmware, or somebody who tries what the controller will swallow',
  causes: {
    'public-key': {
      say: 'the public key in the answer is missing, too long, or one that would make the secret known to everybody',
      fixes: [
        { audience: 'client', say: 'do not go on: a key like this proves nothing about the code' },
        ...ladder('retry-soon', 'firmware', 'tell-maker'),
      ],
    },
    part: {
      say: 'a part of the answer is missing or has the wrong length',
      fixes: ladder('retry-soon', 'firmware', 'tell-maker'),
    },
  },
  check: (c) => {
    const failed = find(c, MESSAGES, (entry) => isPart(entry) && !(KEYED.includes(entry.step) && isKeyLength(entry)));
    if (!failed) return find(c, MESSAGES, ({ event }) => event === 'received') ? pass() : skip('no message came');
    const fault = text(failed.facts, 'fault');
    const look = text(failed.facts, 'check');
    return fail(look === 'public-key' || /public key/.test(fault ?? '') ? 'public-key' : 'part', {
      ...seen(failed),
      detail: `${fault ?? look} at ${failed.step}`,
    });
  },
};

/** A look at a part of a message, not at a frame of the session. */
function isPart({ event, facts }: Entry): boolean {
  return event === 'failed' && LOOKS.includes(facts['check']) && facts['frame'] === undefined;
}
