/** Refreshing: rotation, the ten seconds in which a race is forgiven, and what the reuse of a token costs whom. */
// proves: A5, A30
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addConfidential,
  addPublic,
  atOnce,
  callApi,
  exchangeForm,
  keyedClient,
  refreshForm,
  refused,
  type Tokens,
  tokens,
} from '../support/outside.ts';

const clock = heldClock();
const APP = 'my_app_123';
let t: TestHub;
let secret: string;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  await addPublic(t, 'other_app');
  secret = await addConfidential(t, 'server_app');
});
afterAll(() => t.close());

async function start(client = APP, extra: Record<string, string> = {}): Promise<Tokens & { readonly grant: string }> {
  const minted = await t.hub.operations.mint({ client });
  const issued = await tokens(t, t.token({ ...exchangeForm(client, minted), ...extra }));
  return { ...issued, grant: minted.grant };
}
const refresh = (token: string, client = APP, extra: Record<string, string> = {}): Promise<Response> =>
  t.token({ ...refreshForm(client, token), ...extra });
const stateOf = async (grant: string) => (await t.hub.operations.grants({ id: grant, limit: 1 }))[0]?.state;

describe('rotation', () => {
  it('answers each refresh with a new pair, and both access tokens open the API', async () => {
    const first = await start();
    const second = await tokens(t, refresh(first.refresh_token));
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(second.access_token).not.toBe(first.access_token);
    const third = await tokens(t, refresh(second.refresh_token));
    for (const { access_token: token } of [first, second, third]) expect((await callApi(t, token)).status).toBe(200);
  });

  it('gives 50 parallel refreshes of one token the identical successor, each with a usable access token', async () => {
    const first = await start();
    const pairs = await Promise.all((await atOnce(50, () => refresh(first.refresh_token))).map((a) => tokens(t, a)));
    expect(new Set(pairs.map((pair) => pair.refresh_token)).size).toBe(1);
    expect(new Set(pairs.map((pair) => pair.access_token)).size).toBe(50);
    const calls = await Promise.all(pairs.map((pair) => callApi(t, pair.access_token)));
    expect(calls.map((call) => call.status)).toEqual(pairs.map(() => 200));
    await tokens(t, refresh(pairs[0]?.refresh_token ?? ''));
  });
});

describe('the grace of ten seconds', () => {
  it('answers with the same successor up to 10.000 s', async () => {
    const first = await start();
    const second = await tokens(t, refresh(first.refresh_token));
    clock.move(10_000);
    const again = await tokens(t, refresh(first.refresh_token));
    expect(again.refresh_token).toBe(second.refresh_token);
  });

  it('is over at 10.001 s: the family dies', async () => {
    const first = await start();
    const second = await tokens(t, refresh(first.refresh_token));
    clock.move(10_001);
    const answer = refresh(first.refresh_token);
    expect(await refused(t, answer)).toEqual({
      status: 400,
      error: 'invalid_grant',
      why: 'code-unused/refresh-reused',
    });
    expect(await stateOf(first.grant)).toBe('revoked');
    expect((await refused(t, refresh(second.refresh_token))).why).toMatch(/^code-standing\//);
    for (const pair of [first, second]) expect((await callApi(t, pair.access_token)).status).toBe(401);
  });

  it('is ended by the first use of the successor; within 2 s that is a lost race and revokes nothing', async () => {
    const first = await start();
    const second = await tokens(t, refresh(first.refresh_token));
    const third = await tokens(t, refresh(second.refresh_token));
    clock.move(2_000);
    expect((await refused(t, refresh(first.refresh_token))).why).toBe('code-unused/lost-race');
    expect(await stateOf(first.grant)).toBe('active');
    clock.move(1);
    expect((await refused(t, refresh(first.refresh_token))).why).toBe('code-unused/refresh-reused');
    expect(await stateOf(first.grant)).toBe('revoked');
    expect((await refused(t, refresh(third.refresh_token))).why).toMatch(/^code-standing\//);
  });
});

describe('reuse after the grace', () => {
  it('by a confidential app with its secret gets the same successor again while nobody has used that', async () => {
    const first = await start('server_app', { client_secret: secret });
    const second = await tokens(t, refresh(first.refresh_token, 'server_app', { client_secret: secret }));
    clock.move(3_600_000);
    const again = await tokens(t, refresh(first.refresh_token, 'server_app', { client_secret: secret }));
    expect(again.refresh_token).toBe(second.refresh_token);
    expect(await stateOf(first.grant)).toBe('active');
  });

  it('by a confidential app with its secret kills the family once the successor was used, after 10 s', async () => {
    const first = await start('server_app', { client_secret: secret });
    const second = await tokens(t, refresh(first.refresh_token, 'server_app', { client_secret: secret }));
    await tokens(t, refresh(second.refresh_token, 'server_app', { client_secret: secret }));
    const late = () => refresh(first.refresh_token, 'server_app', { client_secret: secret });
    clock.move(10_000);
    expect((await refused(t, late())).why).toBe('code-unused/lost-race');
    expect(await stateOf(first.grant)).toBe('active');
    clock.move(1);
    expect((await refused(t, late())).why).toBe('code-unused/refresh-reused');
    expect(await stateOf(first.grant)).toBe('revoked');
  });

  it('by a thief without the secret, or by another app, costs the owner nothing', async () => {
    const first = await start('server_app', { client_secret: secret });
    const second = await tokens(t, refresh(first.refresh_token, 'server_app', { client_secret: secret }));
    clock.move(60_000);
    for (const stolen of [
      refresh(first.refresh_token, 'server_app', { client_secret: 'guess' }),
      refresh(first.refresh_token, 'server_app'),
      refresh(first.refresh_token, 'other_app'),
    ]) {
      expect((await stolen).status).toBeGreaterThanOrEqual(400);
    }
    expect(await stateOf(first.grant)).toBe('active');
    await tokens(t, refresh(second.refresh_token, 'server_app', { client_secret: secret }));
  });

  it('of a bearer token of a public app kills the family: possession is all the proof there is', async () => {
    const first = await start();
    await tokens(t, refresh(first.refresh_token));
    clock.move(60_000);
    expect((await refused(t, refresh(first.refresh_token))).why).toBe('code-unused/refresh-reused');
    expect(await stateOf(first.grant)).toBe('revoked');
  });

  it('of a key-bound token kills the family by the key only; without it nothing happens', async () => {
    const [key, thief] = [await proofKey('ES256'), await proofKey('ES256')];
    const app = keyedClient(t, key, clock.now);
    const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt });
    const first = await tokens(t, app.token(exchangeForm(APP, minted)));
    expect(first.token_type).toBe('DPoP');
    const second = await tokens(t, app.token(refreshForm(APP, first.refresh_token)));
    clock.move(60_000);
    const stolen = keyedClient(t, thief, clock.now);
    expect((await refused(t, stolen.token(refreshForm(APP, first.refresh_token)))).why).toBe(
      'code-unused/replay-unproven',
    );
    expect((await refused(t, refresh(first.refresh_token))).why).toBe('code-unused/replay-unproven');
    expect(await stateOf(minted.grant)).toBe('active');
    const again = await tokens(t, app.token(refreshForm(APP, first.refresh_token)));
    expect(again.refresh_token).toBe(second.refresh_token);
    const third = await tokens(t, app.token(refreshForm(APP, second.refresh_token)));
    expect((await refused(t, app.token(refreshForm(APP, first.refresh_token)))).why).toBe('code-unused/refresh-reused');
    expect(await stateOf(minted.grant)).toBe('revoked');
    expect((await app.api(third.access_token)).status).toBe(401);
  });
});

describe('whose token it is', () => {
  it('refuses a live refresh token of another client', async () => {
    const first = await start();
    const answer = refresh(first.refresh_token, 'other_app');
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_grant', why: 'code-client/other-app' });
    await tokens(t, refresh(first.refresh_token));
  });

  it('refuses a live key-bound refresh token without its key', async () => {
    const [key, thief] = [await proofKey('ES256'), await proofKey('ES256')];
    const app = keyedClient(t, key, clock.now);
    const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt });
    const { refresh_token: token } = await tokens(t, app.token(exchangeForm(APP, minted)));
    expect((await refused(t, refresh(token))).why).toBe('pairing-key/missing');
    const stolen = keyedClient(t, thief, clock.now);
    expect((await refused(t, stolen.token(refreshForm(APP, token)))).why).toBe('pairing-key/other-key');
    expect((await tokens(t, app.token(refreshForm(APP, token)))).token_type).toBe('DPoP');
  });

  it('takes an access token, or a code, for no refresh token', async () => {
    const first = await start();
    expect((await refused(t, refresh(first.access_token))).why).toBe('code-wellformed/label');
    const bare = first.access_token.slice('cfa_'.length);
    expect((await refused(t, refresh(bare))).why).toBe('code-known/unknown');
    expect((await callApi(t, first.refresh_token)).status).toBe(401);
    expect((await callApi(t, first.refresh_token.replace('cfr_', 'cfa_'))).status).toBe(401);
  });
});

describe('scope', () => {
  it('can be narrowed for one access token and comes back with the next refresh', async () => {
    const first = await start();
    const narrow = await tokens(t, refresh(first.refresh_token, APP, { scope: 'lamp:read' }));
    expect(narrow.scope).toBe('lamp:read');
    const put = await callApi(t, narrow.access_token, '/api/accessories/lamp', { method: 'PUT', body: '{"on":true}' });
    expect(put.status).toBe(403);
    expect((await tokens(t, refresh(narrow.refresh_token))).scope).toBe('lamp:read lamp:write');
  });

  it('can never be widened', async () => {
    const minted = await t.hub.operations.mint({ client: APP, scopes: ['lamp:read'] });
    const first = await tokens(t, t.token(exchangeForm(APP, minted)));
    for (const scope of ['lamp:read lamp:write', 'lamp:write', 'admin']) {
      const answer = refresh(first.refresh_token, APP, { scope });
      expect(await refused(t, answer)).toEqual({ status: 400, error: 'invalid_scope', why: 'scope-granted/wider' });
    }
    const put = await callApi(t, first.access_token, '/api/accessories/lamp', { method: 'PUT', body: '{"on":true}' });
    expect(put.status).toBe(403);
  });

  it('that was switched off since stops the refresh, and a narrower one goes through', async () => {
    await addPublic(t, 'switched');
    const first = await start('switched');
    await t.hub.operations.editApp('switched', { disabledScopes: ['lamp:write'] });
    expect((await refused(t, refresh(first.refresh_token, 'switched'))).why).toBe('scope-enabled/disabled');
    expect((await tokens(t, refresh(first.refresh_token, 'switched', { scope: 'lamp:read' }))).scope).toBe('lamp:read');
  });
});

describe('lifetimes', () => {
  it('an access token says 3600 s, works in its last millisecond and is refused one later', async () => {
    const first = await start();
    expect(first.expires_in).toBe(3_600);
    clock.move(3_600_000);
    expect((await callApi(t, first.access_token)).status).toBe(200);
    clock.move(1);
    const answer = await callApi(t, first.access_token);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(await refused(t, answer)).toEqual({
      status: 401,
      error: 'invalid_token',
      why: 'code-unexpired/token-expired',
    });
    await tokens(t, refresh(first.refresh_token));
  });

  it('a refresh that comes too late leaves a verdict that says so', async () => {
    const first = await start();
    clock.move(30 * 86_400_000 + 1);
    const answer = refresh(first.refresh_token);
    expect(await refused(t, answer)).toEqual({
      status: 400,
      error: 'invalid_grant',
      why: 'code-unexpired/token-expired',
    });
  });
});
