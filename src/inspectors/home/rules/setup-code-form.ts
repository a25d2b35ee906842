import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { failedCheck, type HomeCase, STEPS, text } from '../case.ts';

const CAUSES: Readonly<Record<string, string>> = { trivial: 'trivial', length: 'length', characters: 'characters' };

/** The setup code is written like one, and is not one of the twelve that HAP forbids. */
export const setupCodeForm: Rule<HomeCase> = {
  id: 'hap.setup-code-form',
  cite: 'HAP §4.2.1, §4.2.1.2',
  refusal: 'code_refused',
  why: 'a code that cannot be right only spends one of the hundred tries',
  causes: {
    length: {
      say: 'a setup code is eight digits, and this has another number of them',
      fixes: [{ audience: 'client', say: 'type the eight digits as XXX-XX-XXX, as they stand on the label' }],
    },
    characters: {
      say: 'a setup code is digits and dashes only',
      fixes: [
        {
          audience: 'client',
          say: 'type the eight digits from the label; what begins with X-HM:// belongs into the scanner',
        },
        { audience: 'client', say: 'a code that begins with hap5.1-authcode is another thing: it goes to POST /token' },
      ],
    },
    trivial: {
      say: 'HAP forbids this code: it is one digit eight times, 12345678 or 87654321',
      fixes: [
        { audience: 'owner', say: 'look for the real code on the accessory, its box or its manual' },
        ...[{ audience: 'issuer', say: 'give the accessory a random code; no phone pairs with this one' } as const],
      ],
    },
  },
  check: (c) => {
    const failed = failedCheck(c, STEPS.all, 'code-form');
    const form = text(failed?.facts ?? {}, 'fault') ?? text(c.known, 'code_form');
    if (form === undefined) return skip('no setup code was part of this dialogue');
    if (form === 'ok') return pass();
    return fail(CAUSES[form] ?? 'characters', { expected: 'XXX-XX-XXX' });
  },
};
