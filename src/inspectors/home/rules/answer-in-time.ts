import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { Step } from '../../../protocols/hap/transcript.ts';
import { find, type HomeCase, num, STEPS } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The answer that was awaited: who sent M3 waits for M4. */
const AWAITED: Readonly<Partial<Record<Step, string>>> = {
  'pair-setup M1': 'setup-m2',
  'pair-setup M2': 'setup-m2',
  'pair-setup M3': 'setup-m4',
  'pair-setup M4': 'setup-m4',
  'pair-setup M5': 'setup-m6',
  'pair-setup M6': 'setup-m6',
  'pair-verify M1': 'verify-m2',
  'pair-verify M2': 'verify-m2',
  'pair-verify M3': 'verify-m4',
  'pair-verify M4': 'verify-m4',
};

/** Steps whose silence is judged elsewhere. */
const ELSEWHERE: ReadonlySet<Step> = new Set(['discover', 'connect', 'event']);

/** Every message was answered before its deadline. */
export const answerInTime: Rule<HomeCase> = {
  id: 'hap.answer-in-time',
  cite: 'HAP §5.6, §5.7',
  refusal: 'no_answer',
  why: 'a screen that says "Connecting..." hides at which message the accessory fell silent, and each has its own cure',
  causes: {
    'setup-m2': {
      say: 'the accessory took the connection but never began to pair (no M2): it sleeps, or is busy with somebody else',
      fixes: [
        {
          audience: 'owner',
          say: 'wake the accessory (press its button), stay near it, and close other apps that pair',
        },
        ...ladder('retry-soon', 'power-cycle', 'firmware'),
      ],
    },
    'setup-m4': {
      say: 'the accessory fell silent while it checked the code (no M4): SRP is hard work for a small chip, or it ran out of memory',
      fixes: [
        { audience: 'client', say: 'allow 30 s for M4, and close every other connection to the accessory' },
        ...ladder('retry-soon', 'power-cycle', 'firmware'),
      ],
    },
    'setup-m6': {
      say: 'the code was right, but the accessory fell silent before it confirmed the pairing (no M6); it may have kept it',
      fixes: [
        {
          audience: 'client',
          say: 'look at mDNS: with sf=0 it kept the pairing, and says Unavailable to a second try',
        },
        ...ladder('power-cycle', 'firmware', 'factory-reset'),
      ],
    },
    'verify-m2': {
      say: 'the accessory took the connection but never answered the greeting of a paired controller (no M2 of pair-verify)',
      fixes: [
        { audience: 'client', say: 'close old sessions: an accessory serves eight connections, some fewer' },
        ...ladder('retry-soon', 'power-cycle', 'firmware'),
      ],
    },
    'verify-m4': {
      say: 'the accessory fell silent while it checked who we are (no M4 of pair-verify)',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware'),
    },
    request: {
      say: 'the session stands, but a request was not answered',
      fixes: [
        {
          audience: 'client',
          say: 'ask for fewer characteristics at a time; of a bridge, ask which device behind it is gone',
        },
        ...ladder('power-cycle', 'firmware'),
      ],
    },
  },
  check: (c) => {
    const steps = STEPS.all.filter((step) => !ELSEWHERE.has(step));
    const late = find(c, steps, ({ event }) => event === 'timeout');
    if (!late) {
      return find(c, steps, ({ event }) => event === 'received' || event === 'done')
        ? pass()
        : skip('no message of this dialogue was awaited');
    }
    const waited = num(late.facts, 'waited_ms') ?? num(late.facts, 'deadline_ms');
    return fail(AWAITED[late.step] ?? 'request', {
      expected: 'an answer',
      presented: waited === undefined ? 'silence' : `silence for ${waited} ms`,
      detail: `at ${late.step}`,
    });
  },
};
