import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, STEPS } from '../case.ts';
import { ladder } from '../fixes.ts';

const PAIRING = [...STEPS.setup, ...STEPS.verify, ...STEPS.pairings];
/** Errors that have a meaning at a step, which another rule judges: TLV error numbers by the answer they came in. */
const JUDGED: Readonly<Record<string, readonly number[]>> = {
  'pair-setup M2': [3, 4, 5, 6, 7],
  'pair-setup M4': [2, 3, 4, 5, 6, 7],
  'pair-setup M6': [2, 3, 4, 5, 6, 7],
  'pair-verify M2': [3, 7],
  'pair-verify M4': [2, 3, 7],
  'list-pairings': [2],
  'add-pairing': [1, 2, 4],
  'remove-pairing': [1, 2],
};

/** An error of the accessory means what it means at this step. */
export const errorKnown: Rule<HomeCase> = {
  id: 'hap.error-known',
  cite: 'HAP §5.5 table 5-5',
  refusal: 'pairing_refused',
  why: 'an error that has no meaning here must not be given one',
  causes: {
    unknown: {
      say: 'the accessory says Unknown (1): it failed, and does not say at what',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker', 'factory-reset'),
    },
    'out-of-place': {
      say: 'the accessory gives an error that has no meaning at this step',
      fixes: ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
    },
  },
  check: (c) => {
    const odd = find(c, PAIRING, ({ step, facts }) => {
      const error = num(facts, 'error');
      return error !== undefined && !(JUDGED[answerTo(step)] ?? []).includes(error);
    });
    if (odd) {
      const error = num(odd.facts, 'error');
      return fail(error === 1 ? 'unknown' : 'out-of-place', { presented: `error ${error}`, detail: `at ${odd.step}` });
    }
    return find(c, PAIRING, ({ facts }) => facts['error'] !== undefined) ? pass() : skip('no error came');
  },
};

/** An error that the controller noted at what it sent belongs to the answer. */
function answerTo(step: string): string {
  return step.replace(/M([135])$/, (_, m: string) => `M${Number(m) + 1}`);
}
