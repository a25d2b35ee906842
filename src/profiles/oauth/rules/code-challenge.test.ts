import { describe, expect, it } from 'vitest';
import {
  authorizeCase,
  CHALLENGE,
  client,
  confidential,
  request,
  without,
} from '../../../../test/support/oauth-case.ts';
import { codeChallenge } from './code-challenge.ts';

describe('oauth.code-challenge', () => {
  const bare = { request: request({ response_type: 'code' }) };

  it('passes an S256 challenge', () => {
    expect(codeChallenge.check(authorizeCase())).toEqual({ outcome: 'pass' });
  });

  it.each([client(), confidential({ authMethod: 'none' })])(
    'refuses as `missing` from whoever has no secret',
    (app) => {
      const found = codeChallenge.check(authorizeCase({ ...bare, client: app }));
      expect(found).toEqual({ outcome: 'fail', cause: 'missing', expected: 'code_challenge', presented: 'nothing' });
    },
  );

  it('refuses as `method`: plain, said or left out', () => {
    const plain = codeChallenge.check(authorizeCase({}, { code_challenge_method: 'plain' }));
    expect(plain).toEqual({ outcome: 'fail', cause: 'method', expected: 'S256', presented: 'plain' });
    const unsaid = codeChallenge.check(authorizeCase({ request: request({ code_challenge: CHALLENGE }) }));
    expect(unsaid).toMatchObject({ outcome: 'fail', cause: 'method', presented: 'nothing, which means plain' });
  });

  it.each([CHALLENGE.slice(1), `${CHALLENGE}=`, `${CHALLENGE.slice(1)}+`, `${CHALLENGE.slice(1)}\n`])(
    'refuses as `malformed`: %j',
    (challenge) => {
      const found = codeChallenge.check(authorizeCase({}, { code_challenge: challenge }));
      expect(found).toEqual({ outcome: 'fail', cause: 'malformed', presented: challenge });
    },
  );

  it('skips who need not: a confidential application, a logged exception, an unknown one', () => {
    for (const c of [
      authorizeCase({ ...bare, client: confidential() }),
      authorizeCase({ ...bare, client: client({ withoutPkce: true }) }),
      without(authorizeCase(bare), 'client'),
    ]) {
      expect(codeChallenge.check(c).outcome).toBe('skip');
    }
  });
});
