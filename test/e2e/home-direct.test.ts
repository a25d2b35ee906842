/**
 * Pairings of an app's own on the accessory: given by a code that is bound to the app's pairing id and key, with one key or
 * two, and taken back when the grant ends; each over real HAP, and believed only when it was read back.
 */
// proves: C9, C10, C8
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Effect } from '../../src/core/model.ts';
import { effectWords } from '../../src/profiles/home/effects.ts';
import { signStatement, thumbprintOf } from '../../src/profiles/home/prove/hap-key.ts';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import type { Minted, MintInput } from '../../src/server/operations.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { listedBy, pairWith, startAccessory, type TestAccessory } from '../support/accessories.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { appPairings, directSession } from '../support/lamp.ts';
import { startNodes } from '../support/nodes.ts';
import {
  addPublic,
  atOnce,
  callApi,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  nonceAt,
  REDIRECT_URI,
  refreshForm,
  refused,
  type Tokens,
  tokens,
  verdictOf,
} from '../support/outside.ts';
import { PASSWORD, signedIn, visitor } from '../support/visitor.ts';
import { APP, authorizePath, consentOf } from './people.ts';

const PAIRING = 'A1B2C3D4-0000-4000-8000-000000000001';
const SCOPES = ['home:lamp:direct', 'home:door:direct', 'home:*:rws'];
/** RFC 7636 Appendix B; `authorizePath` has its challenge. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const soon = { timeout: 10_000, interval: 20 };

/** What a token answer says of pairings. */
interface Told {
  readonly pairings?: readonly {
    readonly accessory: string;
    readonly state: string;
    readonly accessory_id: string;
    readonly ltpk: string;
    readonly status_uri: string;
  }[];
}

let clock = heldClock();
let t: TestHub;
let door: TestAccessory;
let key: ProofKey;
let app: KeyedClient;

beforeEach(async () => {
  clock = heldClock();
  t = await startTestHub({ clock: clock.now });
  door = await startAccessory();
  await pairWith(t, door);
  await addPublic(t, APP, { scopes: SCOPES });
  key = await proofKey('EdDSA');
  app = keyedClient(t, key, clock.now, PAIRING);
});
afterEach(async () => {
  await t.close();
  await door.close();
  expect(t.faults).toEqual([]);
});

const mint = (scope = 'home:lamp:direct', more: Partial<MintInput> = {}): Promise<Minted> =>
  t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: scope.split(' '), ...more });
async function redeem(scope?: string, more: Partial<MintInput> = {}) {
  const minted = await mint(scope, more);
  const issued = (await tokens(t, app.token(exchangeForm(APP, minted)))) as Tokens & Told;
  return { minted, issued };
}
const effectsOf = async ({ grant }: Pick<Minted, 'grant'>): Promise<readonly Effect[]> =>
  (await t.hub.operations.timeline(grant)).effects;
const become = (minted: Pick<Minted, 'grant'>, ...states: string[]): Promise<void> =>
  vi.waitFor(async () => expect((await effectsOf(minted)).map(({ state }) => state)).toEqual(states), soon);
const status = async ({ access_token: token }: Tokens): Promise<unknown> =>
  (await app.api(token, { path: '/api/pairings' })).json();

describe('a code for a pairing', () => {
  it('is answered at once with the pairing still due, the accessory’s id and key, and where to look again', async () => {
    await door.server.close();
    const { minted, issued } = await redeem('home:door:direct');
    const { id, publicKey } = door.server.identity();
    const who = { accessory_id: id, ltpk: Buffer.from(publicKey).toString('base64url') };
    const uri = `${t.hub.issuer}/api/pairings`;
    expect(issued.pairings).toEqual([{ accessory: 'door', state: 'due', ...who, status_uri: uri }]);
    const due = { accessory: 'door', pairing_id: PAIRING, state: 'due', says: 'still due', ...who };
    expect(await status(issued)).toEqual({ pairings: [due] });
    await vi.waitFor(async () => expect((await effectsOf(minted))[0]?.lastError).toBeDefined(), soon);
    await door.server.listen();
    clock.move(8_000);
    await become(minted, 'done');
    expect(await status(issued)).toEqual({ pairings: [{ ...due, state: 'done', says: 'done, read back' }] });
    expect(listedBy(door, t.hub)).toEqual([{ id: PAIRING, key: key.jwk.x, admin: false }]);
  });

  it('tells the lamp’s own id and key too, though nobody has needed the lamp before, or as soon as it is there', async () => {
    const { issued } = await redeem();
    const { id, key: ltpk } = await t.hub.lamp.identity();
    expect(issued.pairings).toMatchObject([{ accessory: 'lamp', accessory_id: id, ltpk }]);
    const other = await startTestHub({ clock: clock.now });
    try {
      await other.hub.lamp.plug(false);
      await addPublic(other, APP, { scopes: SCOPES });
      const client = keyedClient(other, key, clock.now, PAIRING);
      const bound = { client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: ['home:lamp:direct'] };
      const answer = client.token(exchangeForm(APP, await other.hub.operations.mint(bound)));
      const away = (await tokens(other, answer)) as Tokens & Told;
      expect(away.pairings?.[0]).not.toHaveProperty('ltpk');
      const look = async () => (await client.api(away.access_token, { path: '/api/pairings' })).json();
      await other.hub.lamp.plug(true);
      const known = await other.hub.lamp.identity();
      expect(await look()).toMatchObject({ pairings: [{ accessory_id: known.id, ltpk: known.key }] });
    } finally {
      await other.close();
    }
  });

  it('pairs with each accessory that it names, and with no other; and keeps what it may do through the hub', async () => {
    const { minted, issued } = await redeem('home:lamp:direct home:door:direct home:lamp/lightbulb/on:rw');
    expect(issued.pairings?.map(({ accessory }) => accessory)).toEqual(['lamp', 'door']);
    await become(minted, 'done', 'done');
    expect(listedBy(door, t.hub)).toEqual([{ id: PAIRING, key: key.jwk.x, admin: false }]);
    expect(await appPairings(t)).toHaveLength(1);
    const through = await app.api(issued.access_token, { path: '/api/characteristics', claims: {} });
    expect(through.status).toBe(400);
    await t.hub.operations.revoke(minted.grant);
    await become(minted, 'undone', 'undone');
    expect(listedBy(door, t.hub)).toEqual([]);
    expect(await appPairings(t)).toEqual([]);
  });

  it('owes nothing again when its tokens are refreshed, and its status is for whoever holds them only', async () => {
    const { minted, issued } = await redeem();
    await become(minted, 'done');
    const again = (await tokens(t, app.token(refreshForm(APP, issued.refresh_token)))) as Tokens & Told;
    expect(again.pairings).toBeUndefined();
    expect(await effectsOf(minted)).toHaveLength(1);
    expect(await status(again)).toMatchObject({ pairings: [{ state: 'done' }] });
    expect((await fetch(`${t.url}/api/pairings`)).status).toBe(401);
    const other = await t.hub.operations.mint({ client: APP, scopes: ['home:lamp:r'] });
    const { access_token: bearer } = await tokens(t, t.token(exchangeForm(APP, other)));
    expect(await (await callApi(t, bearer, '/api/pairings')).json()).toEqual({ pairings: [] });
    expect((await callApi(t, issued.access_token, '/api/pairings')).status).toBe(401);
  });
});

describe('no pairing comes of', () => {
  const nothing = async (minted: Pick<Minted, 'grant'>): Promise<void> => {
    expect(await effectsOf(minted)).toEqual([]);
    expect(await appPairings(t)).toEqual([]);
    expect(listedBy(door, t.hub)).toEqual([]);
  };

  it('a grant that is limited to capabilities, tied to a pairing or not, whatever the app sends at /token', async () => {
    const { minted, issued } = await redeem('home:lamp/lightbulb/on:rw');
    expect(issued.pairings).toBeUndefined();
    await nothing(minted);
    const wider = await mint('home:lamp:rws');
    const form = exchangeForm(APP, wider);
    expect(await refused(t, app.token({ ...form, scope: 'home:lamp:direct' }))).toMatchObject({
      error: 'invalid_scope',
      why: 'scope-granted/wider',
    });
    const answer = await app.token({ ...form, hap_key: 'x.y.z' });
    expect(await refused(t, answer)).toMatchObject({
      status: 400,
      error: 'invalid_scope',
      why: 'home.direct-not-limited/limited',
    });
    expect(JSON.stringify((await verdictOf(t, answer)).checks)).toContain('an accessory cannot limit a pairing');
    await nothing(wider);
    expect((await app.token(form)).status).toBe(200);
    await nothing(wider);
  });

  it('limits and a pairing on one accessory together: the person is asked nothing that would be untrue', async () => {
    const scopes = ['home:lamp:direct', 'home:lamp/lightbulb/brightness:rw[10..60]'];
    await addPublic(t, 'mixed', { scopes });
    const bound = { client: 'mixed', jkt: key.jkt, pairingId: PAIRING };
    await expect(t.hub.operations.mint({ ...bound, scopes })).rejects.toThrow(/limits void/);
    const query = { client_id: 'mixed', scope: scopes.join(' '), dpop_jkt: key.jkt, pairing_id: PAIRING };
    await t.hub.operations.addUser('ada', PASSWORD);
    const page = await (await signedIn(t.url)).get(authorizePath(query));
    const location = new URL(page.location ?? '');
    expect(location.searchParams.get('error')).toBe('invalid_scope');
  });

  it('a request without a pairing id or a key', async () => {
    const scopes = ['home:lamp:direct'];
    await expect(t.hub.operations.mint({ client: APP, scopes })).rejects.toThrow(/not bound to a pairing id and a key/);
    await expect(t.hub.operations.mint({ client: APP, scopes, jkt: key.jkt })).rejects.toThrow(/pairing id/);
  });

  it('the hub’s own pairing id, one that no accessory can keep, or an accessory that is not here', async () => {
    await expect(mint('home:lamp:direct', { pairingId: t.hub.house.identity.id })).rejects.toThrow(/hub’s own/);
    await expect(mint('home:lamp:direct', { pairingId: 'x'.repeat(37) })).rejects.toThrow(/36/);
    await addPublic(t, 'cellar', { scopes: ['home:cellar:direct'] });
    await expect(mint('home:cellar:direct', { client: 'cellar' })).rejects.toThrow(/knows no accessory by this id/);
  });

  it('a key that is no Ed25519 key', async () => {
    const p256 = await proofKey('ES256');
    const minted = await mint('home:lamp:direct', { jkt: p256.jkt });
    const answer = keyedClient(t, p256, clock.now, PAIRING).token(exchangeForm(APP, minted));
    expect(await refused(t, answer)).toMatchObject({ error: 'invalid_grant', why: 'pairing-id/key-type' });
    await nothing(minted);
  });

  it.each(['0100000000000000000000000000000000000000000000000000000000000000', '00'.repeat(32)])(
    'a key for which everybody can sign: %s',
    async (hex) => {
      const x = Buffer.from(hex, 'hex').toString('base64url');
      const weak: ProofKey = { ...key, jwk: { kty: 'OKP', crv: 'Ed25519', x }, jkt: thumbprintOf(x) };
      const minted = await mint('home:lamp:direct', { jkt: weak.jkt });
      const proof = await keyedClient(t, weak, clock.now, PAIRING).proof();
      // R the neutral point and S nothing: what many verifiers take for a signature by such a key.
      const forged = Buffer.concat([Buffer.from('01', 'hex'), Buffer.alloc(63)]).toString('base64url');
      for (const dpop of [proof, `${proof.slice(0, proof.lastIndexOf('.'))}.${forged}`]) {
        const answer = await t.token(exchangeForm(APP, minted), { dpop });
        expect((await refused(t, answer)).status).toBe(400);
      }
      await nothing(minted);
    },
  );

  it('another pairing’s proof, or another key’s', async () => {
    const minted = await mint();
    const other = keyedClient(t, key, clock.now, 'A1B2C3D4-0000-4000-8000-000000000002');
    expect((await refused(t, other.token(exchangeForm(APP, minted)))).why).toMatch(/^pairing-id\//);
    const thief = keyedClient(t, await proofKey('EdDSA'), clock.now, PAIRING);
    expect((await refused(t, thief.token(exchangeForm(APP, minted)))).why).toMatch(/^pairing-key\//);
    expect((await refused(t, t.token(exchangeForm(APP, minted)))).why).toMatch(/^pairing-key\//);
    await nothing(minted);
  });
});

describe('two keys, when both were named at consent', () => {
  let hap: ProofKey;
  let hapKey: ReturnType<typeof createPrivateKey>;
  let sender: KeyedClient;
  let form: Record<string, string>;
  let grant: string;

  /** A person allows it in a browser; the code is bound to both keys. */
  beforeEach(async () => {
    hap = await proofKey('EdDSA');
    hapKey = createPrivateKey({ key: hap.secretJwk as never, format: 'jwk' });
    key = await proofKey('ES256');
    sender = keyedClient(t, key, clock.now, PAIRING);
    await t.hub.operations.addUser('ada', PASSWORD);
    form = await allowed({ hap_jkt: hap.jkt });
    grant = (await t.hub.operations.grants({ client: APP, limit: 1 }))[0]?.id ?? '';
  });

  async function allowed(extra: Record<string, string>): Promise<Record<string, string>> {
    const person = await signedIn(t.url);
    const page = await person.get(
      authorizePath({ scope: 'home:lamp:direct', dpop_jkt: key.jkt, pairing_id: PAIRING, ...extra }),
    );
    const answer = await person.post('/authorize', { ...consentOf(page), decision: 'allow' });
    const code = new URL(answer.location ?? '').searchParams.get('code') ?? '';
    return {
      grant_type: 'authorization_code',
      client_id: APP,
      redirect_uri: REDIRECT_URI,
      code,
      code_verifier: VERIFIER,
    };
  }
  const stating = (names: Partial<Parameters<typeof signStatement>[2]> = {}, by = hapKey, x = hap.jwk.x): string =>
    signStatement(by, x ?? '', {
      aud: t.hub.issuer,
      code: form['code'] ?? '',
      jkt: key.jkt,
      pairingId: PAIRING,
      ...names,
    });
  const send = (hap_key?: string, claims: Record<string, unknown> = { hap_jkt: hap.jkt }): Promise<Response> =>
    sender.token({ ...form, ...(hap_key !== undefined && { hap_key }) }, claims);

  it('pairs with the HAP key, while tokens go with the DPoP key', async () => {
    const issued = (await tokens(t, send(stating()))) as Tokens & Told;
    expect(issued.pairings).toMatchObject([{ accessory: 'lamp', state: 'due' }]);
    await become({ grant }, 'done');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: hap.jwk.x }]);
    expect((await sender.api(issued.access_token, { path: '/api/pairings' })).status).toBe(200);
    const session = await directSession(t, PAIRING, hap);
    await session.write([{ aid: LAMP.aid, iid: LAMP.on, value: true }]);
    expect(await t.hub.lamp.state()).toMatchObject({ on: true, by: PAIRING });
    await t.hub.operations.revoke(grant);
    await session.closed;
    await become({ grant }, 'undone');
  });

  it.each([
    ['without the statement', () => send(), 'missing'],
    ['with no statement at all', () => send('x.y.z'), 'malformed'],
    ['when the DPoP proof does not name the HAP key', () => send(stating(), {}), 'unnamed'],
    ['for another code', () => send(stating({ code: `${form['code']}x` })), 'other-statement'],
    ['for another hub', () => send(stating({ aud: 'https://hub.example' })), 'other-statement'],
    ['for another DPoP key', () => send(stating({ jkt: hap.jkt })), 'other-statement'],
    ['for another pairing', () => send(stating({ pairingId: 'P2' })), 'other-statement'],
  ])('is refused %s, and good after that', async (_, attempt, cause) => {
    expect(await refused(t, attempt())).toMatchObject({ error: 'invalid_grant', why: `home.two-keys/${cause}` });
    expect(await effectsOf({ grant })).toEqual([]);
    expect((await send(stating())).status).toBe(200);
  });

  it('is refused with the statement of a HAP key that nobody agreed to, or one with a wrong signature', async () => {
    const other = await proofKey('EdDSA');
    const otherKey = createPrivateKey({ key: other.secretJwk as never, format: 'jwk' });
    expect((await refused(t, send(stating({}, otherKey, other.jwk.x)))).why).toBe('home.two-keys/other-key');
    expect((await refused(t, send(stating({}, otherKey)))).why).toBe('home.two-keys/signature');
    expect(await effectsOf({ grant })).toEqual([]);
  });

  it('burns its code at the third failed proof within ten seconds, and a missing statement is no proof', async () => {
    for (let i = 0; i < 5; i++) expect((await refused(t, send())).why).toBe('home.two-keys/missing');
    for (let i = 0; i < 3; i++) expect((await refused(t, send(stating(), {}))).why).toBe('home.two-keys/unnamed');
    expect((await refused(t, send(stating()))).why).toBe('code-standing/burned');
    expect(await effectsOf({ grant })).toEqual([]);
  });

  it('is no mode that whoever redeems can choose', async () => {
    form = await allowed({});
    expect((await refused(t, send(stating()))).why).toBe('pairing-id/key-type');
    key = await proofKey('EdDSA');
    sender = keyedClient(t, key, clock.now, PAIRING);
    form = await allowed({});
    expect((await refused(t, send(stating()))).why).toBe('home.two-keys/unannounced');
    expect((await send()).status).toBe(200);
  });
});

describe('a grant with an end', () => {
  it('ends by itself: tokens to the second, and the pairing is removed', async () => {
    const { minted, issued } = await redeem('home:lamp:direct', { grantTtlSeconds: 600 });
    expect(issued.expires_in).toBe(600);
    await become(minted, 'done');
    clock.move(600_000);
    expect(await status(issued)).toMatchObject({ pairings: [{ state: 'done' }] });
    clock.move(1);
    expect((await app.api(issued.access_token, { path: '/api/pairings' })).status).toBe(401);
    expect((await refused(t, app.token(refreshForm(APP, issued.refresh_token)))).error).toBe('invalid_grant');
    await become(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
    expect((await t.hub.operations.timeline(minted.grant)).grant).toMatchObject({
      state: 'revoked',
      endedBy: 'grant-expired',
    });
  });

  it('leaves no pairing when its accessory came back too late', async () => {
    await t.hub.lamp.plug(false);
    const { minted } = await redeem('home:lamp:direct', { grantTtlSeconds: 60 });
    await vi.waitFor(async () => expect((await effectsOf(minted))[0]?.lastError).toContain('unplugged'), soon);
    clock.move(60_001);
    await t.hub.lamp.plug(true);
    clock.move(8_000);
    await become(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });

  it('is one of whole seconds, and of a hundred years at most', async () => {
    for (const grantTtlSeconds of [0, -1, 1.5, Number.NaN, 4e9])
      await expect(mint('home:lamp:direct', { grantTtlSeconds })).rejects.toThrow(/expected the grant to end/);
  });
});

describe('an accessory that is away', () => {
  it('gets its pairing within ten seconds of its return, however long it was away', async () => {
    await door.server.close();
    const { minted } = await redeem('home:door:direct');
    let tries = 0;
    for (let i = 0; i < 6; i++) {
      await vi.waitFor(async () => {
        const [effect] = await effectsOf(minted);
        expect(effect).toMatchObject({ state: 'due' });
        expect(effect?.lastError).toBeDefined();
        expect(effect?.attempts).toBeGreaterThan(tries);
        // Settled, where a lease would be longer.
        expect((effect?.nextAt ?? 0) - clock.now()).toBeLessThanOrEqual(8_000);
        tries = effect?.attempts ?? 0;
      }, soon);
      clock.move(8_000);
    }
    await vi.waitFor(async () => {
      const [effect] = await effectsOf(minted);
      expect(effect?.attempts).toBeGreaterThan(tries);
      expect((effect?.nextAt ?? 0) - clock.now()).toBeLessThanOrEqual(8_000);
    }, soon);
    await door.server.listen();
    clock.move(8_000);
    await become(minted, 'done');
    expect(listedBy(door, t.hub)).toEqual([{ id: PAIRING, key: key.jwk.x, admin: false }]);
  });

  it('or does not answer holds up no other', async () => {
    let asked = false;
    door.faults = (point) => {
      if (point !== 'list-pairings') return undefined;
      asked = true;
      return { kind: 'silence' };
    };
    const stuck = await redeem('home:door:direct');
    await vi.waitFor(() => expect(asked).toBe(true), soon);
    const { minted } = await redeem('home:lamp:direct', { pairingId: PAIRING });
    await become(minted, 'done');
    // Still waiting for its first answer: it takes ten seconds to give up.
    expect((await effectsOf(stuck.minted))[0]).toMatchObject({ state: 'due', attempts: 1 });
    expect((await effectsOf(stuck.minted))[0]?.lastError).toBeUndefined();
    door.faults = () => undefined;
    await door.server.close();
    await door.server.listen();
    await vi.waitFor(async () => expect((await effectsOf(stuck.minted))[0]?.lastError).toBeDefined(), soon);
    clock.move(8_000);
    await become(stuck.minted, 'done');
  });

  it('or refuses because it is full leaves the pairing due, and says why', async () => {
    door.faults = (point) => (point === 'add-pairing' ? { kind: 'tlv-error', error: 4 } : undefined);
    const { minted } = await redeem('home:door:direct');
    await vi.waitFor(async () => expect((await effectsOf(minted))[0]?.lastError).toMatch(/room|MaxPeers/i), soon);
    door.faults = () => undefined;
    clock.move(8_000);
    await become(minted, 'done');
  });
});

describe('an accessory that lies', () => {
  it('and keeps a pairing that it says is gone stays undoing, with an alarm for the person in charge', async () => {
    const { minted } = await redeem('home:door:direct');
    await become(minted, 'done');
    door.faults = (point) => (point === 'remove-pairing' ? { kind: 'acknowledge-but-keep' } : undefined);
    await t.hub.operations.revoke(minted.grant);
    for (let i = 1; i <= 3; i++) {
      // A try that was settled: it waits some seconds, where a lease would be longer.
      const settled = { state: 'undoing', attempts: i, nextAt: clock.now() + Math.min(1_000 * 2 ** i, 8_000) };
      await vi.waitFor(async () => expect((await effectsOf(minted))[0]).toMatchObject(settled), soon);
      expect((await effectsOf(minted))[0]?.lastError).toContain('still lists');
      clock.move(8_000);
    }
    const [effect] = await effectsOf(minted);
    expect(effectWords(effect as Effect).alarm).toContain('unplug door, or reset it');
    expect(await pageOf(minted)).toMatch(/being undone.*unplug door, or reset it/s);
    expect(listedBy(door, t.hub)).toHaveLength(1);
    door.faults = () => undefined;
    clock.move(8_000);
    await become(minted, 'undone');
    expect(listedBy(door, t.hub)).toEqual([]);
    expect(await pageOf(minted)).not.toContain('unplug door');
  });

  it('and forgets a pairing that it says is there stays due, with an alarm', async () => {
    door.faults = (point) => (point === 'add-pairing' ? { kind: 'acknowledge-but-forget' } : undefined);
    const { minted, issued } = await redeem('home:door:direct');
    await vi.waitFor(async () => expect((await effectsOf(minted))[0]?.lastError).toContain('does not list'), soon);
    expect(await status(issued)).toMatchObject({
      pairings: [{ state: 'due', alarm: expect.stringContaining('door') }],
    });
    door.faults = () => undefined;
    clock.move(8_000);
    await become(minted, 'done');
    expect(JSON.stringify(await status(issued))).not.toContain('alarm');
  });
});

describe('a direct session', () => {
  it('ends within five seconds of the revocation, and no other comes after it', async () => {
    const { minted } = await redeem();
    await become(minted, 'done');
    const heard: unknown[] = [];
    const session = await directSession(t, PAIRING, key);
    const brightness = { aid: LAMP.aid, iid: LAMP.brightness };
    await session.accessories();
    await session.subscribe([brightness], (changes) => heard.push(...changes));
    await t.hub.lamp.write([{ ...brightness, value: 30 }]);
    await vi.waitFor(() => expect(heard).toHaveLength(1), soon);
    const ended = vi.fn();
    void session.closed.then(ended);
    await t.hub.operations.revoke(minted.grant);
    await vi.waitFor(() => expect(ended).toHaveBeenCalled(), { timeout: 5_000, interval: 10 });
    await become(minted, 'undone');
    await t.hub.lamp.write([{ ...brightness, value: 40 }]);
    await expect(directSession(t, PAIRING, key)).rejects.toMatchObject({
      kind: expect.stringMatching(/tlv-error|authentication/),
    });
    expect(heard).toHaveLength(1);
  });
});

describe('200 redemptions of one code at once', () => {
  const form = (minted: Minted): Record<string, string> => exchangeForm(APP, minted);

  it('have one winner and one pairing', async () => {
    const minted = await mint();
    const nonce = await nonceAt(t, '/token');
    const proofs = await atOnce(200, () => app.proof({ nonce }));
    const answers = await atOnce(200, (i) => t.token(form(minted), { dpop: proofs[i] ?? '' }));
    const won = answers.filter(({ status: code }) => code === 200);
    expect(won).toHaveLength(1);
    for (const lost of answers.filter(({ status: code }) => code !== 200))
      expect(await refused(t, lost)).toMatchObject({ error: 'invalid_grant', why: 'code-unused/lost-race' });
    const issued = (await tokens(t, won[0] as Response)) as Tokens & Told;
    expect(issued.pairings).toHaveLength(1);
    await become(minted, 'done');
    expect(await appPairings(t)).toEqual([{ id: PAIRING, key: key.jwk.x }]);
    expect(await status(issued)).toMatchObject({ pairings: [{ state: 'done' }] });
    await t.hub.operations.revoke(minted.grant);
    await become(minted, 'undone');
    expect(await appPairings(t)).toEqual([]);
  });

  it('over three nodes of one file have one winner and one pairing as well', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'counterfoil-'));
    const nodes = await startNodes(3, {
      open: async () => openSqlite({ path: join(folder, 'hub.db') }),
      remove: async () => rmSync(folder, { recursive: true, force: true }),
    });
    try {
      await addPublic(nodes.t, APP, { scopes: SCOPES });
      const client = keyedClient(nodes.t, key, Date.now, PAIRING);
      const minted = await nodes.t.hub.operations.mint({
        client: APP,
        jkt: key.jkt,
        pairingId: PAIRING,
        scopes: ['home:lamp:direct'],
      });
      const nonce = await nonceAt(nodes.t, '/token');
      const proofs = await atOnce(200, () => client.proof({ nonce }));
      const answers = await atOnce(200, (i) => nodes.t.token(form(minted), { dpop: proofs[i] ?? '' }));
      expect(answers.filter(({ status: code }) => code === 200)).toHaveLength(1);
      const effects = async () => (await nodes.t.hub.operations.timeline(minted.grant)).effects.map((e) => e.state);
      // On a machine so slow that losers come two seconds late, they are replays and end the grant: then none is left.
      await vi.waitFor(async () => expect([['done'], ['undone']]).toContainEqual(await effects()), {
        timeout: 20_000,
        interval: 50,
      });
      const [state] = await effects();
      expect(await appPairings(nodes.t)).toEqual(state === 'done' ? [{ id: PAIRING, key: key.jwk.x }] : []);
      expect(nodes.t.faults).toEqual([]);
    } finally {
      await nodes.close();
    }
  });
});

/** The page that the person in charge sees of the grant's exchange. */
async function pageOf(minted: Minted): Promise<string> {
  const browser = visitor(t.url);
  await browser.get((await t.hub.sessions.issueLink('owner')).path);
  const [exchange] = (await t.hub.operations.timeline(minted.grant)).verdicts.filter((v) => v.action === 'token');
  return (await browser.get(`/r/${exchange?.id.slice(3, 13)}`)).html;
}
