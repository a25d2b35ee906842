import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, find, type HomeCase, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

/** Changes that were subscribed to arrive. */
export const eventsArrive: Rule<HomeCase> = {
  id: 'hap.events-arrive',
  cite: 'HAP §6.8, §6.8.2.2',
  refusal: 'no_answer',
  why: 'a screen that shows the state of an hour ago is worse than one that shows none',
  causes: {
    stopped: {
      say: 'the session stands, but no event came where one was due: the registration is lost',
      fixes: [
        { audience: 'client', say: 'subscribe again, and read the value once: a registration dies with its session' },
        {
          audience: 'client',
          say: 'read the value from time to time as well; an accessory may send one event in a second at most',
        },
        ...ladder('power-cycle', 'firmware'),
      ],
    },
  },
  check: (c) => {
    const missed = find(c, ['event'], ({ event }) => event === 'timeout') ?? failedCheck(c, ['event'], 'stopped');
    if (missed) {
      const waited = missed.facts['waited_ms'] ?? missed.facts['deadline_ms'];
      return fail('stopped', {
        expected: 'an event',
        presented: waited === undefined ? 'none' : `none in ${String(waited)} ms`,
      });
    }
    const reason = unreached(c, ['subscribe', 'event']);
    return reason === undefined ? pass() : skip(reason);
  },
};
