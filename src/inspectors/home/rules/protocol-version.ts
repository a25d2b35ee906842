import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type HomeCase, text } from '../case.ts';
import { ladder } from '../fixes.ts';

/** The accessory speaks version 1 of the protocol over IP. */
export const protocolVersion: Rule<HomeCase> = {
  id: 'hap.protocol-version',
  cite: 'HAP §6.4 table 6-7, §6.6.3',
  refusal: 'not_understood',
  why: 'another version of the protocol refuses a right code at once, and looks like a wrong one',
  causes: {
    other: {
      say: 'the accessory announces a protocol version (pv) that is not 1.x',
      fixes: [
        { audience: 'operator', say: 'update this hub, if the accessory is the newer of the two' },
        ...ladder('firmware', 'tell-maker'),
      ],
    },
    malformed: {
      say: 'the announced protocol version (pv) is not written as X.Y',
      fixes: ladder('firmware', 'tell-maker'),
    },
  },
  check: ({ known }) => {
    const version = text(known, 'txt_pv');
    if (version === undefined) return skip('the accessory announced no protocol version');
    const shown = { expected: '1.0 or 1.1', presented: version };
    const [, major] = /^(\d{1,3})(?:\.\d{1,3}){0,2}$/.exec(version) ?? [];
    if (major === undefined) return fail('malformed', shown);
    return Number(major) === 1 ? pass({ presented: version }) : fail('other', shown);
  },
};
