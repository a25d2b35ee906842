import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { capabilitiesOf, homeScopes } from '../capability.ts';
import { directOf, type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';
import { printScope } from '../scope.ts';

/** A pairing on the accessory is given only for a decision that said so, and never beside limits it would make void. */
export const directNotLimited: Rule<GrantCase> = {
  id: 'home.direct-not-limited',
  cite: 'HAP §5.15 table 5-6',
  refusal: 'invalid_scope',
  why: 'a pairing has no list of rights and no end: whoever holds one reads and writes everything, at any hour',
  open: 'cause',
  causes: {
    limited: {
      say: 'a pairing on the accessory was asked for, and what was allowed is limited: an accessory cannot limit a pairing',
      fixes: [
        { audience: 'client', say: 'stay within the limits: send requests to the hub, which enforces them' },
        {
          audience: 'client',
          say: 'or ask at /authorize for home:<accessory>:direct; the person then decides about all of the accessory',
        },
      ],
    },
    mixed: {
      say: 'values or hours of an accessory are limited, and a pairing on the same one would make those limits void',
      fixes: [
        { audience: 'client', say: 'ask for either: the limited capability through the hub, or the pairing' },
        { audience: 'owner', say: 'allow the limited capability only, if the limits matter' },
      ],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    const direct = directOf(c.scopes);
    if (direct.length === 0) return fail('limited', { expected: 'home:<accessory>:direct', presented: c.scopes });
    const ids = direct.map(({ accessory }) => accessory);
    const void_ = capabilitiesOf(homeScopes(c.scopes)).filter(
      ({ accessory, bound, hours }) => (bound || hours) && (accessory === '*' || ids.includes(accessory)),
    );
    const presented = direct.map(printScope);
    return void_.length === 0
      ? pass({ presented })
      : fail('mixed', { expected: presented, presented: void_.map(printScope) });
  },
};
