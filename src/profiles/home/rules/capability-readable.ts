import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import type { GrantCase } from '../case.ts';
import { isHomeScope, readScope } from '../scope.ts';

/** Every capability that is asked for can be read, so that a person can be told what it means. */
export const capabilityReadable: Rule<GrantCase> = {
  id: 'home.capability-readable',
  cite: 'RFC 6749 §3.3',
  refusal: 'invalid_scope',
  why: 'nobody can agree to what nobody can read',
  open: 'cause',
  causes: {
    malformed: {
      say: 'a capability does not follow the grammar',
      fixes: [
        {
          audience: 'client',
          say: 'write it as home:<accessory>/<service>/<characteristic>:<ops>, like home:lamp/lightbulb/brightness:rw[10..60]',
        },
      ],
    },
  },
  check: ({ scopes }) => {
    const ours = scopes.filter(isHomeScope);
    if (ours.length === 0) return skip('no capability is asked for');
    for (const text of ours) {
      const read = readScope(text);
      if (read?.ok === false)
        return fail('malformed', { expected: read.expected, presented: read.came, detail: `${text}: ${read.fix}` });
    }
    return pass({ presented: ours });
  },
};
