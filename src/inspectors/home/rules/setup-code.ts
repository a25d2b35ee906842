import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { find, type HomeCase, num, slowProof, text, tlvError, unreached } from '../case.ts';
import { ladder } from '../fixes.ts';

const AUTHENTICATION = 2;
const TRIES = 100;
/** From here on the next wrong codes lock the accessory. */
const NEAR_THE_END = 90;

/** The accessory took the proof that we know its setup code. */
export const setupCode: Rule<HomeCase> = {
  id: 'hap.setup-code',
  cite: 'HAP §5.6.4 (M4), §5.6.2 step 2',
  refusal: 'pairing_refused',
  why: 'everybody says "wrong code", and sometimes the code is right and something else is wrong',
  causes: {
    wrong: {
      say: 'the code is not the one of this accessory',
      fixes: [
        {
          audience: 'owner',
          say: 'read the code from the label on this very accessory again, digit by digit; 1 and 7, 6 and 8 are alike',
        },
        {
          audience: 'owner',
          say: 'if it is software, take the code that it prints now: a changed configuration has a new one',
        },
        ...ladder('firmware', 'factory-reset'),
      ],
    },
    'nearly-locked': {
      say: 'the code is not the one of this accessory, and few tries are left before it takes no code at all',
      fixes: [
        { audience: 'owner', say: 'stop trying, and find the label, the box or the manual first' },
        ...ladder('factory-reset'),
      ],
    },
    rotated: {
      say: 'the accessory shows a new code for every try, and this one was of an earlier try',
      fixes: [{ audience: 'owner', say: 'start again, and type the code that the accessory shows after the start' }],
    },
    'out-of-memory': {
      say: 'the accessory gave up while it checked the code: it was slow, and then refused; the code may well be right',
      fixes: [
        { audience: 'client', say: 'close every other connection to the accessory, and allow 30 s for M4' },
        ...ladder('retry-soon', 'power-cycle', 'firmware', 'tell-maker'),
      ],
    },
  },
  check: (c) => {
    const slow = slowProof(c);
    if (slow) {
      const waited = num(slow.facts, 'waited_ms');
      return fail('out-of-memory', { expected: 'M4 within 8000 ms', presented: `a refusal after ${waited} ms` });
    }
    const refused = tlvError(c, ['pair-setup M3', 'pair-setup M4'], AUTHENTICATION);
    if (!refused) {
      const reason = unreached(c, ['pair-setup M4', 'pair-setup M5', 'pair-setup M6']);
      if (reason !== undefined) return skip(reason);
      return find(c, ['pair-setup M5', 'pair-setup M6'], () => true)
        ? pass()
        : skip('the accessory did not get to the code');
    }
    const ours = num(c.known, 'own_failures');
    const shown = {
      expected: 'the proof of the right code',
      presented: 'Authentication (2) at M4',
      ...(ours !== undefined && { detail: `${ours} of ${TRIES} tries were used from here` }),
    };
    if (text(c.known, 'policy') === 'rotating') return fail('rotated', shown);
    return fail(ours !== undefined && ours >= NEAR_THE_END ? 'nearly-locked' : 'wrong', shown);
  },
};
