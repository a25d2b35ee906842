import { fail, pass, type Rule, skip } from '../../../core/rule.ts';
import { inGrace, LOST_RACE_MS, proven, REFRESH_GRACE_MS, senderBound, type TokenCase } from '../case.ts';

/** The code has not been used; a used refresh token still answers with its one successor while that is unused. */
export const codeUnused: Rule<TokenCase> = {
  id: 'oauth.code-unused',
  cite: 'RFC 6749 §4.1.2, RFC 9700 §4.14.2',
  refusal: 'invalid_grant',
  why: 'the second use of a one-time string is the surest sign that it was stolen',
  open: 'own',
  causes: {
    'lost-race': {
      say: 'code already used, moments ago: two requests raced and this one lost; nothing was revoked',
      fixes: [
        {
          audience: 'client',
          say: 'exchange a code once: guard the redirect handler against double clicks and retries',
        },
      ],
    },
    replay: {
      say: 'code already used: a replay attempt by the proven client, so everything issued from it was revoked',
      fixes: [
        { audience: 'client', say: 'always generate a fresh code; never reuse one' },
        { audience: 'client', say: 'start again at /authorize: the old tokens are dead' },
        { audience: 'owner', say: 'if the app did not send it twice, its secrets are known to somebody else' },
      ],
    },
    'replay-unproven': {
      say: 'code already used: a replay attempt by somebody who could not prove to be the client; nothing was revoked',
      fixes: [
        { audience: 'client', say: 'always generate a fresh code; never reuse one' },
        {
          audience: 'owner',
          say: 'somebody holds a copy of a spent code: look at the source and at the logs it may have leaked from',
        },
      ],
    },
    'refresh-reused': {
      say: 'this refresh token was replaced, and came back after its successor was due: the whole family was revoked',
      fixes: [
        {
          audience: 'client',
          say: 'keep the newest refresh token in one place, and write it down before using the answer',
        },
        { audience: 'client', say: 'start again at /authorize: the old tokens are dead' },
      ],
    },
  },
  check: (c) => {
    const { code, now } = c;
    if (!code) return skip('the code is not known');
    if (code.total === null || code.used < code.total) return pass();
    const ago = now - (code.usedAt ?? now);
    const shown = { expected: 'never used', presented: `used ${seconds(ago)} ago` };
    if (code.purpose === 'refresh_token') {
      if (inGrace(c)) {
        const why = ago <= REFRESH_GRACE_MS ? `within ${REFRESH_GRACE_MS / 1000} s` : 'its successor never was';
        return pass({ because: `used ${seconds(ago)} ago, ${why}: the same successor again` });
      }
    }
    if (!proven(c)) return fail('replay-unproven', shown);
    const refreshing = code.purpose === 'refresh_token';
    if (ago <= (refreshing && senderBound(c) ? REFRESH_GRACE_MS : LOST_RACE_MS)) return fail('lost-race', shown);
    return fail(refreshing ? 'refresh-reused' : 'replay', shown);
  },
};

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}
