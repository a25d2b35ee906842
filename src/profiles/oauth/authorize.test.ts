import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { CHALLENGE, CLIENT, ISSUER, JKT, REDIRECT } from '../../../test/support/oauth-case.ts';
import { exchangeForm, type OAuthHub, oauthHub } from '../../../test/support/oauth-hub.ts';
import { answerAuthorize, readAuthorize, refuseAuthorize } from './authorize.ts';

let hub: OAuthHub;
beforeEach(async () => {
  hub = await oauthHub();
});

const ASK = {
  response_type: 'code',
  client_id: CLIENT,
  redirect_uri: REDIRECT,
  state: 'xyz',
  code_challenge: CHALLENGE,
  code_challenge_method: 'S256',
};
const read = (values: Readonly<Record<string, string>>, decision?: 'allow' | 'deny') =>
  readAuthorize(hub.deps, new URLSearchParams(values).toString(), '192.0.2.1', decision);
const refused = async (values: Readonly<Record<string, string>>) => refuseAuthorize(hub.deps, await read(values));

describe('an authorize request', () => {
  it('that a person allows gets a code, the state and the issuer; the code can be exchanged', async () => {
    const outcome = await answerAuthorize(hub.deps, await read(ASK, 'allow'), 'ada');
    if (outcome.kind !== 'redirect') throw new Error(outcome.error);
    const [address, query] = outcome.location.split('?');
    const answer = new URLSearchParams(query);
    expect(address).toBe(REDIRECT);
    expect([...answer.keys()].sort()).toEqual(['code', 'iss', 'state']);
    expect(answer.get('state')).toBe('xyz');
    expect(answer.get('iss')).toBe(ISSUER);
    expect((await hub.post(exchangeForm(answer.get('code') ?? ''))).answer.status).toBe(200);
  });

  it('that a person denies gets access_denied, and no code is minted', async () => {
    const outcome = await answerAuthorize(hub.deps, await read(ASK, 'deny'), 'ada');
    expect(outcome).toMatchObject({ kind: 'redirect', location: expect.stringContaining('error=access_denied') });
    expect(await hub.deps.store.find('codes', {})).toEqual([]);
  });

  it('that nobody has answered mints nothing: the caller is told of its bug', async () => {
    const asked = await read(ASK);
    expect(asked.judgement.ok).toBe(true);
    await expect(answerAuthorize(hub.deps, asked, 'ada')).rejects.toThrow('answer of a person');
    expect(await hub.deps.store.find('codes', {})).toEqual([]);
  });

  it.each([
    ['an unknown client', { client_id: 'nobody' }],
    ['another redirect URI', { redirect_uri: 'https://evil.test/' }],
    ['the redirect URI and more', { redirect_uri: `${REDIRECT}@evil.test` }],
    ['no redirect URI', { redirect_uri: '' }],
  ])('with %s is told to the person, and sends nothing anywhere', async (_, values) => {
    expect((await refused({ ...ASK, response_type: 'token', ...values })).kind).toBe('problem');
  });

  it('with a parameter twice, or one that cannot be decoded, sends nothing anywhere', async () => {
    const query = new URLSearchParams(ASK).toString();
    for (const more of ['&redirect_uri=https://evil.test/', '&client_id=x', '&state=%ff', '&state=%']) {
      const asked = await readAuthorize(hub.deps, query + more, '192.0.2.1');
      expect((await refuseAuthorize(hub.deps, asked)).kind).toBe('problem');
    }
  });

  it.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_request', { code_challenge: '', code_challenge_method: '' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
    ['invalid_request', { dpop_jkt: 'short' }],
    ['invalid_request', { pairing_id: 'A' }],
    ['invalid_scope', { scope: 'admin' }],
  ])('is refused by redirect with %s', async (error, values) => {
    const outcome = await refused({ ...ASK, ...values });
    if (outcome.kind !== 'redirect') throw new Error(outcome.error);
    const answer = new URLSearchParams(outcome.location.split('?')[1]);
    expect(answer.get('error')).toBe(error);
    expect([...answer.keys()].sort()).toEqual(['error', 'error_uri', 'iss', 'state']);
  });

  it('goes to a registered address or nowhere, whatever comes', async () => {
    const text = fc.oneof(
      fc.constantFrom(...Object.values(ASK), JKT, '__proto__', '\ud800'),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom(...Object.keys(ASK), 'scope', 'dpop_jkt'), text),
        async (values) => {
          const asked = await read({ ...ASK, ...values }, 'allow');
          const outcome = await answerAuthorize(hub.deps, asked, 'ada');
          if (outcome.kind === 'redirect') expect(outcome.location.startsWith(`${REDIRECT}?`)).toBe(true);
          else expect(['invalid_request', 'invalid_client', 'invalid_grant']).toContain(outcome.error);
        },
      ),
    );
  });
});
