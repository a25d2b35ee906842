/** Attacks from outside, each with the defence that it meets. What is attacked stands in the title. */
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { appPairings, directSession, switchLamp } from '../support/lamp.ts';
import {
  addConfidential,
  addPublic,
  basic,
  callApi,
  DIRECT_SCOPES,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  refreshForm,
  refused,
  tokens,
} from '../support/outside.ts';
import { sendRaw } from '../support/raw-http.ts';

const APP = 'my_app_123';
const OTHER = 'other_app';
const PAIRING = 'A1B2C3';
let clock = heldClock();
let t: TestHub;

beforeEach(async () => {
  clock = heldClock();
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { scopes: DIRECT_SCOPES });
});
afterEach(async () => {
  await t.close();
});

const WAIT = { timeout: 10_000, interval: 20 };
const effectOf = async ({ grant }: Minted) => (await t.hub.operations.timeline(grant)).effects[0];
const becomes = (minted: Minted, state: string): Promise<void> =>
  vi.waitFor(async () => expect((await effectOf(minted))?.state).toBe(state), { timeout: 10_000, interval: 20 });

/** Exchanges a code that is tied to a pairing, and waits until the accessory has been told. */
async function paired(
  client: string,
  key: ProofKey,
  pairing = PAIRING,
): Promise<{ minted: Minted; app: KeyedClient; access: string; key: ProofKey }> {
  const app = keyedClient(t, key, clock.now, pairing);
  const minted = await t.hub.operations.mint({ client, jkt: key.jkt, pairingId: pairing, scopes: DIRECT_SCOPES });
  const { access_token: access } = await tokens(t, app.token(exchangeForm(client, minted)));
  return { minted, app, access, key };
}
const lamp = (app: KeyedClient, access: string, on: boolean): Promise<Response> =>
  app.api(access, { method: 'PUT', path: '/api/accessories/lamp', body: JSON.stringify({ on }) });

describe('the pairing of somebody else', () => {
  it('is not overwritten by an app that asks for its id with a key of its own, and survives that app', async () => {
    const owner = await proofKey('EdDSA');
    const mine = await paired(APP, owner);
    await becomes(mine.minted, 'done');

    await addPublic(t, OTHER, { scopes: DIRECT_SCOPES });
    const thief = await paired(OTHER, await proofKey('EdDSA'));
    await vi.waitFor(async () => expect((await effectOf(thief.minted))?.lastError).toContain('another key'), {
      timeout: 10_000,
      interval: 20,
    });
    expect(await effectOf(thief.minted)).toMatchObject({ state: 'due' });
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: owner.jwk.x }]);

    await t.hub.operations.revoke(thief.minted.grant);
    await becomes(thief.minted, 'undone');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: owner.jwk.x }]);
    expect((await lamp(mine.app, mine.access, true)).status).toBe(200);
  });

  it('cannot be used by an app that was refused it', async () => {
    const mine = await paired(APP, await proofKey('EdDSA'));
    await becomes(mine.minted, 'done');
    await addPublic(t, OTHER, { scopes: DIRECT_SCOPES });
    const thief = await paired(OTHER, await proofKey('EdDSA'));
    await vi.waitFor(async () => expect((await effectOf(thief.minted))?.lastError).toContain('another key'), WAIT);
    await expect(directSession(t, PAIRING, thief.key)).rejects.toMatchObject({ step: 'pair-verify M4', tlvError: 2 });
    await (await directSession(t, PAIRING, mine.key)).close();
  });

  it('is not the hub’s own: nobody is given a code for it, and the hub keeps it', async () => {
    const own = t.hub.house.identity.id;
    await expect(paired(APP, await proofKey('EdDSA'), own)).rejects.toThrow('the pairing id is the hub’s own');
    expect((await t.hub.lamp.listPairings()).map(({ id }) => id)).toEqual([own]);
  });

  it('stays while another grant of the same app and key needs it, and goes with the last', async () => {
    const key = await proofKey('EdDSA');
    const first = await paired(APP, key);
    await becomes(first.minted, 'done');
    const second = await paired(APP, key);
    await becomes(second.minted, 'done');

    await t.hub.operations.revoke(second.minted.grant);
    await becomes(second.minted, 'undone');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]);
    expect((await lamp(first.app, first.access, true)).status).toBe(200);
    expect((await lamp(second.app, second.access, false)).status).toBe(401);

    await t.hub.operations.revoke(first.minted.grant);
    await becomes(first.minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });

  it('is neither lost nor left behind when grants of it begin and end at once', async () => {
    const key = await proofKey('EdDSA');
    const all = await Promise.all(Array.from({ length: 6 }, () => paired(APP, key)));
    await Promise.all(all.slice(1).map(({ minted }) => t.hub.operations.revoke(minted.grant)));
    for (const { minted } of all.slice(1)) await becomes(minted, 'undone');
    for (const { minted } of all.slice(0, 1)) await becomes(minted, 'done');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]);
    const last = all[0]?.minted;
    if (!last) throw new Error('there are six');
    await t.hub.operations.revoke(last.grant);
    await becomes(last, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });
});

describe('a token that should be dead', () => {
  it('hears nothing more on an open stream once its scope is switched off', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const { access_token: access } = await tokens(t, t.token(exchangeForm(APP, minted)));
    const stream = await callApi(t, access, '/api/events');
    expect(stream.status).toBe(200);
    const reader = stream.body?.getReader();
    await reader?.read();
    await t.hub.operations.editApp(APP, { disabledScopes: ['lamp:read'] });
    await switchLamp(t, true);
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
  });

  it('hears nothing more on an open stream once its app is gone', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const { access_token: access } = await tokens(t, t.token(exchangeForm(APP, minted)));
    const reader = (await callApi(t, access, '/api/events')).body?.getReader();
    await reader?.read();
    await t.hub.oauth.registry.remove('app', APP);
    await switchLamp(t, true);
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
  });
});

describe('an updated code', () => {
  it('is never redeemed beside the code that it took the place of, whoever wins the race', async () => {
    for (let i = 0; i < 20; i++) {
      const minted = await t.hub.operations.mint({ client: APP });
      const update = (): Promise<Minted | undefined> =>
        t.hub.operations.upd(minted.id).then(
          ({ minted: fresh }) => fresh,
          () => undefined,
        );
      const exchange = (): Promise<Response> => t.token(exchangeForm(APP, minted));
      const [old, fresh] = await Promise.all([exchange(), i % 2 ? update() : exchange().then(update)]);
      const later = fresh ? await t.token({ ...exchangeForm(APP, minted), code: fresh.code }) : undefined;
      if (fresh) expect([old.status, later?.status]).toEqual([400, 200]);
      else expect(later).toBeUndefined();
    }
  });

  it('does not bring an expired code back', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    clock.move(300_000);
    const fresh = await t.hub.operations.upd(minted.id);
    clock.move(300_001);
    await expect(t.hub.operations.upd(fresh.minted.id)).rejects.toThrow(/expired/);
  });
});

describe('a pairing-bound grant of a confidential app', () => {
  it('gives no bearer token at refresh: whoever refreshes proves the key again', async () => {
    const secret = await addConfidential(t, OTHER, 'client_secret_basic');
    const key = await proofKey('EdDSA');
    const app = keyedClient(t, key, clock.now, PAIRING);
    const minted = await t.hub.operations.mint({ client: OTHER, jkt: key.jkt, pairingId: PAIRING });
    const form = exchangeForm(OTHER, minted);
    const first = await tokens(t, t.token(form, { ...basic(OTHER, secret), dpop: await app.proof() }));
    expect(first.token_type).toBe('DPoP');
    const bare = t.token(refreshForm(OTHER, first.refresh_token), basic(OTHER, secret));
    expect(await refused(t, bare)).toMatchObject({ status: 400, why: 'pairing-key/missing' });
    const again = await tokens(
      t,
      t.token(refreshForm(OTHER, first.refresh_token), { ...basic(OTHER, secret), dpop: await app.proof() }),
    );
    expect(again.token_type).toBe('DPoP');
    const third = t.token(refreshForm(OTHER, again.refresh_token), basic(OTHER, secret));
    expect(await refused(t, third)).toMatchObject({ why: 'pairing-key/missing' });
  });
});

describe('a request that a proxy and the hub could read differently', () => {
  it('with two Authorization fields is believed in neither', async () => {
    const secret = await addConfidential(t, OTHER, 'client_secret_basic');
    const minted = await t.hub.operations.mint({ client: OTHER });
    const { client_id: _, ...rest } = exchangeForm(OTHER, minted);
    const body = new URLSearchParams(rest).toString();
    const { authorization } = basic(OTHER, secret);
    const head = [
      'POST /token HTTP/1.1',
      'Host: localhost',
      'Connection: close',
      'Content-Type: application/x-www-form-urlencoded',
      `Content-Length: ${body.length}`,
      `Authorization: ${authorization}`,
      `Authorization: ${basic('somebody', 'else')['authorization']}`,
    ];
    const answer = await sendRaw(t.hub.port, `${head.join('\r\n')}\r\n\r\n${body}`);
    expect(answer.status).toBe(401);
  });

  it('with two Host fields is answered by no page', async () => {
    const raw = 'GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n';
    expect((await sendRaw(t.hub.port, raw)).status).not.toBe(200);
  });

  it.each([
    '//token',
    '/token/',
    '/%74oken',
    '/./token',
    '/x/../token',
    '\\token',
    'http://localhost/token',
    '/token;a',
  ])('to %s is not one to /token', async (target) => {
    const raw = `POST ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
    expect([400, 404]).toContain((await sendRaw(t.hub.port, raw)).status);
  });

  it('that would tunnel or upgrade gets neither', async () => {
    const port = t.hub.port;
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(text));
    });
    expect(answer).not.toMatch(/^HTTP\/1\.1 2/);
    const upgrade =
      'GET /api/state HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n';
    expect((await sendRaw(port, upgrade, 2_000)).status).not.toBe(101);
  });
});

describe('another program on this host, whose pages can set cookies for the hub', () => {
  it('signs nobody in by a form of its own, though cookie and token fit each other', async () => {
    await t.hub.operations.addUser('mallory', 'correct horse battery');
    const page = await fetch(`${t.url}/login`);
    const cookie = page.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const csrf = /name="csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    const post = (site: string): Promise<Response> =>
      fetch(`${t.url}/login`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, 'sec-fetch-site': site, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf, name: 'mallory', password: 'correct horse battery', next: '/' }).toString(),
      });
    for (const site of ['same-site', 'cross-site', 'same-site, same-origin']) {
      const answer = await post(site);
      expect(answer.status).toBe(403);
      expect(answer.headers.getSetCookie().join()).not.toContain('session');
    }
    expect((await post('same-origin')).status).toBe(303);
  });
});

describe('a program on this machine with many loopback addresses', () => {
  /** A request from one of them. */
  const from = (localAddress: string, body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port: t.hub.port, host: '127.0.0.1', localAddress }, () =>
        socket.write(
          `POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        ),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', reject);
      socket.on('end', () => resolve(text));
    });

  it.runIf(process.platform === 'linux')('is one source, and fills no disk with one row for each', async () => {
    for (let i = 2; i < 12; i++)
      expect(await from(`127.0.0.${i}`, 'grant_type=x&client_id=nope')).toContain('invalid_');
    const kept = await t.hub.operations.verdicts({});
    expect(kept.map(({ source, times }) => ({ source, times }))).toEqual([{ source: '127.0.0.1', times: 10 }]);
  });
});

describe('a stranger without any code', () => {
  it('makes few rows, however the faults of many requests are combined', async () => {
    const grants = ['authorization_code', 'refresh_token', 'password', 'authorization_code '];
    const verifiers = [undefined, 'x', 'v'.repeat(43)];
    const scopes = [undefined, 'nope', 'lamp:read', ''];
    const uris = [undefined, 'com.myapp:/callback', 'x'];
    for (const grant_type of grants)
      for (const code_verifier of verifiers)
        for (const scope of scopes)
          for (const redirect_uri of uris) {
            const form = { grant_type, code: 'a'.repeat(29), client_id: APP, code_verifier, scope, redirect_uri };
            const sent = Object.entries(form).filter(([, value]) => value !== undefined);
            await t.token(Object.fromEntries(sent) as Record<string, string>);
          }
    const kept = await t.hub.operations.verdicts({ limit: 1_000 });
    expect(kept.reduce((sum, { times }) => sum + times, 0)).toBe(144);
    const causes = new Set(kept.map(({ decisive, cause }) => `${decisive}/${cause}`));
    expect(kept).toHaveLength(causes.size);
    expect(kept.length).toBeLessThan(8);
  });
});

describe('what a stranger could learn from references', () => {
  const present = async (code: string): Promise<string> => {
    const form = { grant_type: 'authorization_code', code, client_id: APP, redirect_uri: 'com.myapp:/callback' };
    return ((await (await t.token(form)).json()) as { error_uri: string }).error_uri;
  };
  const made = (letter: string): string => `hap5.1-authcode:${letter.repeat(29)}`;

  it('is not whether this hub ever minted a string', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    await tokens(t, t.token(exchangeForm(APP, minted)));
    const unknown = [await present(made('a')), await present(made('b'))];
    const dead = [await present(minted.code), await present(minted.code)];
    // Equal references would say: the same string, or both unknown; so no two are.
    expect(new Set([...unknown, ...dead]).size).toBe(4);
  });
});
