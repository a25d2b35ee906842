/** Two and four nodes share one database: any request of a flow may reach any of them, and none keeps what another needs. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as client from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { proofKey } from '../support/dpop.ts';
import { openEvents } from '../support/event-stream.ts';
import type { TestHub } from '../support/hub.ts';
import { appPairings } from '../support/lamp.ts';
import { type Nodes, type SharedData, startNodes } from '../support/nodes.ts';
import {
  addPublic,
  atOnce,
  callApi,
  DIRECT_SCOPES,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  nonceAt,
  REDIRECT_URI,
  refreshForm,
  type Tokens,
  tokens,
  verdictOf,
} from '../support/outside.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { PASSWORD, signedIn, signIn, type Visitor, visitor } from '../support/visitor.ts';
import { authorizePath, SESSION } from './people.ts';

const APP = 'my_app_123';
/** RFC 7636 Appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

let server: PostgresServer | undefined;
afterAll(() => server?.stop());

/** One file, opened by each node for itself, as processes do. */
async function file(): Promise<SharedData> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
  return {
    open: async () => openSqlite({ path: join(folder, 'hub.db') }),
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** One database of a real server; it is thrown away with the server. */
async function database(): Promise<SharedData> {
  server ??= await startPostgres();
  const place = server.place();
  return { open: () => openPostgres(place), remove: async () => undefined };
}

describe.each([
  { count: 2, store: 'SQLite file', share: file },
  { count: 4, store: 'SQLite file', share: file },
  { count: 2, store: 'PostgreSQL database', share: database },
  { count: 4, store: 'PostgreSQL database', share: database },
])('$count nodes on one $store', ({ count, share }) => {
  let nodes: Nodes;
  beforeAll(async () => {
    nodes = await startNodes(count, await share());
    await addPublic(nodes.t, APP, { scopes: DIRECT_SCOPES });
    for (const name of ['ada', 'bob']) await nodes.t.hub.operations.addUser(name, PASSWORD);
  });
  afterAll(() => nodes.close());
  afterEach(() => expect(nodes.t.faults).toEqual([]));

  const enter = async (): Promise<Tokens & { readonly grant: string }> => {
    const minted = await nodes.t.hub.operations.mint({ client: APP });
    return { ...(await tokens(nodes.t, nodes.t.token(exchangeForm(APP, minted)))), grant: minted.grant };
  };
  /** Is the person signed in, asked at each node? */
  const knownAt = (cookie: string): Promise<boolean[]> =>
    Promise.all(
      nodes.each.map(async ({ url }) => {
        const page = await fetch(url, { headers: { cookie: `${SESSION}=${cookie}` } });
        return (await page.text()).includes('Signed in as');
      }),
    );

  it('serve the whole flow of a foreign client with DPoP, each request at the next node', async () => {
    const from = nodes.served.length;
    const config = await client.discovery(new URL(nodes.t.hub.issuer), APP, undefined, client.None(), {
      algorithm: 'oauth2',
      execute: [client.allowInsecureRequests],
    });
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('Ed25519'));
    const verifier = client.randomPKCECodeVerifier();
    const state = client.randomState();
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: REDIRECT_URI,
      scope: 'lamp:read lamp:write',
      state,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
    });
    const person = visitor(nodes.t.url);
    const consent = await signIn(person, await person.get(url.pathname + url.search), 'ada', PASSWORD);
    const { location = '' } = await person.submit(consent, '/authorize', { decision: 'allow' });
    const checks = { pkceCodeVerifier: verifier, expectedState: state };
    const issued = await client.authorizationCodeGrant(config, new URL(location), checks, undefined, { DPoP });
    const read = (token: string) => {
      const api = new URL(`${nodes.t.hub.issuer}/api/state`);
      return client.fetchProtectedResource(config, token, api, 'GET', undefined, undefined, { DPoP });
    };
    for (let i = 0; i < 2 * count; i++) expect((await read(issued.access_token)).status).toBe(200);
    const next = await client.refreshTokenGrant(config, issued.refresh_token ?? '', undefined, { DPoP });
    for (let i = 0; i < 2 * count; i++) expect((await read(next.access_token)).status).toBe(200);

    const flow = nodes.served.slice(from);
    expect(flow.every(({ node }, i) => i === 0 || node === ((flow[i - 1]?.node ?? 0) + 1) % count)).toBe(true);
    const called = new Set(flow.filter(({ what }) => what === 'GET /api/state').map(({ node }) => node));
    expect(called.size).toBe(count);
  });

  it('take each step of a flow at another node than the step before', async () => {
    let step = 0;
    const next = (): TestHub => nodes.each[step++ % count] as TestHub;
    const cookies = new Map<string, string>();
    const key = await proofKey('EdDSA');
    /** The same browser, at whichever node is next. */
    const browser = (): Visitor => {
      const at = visitor(next().url);
      for (const [name, value] of cookies) at.cookies.set(name, value);
      return at;
    };
    const keep = (from: Visitor): void => {
      for (const [name, value] of from.cookies) cookies.set(name, value);
    };
    const path = authorizePath({ dpop_jkt: key.jkt, code_challenge: CHALLENGE });
    const asking = browser();
    const login = await asking.get(path);
    keep(asking);
    const signing = browser();
    expect((await signing.submit(login, '/login', { name: 'ada', password: PASSWORD })).location).toBe(path);
    keep(signing);
    const consent = await browser().get(path);
    const { location = '' } = await browser().submit(consent, '/authorize', { decision: 'allow' });
    const code = new URL(location).searchParams.get('code') ?? '';
    const app = (): KeyedClient => keyedClient(next(), key, Date.now);
    const exchange = { grant_type: 'authorization_code', client_id: APP, redirect_uri: REDIRECT_URI, code };
    const issued = await tokens(nodes.t, app().token({ ...exchange, code_verifier: VERIFIER }));
    const fresh = await tokens(nodes.t, app().token(refreshForm(APP, issued.refresh_token)));
    for (const { access_token: token } of [issued, fresh, issued, fresh]) {
      expect((await app().api(token)).status).toBe(200);
    }
  });

  it('sign a person out everywhere, by signing out at any of them', async () => {
    const person = await signedIn(nodes.t.url);
    const cookie = person.cookies.get(SESSION) ?? '';
    expect(await knownAt(cookie)).toEqual(Array(count).fill(true));
    expect((await person.submit(await person.get('/'), '/logout', {})).status).toBe(303);
    expect(await knownAt(cookie)).toEqual(Array(count).fill(false));
  });

  it('end all sessions of one person at once, and nobody else is signed out', async () => {
    await nodes.t.hub.sessions.closeAll('ada');
    const [ada, again, bob] = [
      await signedIn(nodes.t.url),
      await signedIn(nodes.t.url),
      await signedIn(nodes.t.url, 'bob'),
    ];
    const cookieOf = (person: Visitor): string => person.cookies.get(SESSION) ?? '';
    expect(await nodes.each.at(-1)?.hub.sessions.closeAll('ada')).toBe(2);
    for (const person of [ada, again]) expect(await knownAt(cookieOf(person))).toEqual(Array(count).fill(false));
    expect(await knownAt(cookieOf(bob))).toEqual(Array(count).fill(true));
  });

  it('take a sign-in link of one of them at any other, once', async () => {
    const { path } = (await nodes.each[0]?.hub.sessions.issueLink('ada')) ?? { path: '' };
    const answers = await atOnce(4 * count, async (i) => visitor(nodes.each[i % count]?.url ?? '').get(path));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(4 * count - 1).fill(401)]);
  });

  it('let somebody who guesses a password fail at most five times each', async () => {
    const person = visitor(nodes.t.url);
    const page = await person.get('/login');
    const statuses: number[] = [];
    for (let i = 0; i < 6 * count; i++) {
      statuses.push((await person.submit(page, '/login', { name: 'bob', password: 'not the password' })).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(5 * count);
    expect(statuses.filter((status) => status === 429)).toHaveLength(count);
  });

  it('redeem a code once, however many are asked at the same time', async () => {
    const minted = await nodes.t.hub.operations.mint({ client: APP });
    const answers = await atOnce(10 * count, () => nodes.t.token(exchangeForm(APP, minted)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const lost = answers.find(({ status }) => status !== 200);
    expect(await verdictOf(nodes.t, lost as Response)).toMatchObject({ cause: 'lost-race' });
  });

  it('answer parallel refreshes with one and the same successor', async () => {
    const { refresh_token: token } = await enter();
    const answers = await atOnce(10 * count, () => tokens(nodes.t, nodes.t.token(refreshForm(APP, token))));
    expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
  });

  it('take a DPoP proof at the API once, whichever nodes hear its copies', async () => {
    const key = await proofKey('ES256');
    const app = keyedClient(nodes.t, key, Date.now);
    const minted = await nodes.t.hub.operations.mint({ client: APP, jkt: key.jkt });
    const { access_token: token } = await tokens(nodes.t, app.token(exchangeForm(APP, minted)));
    for (let round = 0; round < 3; round++) {
      const nonce = await nonceAt(nodes.t, '/api/state');
      const ath = createHash('sha256').update(token).digest('base64url');
      const proof = await app.proof({ htm: 'GET', htu: `${nodes.t.hub.issuer}/api/state`, nonce, ath });
      const answers = await atOnce(3 * count, () => app.api(token, { proof }));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect((await app.api(token, { proof })).status).toBe(401);
    }
  });

  it('tell a stream of one of them what another switched, and end it when another revokes', async () => {
    const { access_token: token, grant } = await enter();
    const [a, b] = nodes.each.map(({ url }) => url);
    const c = nodes.each[2 % count];
    const stream = await openEvents(`${a}/api/events`, { authorization: `Bearer ${token}` });
    await stream.until(1);
    const on = !stream.events[0]?.data.on;
    const put = { method: 'PUT', body: JSON.stringify({ on }) };
    expect((await callApi({ ...nodes.t, url: b ?? '' }, token, '/api/accessories/lamp', put)).status).toBe(200);
    await stream.until(2);
    expect(stream.events[1]?.data.on).toBe(on);
    await c?.hub.operations.revoke(grant);
    await stream.ended;
    for (const { url } of nodes.each) expect((await callApi({ ...nodes.t, url }, token)).status).toBe(401);
  });

  it('pair and unpair one and the same lamp, whichever of them does the work', async () => {
    const key = await proofKey('EdDSA');
    const app = keyedClient(nodes.t, key, Date.now, 'A1B2C3');
    const minted = await nodes.t.hub.operations.mint({
      client: APP,
      jkt: key.jkt,
      pairingId: 'A1B2C3',
      scopes: DIRECT_SCOPES,
    });
    await tokens(nodes.t, app.token(exchangeForm(APP, minted)));
    const listed = () => Promise.all(nodes.each.map(async ({ hub }) => (await appPairings({ hub })).map((p) => p.id)));
    const wait = { timeout: 20_000, interval: 50 };
    await vi.waitFor(async () => expect(await listed()).toEqual(Array(count).fill(['A1B2C3'])), wait);
    await nodes.each.at(-1)?.hub.operations.revoke(minted.grant);
    await vi.waitFor(async () => expect(await listed()).toEqual(Array(count).fill([])), wait);
  });
});
