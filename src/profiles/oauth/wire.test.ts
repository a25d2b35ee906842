import { describe, expect, it } from 'vitest';
import {
  CLIENT,
  client,
  code,
  codeBound,
  confidential,
  confidentialCase,
  exchangeRequest,
  ISSUER,
  keyedCase,
  NOW,
  OTHER_JKT,
  proof,
  REDIRECT,
  refreshCase,
  refreshToken,
  tokenCase,
  without,
} from '../../../test/support/oauth-case.ts';
import { basic, exchangeForm, oauthHub, SERVER } from '../../../test/support/oauth-hub.ts';
import { bytes, causesOf, REFERRING, VERDICTS } from '../../../test/support/oauth-wire.ts';
import type { HandleFacts, RequestFacts, TokenCase } from './case.ts';
import { judge } from './profile.ts';
import { boxOpened } from './rules/box-opened.ts';
import { codeSignature } from './rules/code-signature.ts';
import { errorUri, redirectTo, tokenRefusal } from './wire.ts';

const asking = (values: Record<string, string>, overrides: Partial<RequestFacts> = {}) => ({
  request: exchangeRequest(values, overrides),
});
const faulty = (kind: string) => tokenCase(asking({}, { fault: { kind, detail: 'x' } }));
const handle = (read: Exclude<HandleFacts['read'], 'ok' | 'signed'>) =>
  without(tokenCase({ handle: { read, detail: 'x' } }), 'code', 'grant');
const signed = (cause: Extract<HandleFacts, { read: 'signed' }>['cause']) =>
  without(tokenCase({ handle: { read: 'signed', cause, expected: 'x', presented: 'y' } }), 'code', 'grant');
const boxed = (cause: string) =>
  tokenCase({ box: cause === 'replayed' ? { keyId: 'x', replayed: true } : { cause: cause as 'malformed' } });
const keyed = (spoiled: Parameters<typeof proof>[0]) => keyedCase({ dpop: proof(spoiled) });
const auth = (method: TokenCase['auth']['method'], secret: TokenCase['auth']['secret'] = 'unchecked') => ({
  auth: { method, secret },
});
const used = (agoMs: number) => ({ used: 1, usedAt: NOW - agoMs });

/** One case for every way to be refused at the token endpoint, by the rule and cause that decide. */
const TOKEN: Readonly<Record<string, TokenCase>> = {
  ...Object.fromEntries(Object.keys(boxOpened.causes).map((cause) => [`box-opened/${cause}`, boxed(cause)])),
  ...Object.fromEntries(
    Object.keys(codeSignature.causes).map((cause) => [`code-signature/${cause}`, signed(cause as 'hex')]),
  ),
  'media-type/missing': tokenCase({ request: without(exchangeRequest(), 'mediaType') }),
  'media-type/other': tokenCase(asking({}, { mediaType: 'application/json' })),
  'form-readable/too-large': faulty('too-large'),
  'form-readable/escape': faulty('escape'),
  'form-readable/utf8': faulty('utf8'),
  'parameters-once/duplicate': tokenCase(asking({}, { duplicates: ['code'] })),
  'parameters-present/grant-type': tokenCase(asking({}, { names: ['code'] })),
  'parameters-present/code': tokenCase(asking({}, { names: ['grant_type'] })),
  'parameters-present/refresh-token': refreshCase(asking({ grant_type: 'refresh_token' })),
  'grant-type-known/unsupported': tokenCase(asking({ grant_type: 'authorization_code ' })),
  'client-known/missing': without(tokenCase(), 'clientId', 'client'),
  'client-known/unknown': without(tokenCase(), 'client'),
  'grant-type-enabled/disabled': tokenCase({ client: client({ grantTypes: ['refresh_token'] }) }),
  'client-auth-method/secret-from-public': tokenCase(auth('client_secret_post')),
  'client-auth-method/secret-missing': tokenCase({ client: confidential(), ...auth('none', 'absent') }),
  'client-auth-method/method': confidentialCase(auth('client_secret_post')),
  'client-auth-method/several': confidentialCase(auth('several')),
  'client-auth-method/malformed': confidentialCase(auth('malformed')),
  'client-secret/mismatch': confidentialCase(auth('client_secret_basic', 'mismatch')),
  'dpop-wellformed/several': keyed({ fault: { kind: 'several', detail: '' }, signature: 'unchecked' }),
  'dpop-wellformed/malformed': keyed({ fault: { kind: 'malformed', detail: '' }, signature: 'unchecked' }),
  'dpop-wellformed/algorithm': keyed({ fault: { kind: 'algorithm', detail: '' }, signature: 'unchecked' }),
  'dpop-signature/invalid': keyed({ signature: 'invalid' }),
  'dpop-target/method': keyed({ htm: 'GET' }),
  'dpop-target/uri': keyed({ htu: 'http://evil.test/token' }),
  'dpop-fresh/old': keyed({ iat: NOW / 1000 - 61 }),
  'dpop-fresh/ahead': keyed({ iat: NOW / 1000 + 11 }),
  'dpop-nonce/missing': keyed({ nonce: 'absent' }),
  'dpop-nonce/other': keyed({ nonce: 'other' }),
  'dpop-once/replayed': keyed({ replayed: true }),
  'code-wellformed/empty': handle('empty'),
  'code-wellformed/label': handle('label'),
  'code-wellformed/length': handle('length'),
  'code-wellformed/character': handle('character'),
  'code-known/unknown': without(tokenCase(), 'code', 'grant'),
  'code-client/other-app': tokenCase({ clientId: 'other', client: client({ id: 'other' }) }),
  'code-unused/lost-race': tokenCase({ code: code(used(1)) }),
  'code-unused/replay': tokenCase({ code: code(used(5_000)) }),
  'code-unused/replay-unproven': tokenCase({ code: code(used(5_000)), pkce: 'mismatch' }),
  'code-unused/refresh-reused': refreshCase({ code: refreshToken(used(60_000)) }),
  'code-standing/burned': tokenCase({ code: code({ state: 'burned' }) }),
  'code-standing/revoked': tokenCase({ code: code({ state: 'revoked' }) }),
  'code-standing/superseded': tokenCase({ code: code({ state: 'superseded' }) }),
  'code-standing/grant-ended': tokenCase({ grant: { id: 'gr_1', state: 'revoked', rev: 2 } }),
  'code-standing/restored': tokenCase({ generation: 2 }),
  'code-unexpired/expired': tokenCase({ now: NOW + 300_000 }),
  'code-unexpired/token-expired': refreshCase({ now: NOW + 300_000 }),
  'code-unexpired/early': tokenCase({ now: NOW - 60_000 }),
  'redirect-uri-exact/missing': tokenCase({ request: withoutValue(exchangeRequest(), 'redirect_uri') }),
  'redirect-uri-exact/differs': tokenCase(asking({ redirect_uri: `${REDIRECT}/` })),
  'redirect-uri-registered/unregistered': tokenCase({ client: client({ redirectUris: [] }) }),
  'code-verifier/missing': tokenCase({ pkce: 'absent' }),
  'code-verifier/malformed': tokenCase({ pkce: 'malformed' }),
  'code-verifier/mismatch': tokenCase({ pkce: 'mismatch' }),
  'code-verifier/unasked': tokenCase({ pkce: 'unasked', code: codeBound({ code_challenge: undefined }) }),
  'code-verifier/required': tokenCase({ pkce: 'absent', code: codeBound({ code_challenge: undefined }) }),
  'pairing-key/missing': without(keyedCase(), 'dpop'),
  'pairing-key/other-key': keyed({ jkt: OTHER_JKT }),
  'pairing-id/missing': keyedCase({ dpop: without(proof(), 'pairingId') }),
  'pairing-id/key-type': keyed({ curve: 'P-256' }),
  'pairing-id/other-pairing': keyed({ pairingId: 'other' }),
  'scope-granted/wider': tokenCase(asking({ scope: 'admin' })),
  'scope-included/not-included': tokenCase({ client: client({ scopes: [{ name: 'lamp:read', enabled: true }] }) }),
  'scope-included/empty': tokenCase({ code: codeBound({ scope: [] }) }),
  'refresh-pace/too-often': refreshCase({ pace: { waitSeconds: 10 } }),
  'scope-enabled/disabled': tokenCase({
    client: client({
      scopes: [
        { name: 'lamp:read', enabled: true },
        { name: 'lamp:write', enabled: false },
      ],
    }),
  }),
};

function withoutValue(facts: RequestFacts, parameter: string): RequestFacts {
  const { [parameter]: _, ...values } = facts.values;
  return { ...facts, values };
}

describe('the refusal at the token endpoint', () => {
  it('is known here for every cause of the table', () => {
    expect(Object.keys(TOKEN).sort()).toEqual(causesOf('token'));
  });

  it.each(Object.keys(TOKEN))('is decided by %s', (pair) => {
    const { decisive } = judge('token', TOKEN[pair] as TokenCase);
    expect(`${decisive?.rule}/${decisive?.cause}`).toBe(`oauth.${pair}`);
  });

  it('is the same to the byte for every cause of one error, apart from the reference; only what is too large says so', () => {
    const answers = new Map<string, Set<string>>();
    for (const [i, [pair, c]] of Object.entries(TOKEN).entries()) {
      const { refusal = '' } = judge('token', c).decisive ?? {};
      const tooLarge = c.request.fault?.kind === 'too-large';
      const uri = errorUri(REFERRING, VERDICTS[i % 2] ?? '');
      const group = pair === 'form-readable/too-large' ? '413' : refusal;
      answers.set(group, (answers.get(group) ?? new Set()).add(bytes(tokenRefusal(refusal, uri, {}, tooLarge))));
    }
    expect(Object.fromEntries([...answers].map(([group, set]) => [group, set.size]))).toEqual({
      invalid_request: 1,
      413: 1,
      unsupported_grant_type: 1,
      invalid_client: 1,
      unauthorized_client: 1,
      invalid_dpop_proof: 1,
      use_dpop_nonce: 1,
      invalid_grant: 1,
      invalid_scope: 1,
      slow_down: 1,
    });
  });

  it('says the standard error and the reference, and nothing else', () => {
    const answer = tokenRefusal('invalid_grant', errorUri(REFERRING, VERDICTS[0] ?? ''), {});
    expect(answer).toEqual({
      status: 400,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', pragma: 'no-cache' },
      body: expect.stringMatching(
        new RegExp(`^\\{"error":"invalid_grant","error_uri":"${ISSUER}/r/[0-9A-HJKMNP-TV-Z]{26}"\\}$`),
      ),
    });
    expect(tokenRefusal('invalid_client', '', {})).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': expect.stringMatching(/^Basic /) },
    });
    expect(tokenRefusal('server_error', '', {}).status).toBe(500);
    expect(tokenRefusal('invalid_scope', '', {}).status).toBe(400);
  });

  it('is the same for real requests: a guess, a code of another app, a spent, a dead, a stale and a wrongly proven one', async () => {
    const hub = await oauthHub();
    await hub.register('other_app', {});
    const spent = await hub.mint();
    await hub.post(exchangeForm(spent));
    const stale = await hub.mint();
    hub.pass(300_001);
    const fresh = await hub.mint();
    const guess = `hap5.1-authcode:${'A'.repeat(29)}`;
    const answers = await Promise.all(
      [
        exchangeForm(guess),
        exchangeForm(fresh, { client_id: 'other_app' }),
        exchangeForm(spent),
        exchangeForm(stale),
        exchangeForm(fresh, { redirect_uri: `${REDIRECT}/` }),
        exchangeForm(fresh, { code_verifier: 'x'.repeat(43) }),
        exchangeForm('nonsense'),
        { grant_type: 'refresh_token', refresh_token: `cfr_${'A'.repeat(29)}`, client_id: CLIENT },
      ].map((form) => hub.post(form)),
    );
    expect(new Set(answers.map(({ answer }) => bytes(answer)))).toEqual(
      new Set([bytes(tokenRefusal('invalid_grant', errorUri(REFERRING, VERDICTS[0] ?? ''), {}))]),
    );
    expect(new Set(answers.map(({ answer }) => answer.body.length)).size).toBe(1);
  });

  it('is the same for an unknown client and a wrong secret', async () => {
    const hub = await oauthHub();
    const form = { grant_type: 'authorization_code', code: await hub.mint({ clientId: SERVER }) };
    const answers = await Promise.all(
      [basic('nobody'), basic('__proto__'), basic(SERVER, 'wrong'), { authorization: 'Basic !' }, {}].map((headers) =>
        hub.post(form, headers),
      ),
    );
    expect(new Set(answers.map(({ answer }) => bytes(answer))).size).toBe(1);
    expect(answers[0]?.answer.status).toBe(401);
  });
});

describe('redirectTo', () => {
  it.each([
    ['com.myapp:/callback', 'com.myapp:/callback?code=a&state=b'],
    ['https://a.test/cb?x=1', 'https://a.test/cb?x=1&code=a&state=b'],
  ])('adds to %s', (uri, location) => {
    expect(redirectTo(uri, { code: 'a', state: 'b', error: undefined })).toBe(location);
  });

  it('encodes whatever the state holds', () => {
    expect(redirectTo('x.y:/', { state: '&code=evil#\r\nset-cookie: a=b' })).toBe(
      'x.y:/?state=%26code%3Devil%23%0D%0Aset-cookie%3A+a%3Db',
    );
  });
});
