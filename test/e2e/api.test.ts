/** The protected API: a snapshot, a switch and a live stream, for whoever holds a token, and for no moment longer. */
// proves: A1, A4, A29, A30, A31, A32, X6
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { proofKey } from '../support/dpop.ts';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { switchLamp } from '../support/lamp.ts';
import {
  addPublic,
  atOnce,
  callApi,
  exchangeForm,
  keyedClient,
  nonceAt,
  refreshForm,
  refused,
  type Tokens,
  tokens,
  verdictOf,
} from '../support/outside.ts';
import { rawRequest } from '../support/raw-http.ts';

const clock = heldClock();
const APP = 'bi_tool';
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
});
afterAll(() => t.close());
afterEach(() => vi.useRealTimers());

async function enter(...scopes: string[]): Promise<Tokens & { readonly grant: string }> {
  const minted = await t.hub.operations.mint({ client: APP, ...(scopes.length > 0 && { scopes }) });
  return { ...(await tokens(t, t.token(exchangeForm(APP, minted)))), grant: minted.grant };
}
const put = (token: string, body: string, id = 'lamp'): Promise<Response> =>
  callApi(t, token, `/api/accessories/${id}`, { method: 'PUT', body });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const watch = (token: string) => openEvents(`${t.url}/api/events`, bearer(token));

describe('what a token opens', () => {
  it('is the state, and the switch, and what was switched is in the state', async () => {
    const { access_token: token } = await enter();
    for (const on of [true, false]) {
      const answer = await put(token, JSON.stringify({ on }));
      expect(answer.status).toBe(200);
      const state = (await (await callApi(t, token)).json()) as { accessories: { id: string; on: boolean }[] };
      expect(state.accessories).toMatchObject([{ id: 'lamp', on }]);
    }
  });

  it('is not what its scopes leave out: 403 insufficient_scope, with the scope that is needed', async () => {
    const { access_token: reader } = await enter('lamp:read');
    const before = await t.hub.lamp.state();
    const answer = await put(reader, '{"on":true}');
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", .*scope="lamp:write"/);
    expect(await refused(t, answer)).toEqual({
      status: 403,
      error: 'insufficient_scope',
      why: 'scope-sufficient/insufficient',
    });
    expect(await t.hub.lamp.state()).toEqual(before);
    const { access_token: writer } = await enter('lamp:write');
    expect((await callApi(t, writer)).status).toBe(403);
    expect((await callApi(t, writer, '/api/events')).status).toBe(403);
  });

  it('is nothing without a token, and then no error code is said (RFC 6750 §3.1)', async () => {
    for (const path of ['/api/state', '/api/events']) {
      const answer = await fetch(t.url + path);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="counterfoil", DPoP algs=/);
      expect(answer.headers.get('www-authenticate')).not.toContain('error');
      expect(await answer.json()).toEqual({ error: 'unauthorized' });
    }
  });

  it('is nothing with a token that is made up, in the query, in the body, or under another scheme', async () => {
    const { access_token: token } = await enter();
    const state = `${t.url}/api/state`;
    expect((await fetch(`${state}?access_token=${token}`)).status).toBe(401);
    expect((await fetch(state, { headers: { authorization: `Basic ${token}` } })).status).toBe(401);
    expect((await fetch(state, { headers: { authorization: token } })).status).toBe(401);
    expect((await refused(t, callApi(t, token.toLowerCase()))).error).toBe('invalid_token');
    expect((await refused(t, callApi(t, `${token}0`))).why).toBe('code-wellformed/length');
  });

  it('refuses a body that is no switch, and an accessory that is not there', async () => {
    const { access_token: token } = await enter();
    for (const body of ['', '{', 'null', '[]', '{"on":1}', '{"on":"true"}', `{"on":${'['.repeat(30_000)}`]) {
      expect((await put(token, body)).status, body.slice(0, 20)).toBe(400);
    }
    expect((await put(token, '{"on":true}', '__proto__')).status).toBe(404);
    expect((await put(token, '{"on":true}', 'lamp2')).status).toBe(404);
  });
});

describe('the live stream', () => {
  it('begins with the state and tells every change in order', async () => {
    const { access_token: token } = await enter();
    await switchLamp(t, false);
    const stream = await watch(token);
    for (const on of [true, false, true]) await put(token, JSON.stringify({ on }));
    await stream.until(4);
    expect(stream.events.map((event) => event.data.on)).toEqual([false, true, false, true]);
    expect(stream.events.map((event) => event.id)).toEqual(['1', '2', '3', '4']);
    expect(new Set(stream.events.map((event) => event.event))).toEqual(new Set(['state']));
    stream.close();
  });

  it('delivers nothing that happened after the revocation was answered, and ends', async () => {
    for (let round = 0; round < 5; round++) {
      const { access_token: token, grant } = await enter();
      const stream = await watch(token);
      await stream.until(1);
      const busy = Promise.all(Array.from({ length: 20 }, (_, i) => switchLamp(t, i % 2 === 0)));
      await t.hub.operations.revoke(grant);
      const revokedAt = clock.now();
      clock.move(1);
      await busy;
      for (let i = 0; i < 5; i++) await switchLamp(t, i % 2 === 0);
      await stream.ended;
      expect(stream.events.filter((event) => event.data.changedAt > revokedAt)).toEqual([]);
      expect((await callApi(t, token)).status).toBe(401);
    }
  });

  it('of a revoked token is ended within one sign of life, though nothing happens', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { access_token: token, grant } = await enter();
    const stream = await watch(token);
    await stream.until(1);
    await t.hub.operations.revoke(grant);
    vi.advanceTimersByTime(15_000);
    await stream.ended;
    expect(stream.events).toHaveLength(1);
  });

  it('ends when its token expires, and not before', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const { access_token: token } = await enter();
    const stream = await watch(token);
    await stream.until(1);
    clock.move(3_600_000);
    await switchLamp(t, !stream.events[0]?.data.on);
    await stream.until(2);
    clock.move(1);
    vi.advanceTimersByTime(15_000);
    await stream.ended;
    expect(stream.events).toHaveLength(2);
  });

  it('ends with the app, when that is removed', async () => {
    await addPublic(t, 'passing');
    const minted = await t.hub.operations.mint({ client: 'passing' });
    const { access_token: token } = await tokens(t, t.token(exchangeForm('passing', minted)));
    const stream = await watch(token);
    await stream.until(1);
    await t.hub.operations.removeApp('passing');
    await switchLamp(t, false);
    await stream.ended;
    expect(stream.events).toHaveLength(1);
  });

  it('is given to 256 at once, 16 for one grant, and watchers that hang up while they are let in take no place for ever', async () => {
    const key = await proofKey('ES256');
    const app = keyedClient(t, key, clock.now);
    const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt });
    const { access_token: bound } = await tokens(t, app.token(exchangeForm(APP, minted)));
    const nonce = await nonceAt(t, '/api/state');
    const ath = createHash('sha256').update(bound).digest('base64url');
    // Verifying a proof takes a moment, so that some of these are gone when the stream would begin.
    await atOnce(300, async (i) => {
      const dpop = await app.proof({ htm: 'GET', htu: `${t.hub.issuer}/api/events`, nonce, ath });
      const headers = { authorization: `DPoP ${bound}`, dpop, connection: 'keep-alive' };
      const socket = connect(t.hub.port, '127.0.0.1', () =>
        socket.write(rawRequest({ target: '/api/events', headers }), () =>
          setTimeout(() => socket.resetAndDestroy(), i % 20),
        ),
      );
      socket.on('error', () => undefined);
      await once(socket, 'close');
    });
    const grants = await atOnce(16, async () => ({ token: (await enter()).access_token, held: [] as EventStream[] }));
    const fill = async (): Promise<void> => {
      for (const { token, held } of grants) {
        const opened = await Promise.allSettled(Array.from({ length: 16 - held.length }, () => watch(token)));
        for (const one of opened) if (one.status === 'fulfilled') held.push(one.value);
        expect(held).toHaveLength(16);
        if (token !== grants.at(-1)?.token) await expect(watch(token)).rejects.toThrow('429');
      }
    };
    await vi.waitFor(fill, { timeout: 10_000, interval: 200 });
    const { access_token: late } = await enter();
    await expect(watch(late)).rejects.toThrow('503');
    for (const stream of grants.flatMap(({ held }) => held)) stream.close();
    await vi.waitFor(async () => (await watch(late)).close(), { timeout: 10_000, interval: 100 });
    expect(t.faults.map(String)).toEqual([]);
  });

  it('that is left open does not keep the hub from closing', async () => {
    const other = await startTestHub();
    await addPublic(other, APP);
    const { access_token: token } = await tokens(
      other,
      other.token(exchangeForm(APP, await other.hub.operations.mint({ client: APP }))),
    );
    const stream = await openEvents(`${other.url}/api/events`, bearer(token));
    await stream.until(1);
    await other.close();
    await stream.ended;
    expect(other.faults).toEqual([]);
  });
});

describe("the grant's timeline", () => {
  it('shows the exchange and the first API call, once', async () => {
    const { access_token: token, grant } = await enter();
    for (let i = 0; i < 3; i++) await callApi(t, token);
    const { verdicts, codes } = await t.hub.operations.timeline(grant);
    expect(verdicts.map((verdict) => [verdict.action, verdict.ok])).toEqual([
      ['authorize', true],
      ['token', true],
      ['resource', true],
    ]);
    expect(codes.map((code) => code.purpose).sort()).toEqual(['access_token', 'authorization_code', 'refresh_token']);
  });
});

describe("the business intelligence tool's bad morning", () => {
  let first: Tokens;
  beforeEach(async () => {
    first = await enter();
  });

  it('one query by client tells the dead token from the wrong redirect URI, and after the mend the data flows', async () => {
    clock.move(3_600_001);
    expect((await callApi(t, first.access_token)).status).toBe(401);
    clock.move(30 * 86_400_000);
    expect((await refused(t, t.token(refreshForm(APP, first.refresh_token)))).error).toBe('invalid_grant');
    const page = await fetch(authorizeUrl('com.myapp:/Callback'), { redirect: 'manual' });
    expect(page.status).toBe(400);

    const refusals = (await t.hub.operations.verdicts({ client: APP, since: clock.now() })).filter((v) => !v.ok);
    expect(refusals.map((v) => `${v.action} ${v.decisive}/${v.cause}`).sort()).toEqual([
      'authorize oauth.redirect-uri-registered/unregistered',
      'token oauth.code-unexpired/token-expired',
    ]);

    await t.hub.operations.editApp(APP, { redirectUris: ['com.myapp:/Callback'] });
    expect((await fetch(authorizeUrl('com.myapp:/Callback'))).status).toBe(200);
    const again = await enter();
    expect((await callApi(t, again.access_token)).status).toBe(200);
    await t.hub.operations.editApp(APP, { redirectUris: ['com.myapp:/callback'] });
  });

  it('a refused call carries its own checklist, behind the reference', async () => {
    clock.move(3_600_001);
    const verdict = await verdictOf(t, callApi(t, first.access_token));
    expect(JSON.stringify(verdict.checks)).toContain('refresh; when that is refused too, start again at /authorize');
    expect(verdict.subject).toBe(APP);
  });

  function authorizeUrl(redirectUri: string): string {
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: APP,
      redirect_uri: redirectUri,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    return `${t.url}/authorize?${query}`;
  }
});
