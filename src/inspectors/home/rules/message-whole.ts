import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Step } from '../../../protocols/hap/transcript.ts';
import { failedCheck, find, type HomeCase, isStop, num, STEPS, seen, text } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Words of the readers' faults, by what they mean for whoever has to mend them. */
const KINDS: readonly (readonly [cause: string, words: RegExp])[] = [
  ['too-large', /too (?:large|long|many|big)|oversized|exceeds|more than|at most|over \d/i],
  ['truncated', /truncat|too short|incomplete|got the end|bytes of value|ends? (?:before|early|inside)|unfinished/i],
];

/** The message could be read to its end: HTTP, then TLV8 or JSON. */
export const messageWhole: Rule<HomeCase> = {
  id: 'hap.message-whole',
  cite: 'HAP §14.1, §6.3.4',
  refusal: 'malformed',
  why: 'half a message that is taken for a whole one is how readers are broken into',
  causes: {
    truncated: {
      say: 'the message ends before its own lengths say that it should',
      fixes: [
        {
          audience: 'operator',
          say: 'take out what stands between: a proxy, a repeater or a VPN that cuts large packets',
        },
        ...ladder('retry-soon', 'firmware', 'tell-maker'),
      ],
    },
    'too-large': {
      say: 'the message is larger than any that HAP has at this step',
      fixes: [
        { audience: 'client', say: 'see whether it is a HAP accessory that listens there at all' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
    malformed: {
      say: 'the message is not written as HAP writes it',
      fixes: [
        { audience: 'client', say: 'see whether it is a HAP accessory that listens there at all' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
    'media-type': {
      say: 'the message is announced as something other than what HAP sends at this step',
      fixes: [
        { audience: 'client', say: 'see whether a proxy or another service answers at this address and port' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const whole = STEPS.all.filter((step) => step !== 'discover' && step !== 'connect');
    const bad =
      failedCheck(c, whole, 'tlv', 'json', 'http', 'content-type') ??
      find(
        c,
        whole,
        ({ event, facts }) => event === 'failed' && facts['fault'] !== undefined && facts['check'] === undefined,
      );
    const half = find(
      c,
      whole,
      ({ event, facts }) => (event === 'closed' || event === 'timeout') && (num(facts, 'bytes') ?? 0) > 0,
    );
    if (half && !bad) {
      return fail('truncated', {
        expected: 'a whole message',
        presented: `${half.facts['bytes']} bytes of one`,
        detail: `at ${half.step}`,
      });
    }
    if (!bad) {
      if (find(c, whole, ({ event }) => event === 'received' || event === 'done')) return pass();
      const stop = c.entries.find(isStop);
      return skip(stop ? `nothing came before it stopped at ${stop.step}` : 'nothing came');
    }
    const fault = text(bad.facts, 'fault') ?? '';
    const type = mediaType(c, bad.step);
    if (bad.facts['check'] === 'content-type' || type !== undefined) {
      return fail('media-type', {
        expected: 'application/pairing+tlv8 or application/hap+json',
        presented: type ?? seen(bad).presented ?? '?',
      });
    }
    const cause = KINDS.find(([, words]) => words.test(fault))?.[0];
    return fail(cause ?? 'malformed', { ...(fault && { presented: fault }), detail: `at ${bad.step}` });
  },
};

/** Another media type than HAP's, where the answer said one. */
function mediaType(c: HomeCase, step: Step): string | undefined {
  const answer = find(c, [step], ({ facts }) => facts['content_type'] !== undefined);
  const type = text(answer?.facts ?? {}, 'content_type');
  return type === undefined || type === 'none' || /^application\/(?:pairing\+tlv8|hap\+json)\b/i.test(type)
    ? undefined
    : type;
}
