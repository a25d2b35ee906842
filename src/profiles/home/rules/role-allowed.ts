import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { type GrantCase, NO_PAIRING, wantsPairing } from '../case.ts';

/** A pairing is a user's; an administrator's takes a code that was minted for ownership. */
export const roleAllowed: Rule<GrantCase> = {
  id: 'home.role-allowed',
  cite: 'HAP §5.10, §5.15 table 5-6',
  refusal: 'invalid_scope',
  why: 'an administrator can remove everybody else, the hub included',
  open: 'cause',
  binds: ['role'],
  causes: {
    admin: {
      say: 'an administrator’s pairing was asked for, and the code was not minted for ownership',
      fixes: [
        { audience: 'client', say: 'ask for a user’s pairing: it controls all the accessory can do' },
        { audience: 'owner', say: 'or mint an ownership code on purpose: counterfoil home transfer' },
      ],
    },
  },
  check: (c) => {
    if (!wantsPairing(c)) return skip(NO_PAIRING);
    const role = c.pairing?.role ?? 'user';
    if (role === 'user') return pass({ presented: role });
    const code = c.ownership?.code;
    return code === 'additional' || code === 'transfer'
      ? pass({ presented: role, because: `the code was minted for ${code} ownership` })
      : fail('admin', { expected: 'user', presented: role });
  },
};
