import { fail, pass, type Rule, skip, warn } from '../../../core/rule.ts';
import { type HomeCase, isStop, isStopped, text } from '../case.ts';
import { ladder } from '../fixes.ts';
import { SYMPTOMS } from '../symptoms.ts';

/** Facts by which one of the rules above knows a failure. `check` counts where its name is one of these. */
const TELLING = ['error', 'http_status', 'hap_status', 'errno', 'fault'];
const LOOKS =
  /^(?:code-form|setup-hash|accessory-id|srp-proof|signature|tag|state|unasked|public-key|salt|proof|identifier|encrypted-data|signature-length|length|missing|ltpk|ltpk-length|frame|frame-size|frame-length|tlv|json|http|content-type|stopped|setup-code)$/;

/** How the dialogue ended is explained by the rules above, or it ended well. */
export const endExplained: Rule<HomeCase> = {
  id: 'hap.end-explained',
  cite: 'design: what is unknown is said to be unknown',
  refusal: 'not_understood',
  why: 'a failure that nobody explains must not look like none',
  warns: ['unfinished', 'stopped'],
  causes: {
    words: {
      say: 'these words are shown for several causes that they do not tell apart',
      fixes: [
        {
          audience: 'client',
          say: 'try once more with this hub, which records every step: the transcript tells the causes apart',
        },
        {
          audience: 'owner',
          say: 'or go through the causes that the words can have, the gentle ones first: docs/homekit-doctor.md',
        },
      ],
    },
    unexplained: {
      say: 'something failed, and it is not known here why',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
    },
    stopped: {
      say: 'whoever asked for it stopped it before its end; that says nothing about the accessory',
      fixes: [{ audience: 'client', say: 'let it run to its end, or to its deadline, if its outcome is to be known' }],
    },
    unfinished: {
      say: 'the transcript ends while an answer is awaited',
      fixes: [{ audience: 'client', say: 'bring the transcript to its end: the deadline of that step is part of it' }],
    },
  },
  check: ({ entries }) => {
    const words = entries.find(({ facts }) => facts['symptom'] !== undefined);
    const stop = entries.find((entry) => isStop(entry) && entry.facts['symptom'] === undefined);
    if (words && !stop) {
      const symptom = SYMPTOMS.find(({ id }) => id === words.facts['symptom']);
      return fail('words', {
        presented: symptom?.words ?? String(words.facts['symptom']),
        detail: `${symptom?.causes.length ?? 0} causes`,
      });
    }
    const odd = entries.find(
      (entry) =>
        entry.event === 'failed' && entry.facts['symptom'] === undefined && !isTelling(entry.facts, entry.step),
    );
    if (odd) {
      return fail('unexplained', {
        presented: text(odd.facts, 'check') ?? text(odd.facts, 'presented') ?? 'failed',
        detail: `at ${odd.step}`,
      });
    }
    const ended = entries.findLast(isStopped);
    if (ended) return warn('stopped', { detail: `at ${ended.step}` });
    if (stop) return pass({ because: 'it ended by what the rules above name' });
    const last = entries.at(-1);
    if (!last) return skip('nothing happened');
    return last.event === 'sent' ? warn('unfinished', { detail: `at ${last.step}` }) : pass();
  },
};

function isTelling(facts: Readonly<Record<string, unknown>>, step: string): boolean {
  if (step === 'connect' || step === 'discover') return true;
  return facts['check'] === undefined
    ? TELLING.some((name) => facts[name] !== undefined)
    : LOOKS.test(String(facts['check']));
}
