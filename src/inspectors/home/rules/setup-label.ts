import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, STEPS, seen, text } from '../case.ts';

/** The label that was scanned belongs to this accessory. */
export const setupLabel: Rule<HomeCase> = {
  id: 'hap.setup-label',
  cite: 'HAP §4.2.3, §6.4 table 6-7 (sh)',
  refusal: 'code_refused',
  why: 'two lamps from one box have two labels, and the code of one is a wrong code for the other',
  causes: {
    'other-label': {
      say: 'the setup id on the label does not belong to this accessory: it is the label of another one',
      fixes: [
        {
          audience: 'owner',
          say: 'scan the label on this very accessory, not the one on its neighbour or a spare box',
        },
        { audience: 'client', say: 'or choose, among those found, the accessory whose setup hash the label fits' },
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, STEPS.all, 'setup-hash');
    if (failed) return fail('other-label', seen(failed));
    const announced = text(c.known, 'txt_sh');
    const labelled = text(c.known, 'label_sh');
    if (announced === undefined || labelled === undefined)
      return skip('no label with a setup id was part of this dialogue');
    return announced === labelled ? pass() : fail('other-label', { expected: announced, presented: labelled });
  },
};
