/** Accessories as whoever runs the hub meets them: who answers, who holds which pairing, and what is still due. */
// proves: C1, C10
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../src/protocols/hap/controller.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { listedBy, pairWith, startAccessory, type TestAccessory } from '../support/accessories.ts';
import { hiddenOf, words } from '../support/app-owner.ts';
import { APP, becomes, PAIRING, startConsoleHub, stopConsoleHub } from '../support/console-hub.ts';
import { proofKey } from '../support/dpop.ts';
import type { TestHub } from '../support/hub.ts';
import { appPairings, switchLamp } from '../support/lamp.ts';
import { DIRECT_SCOPES, exchangeForm, keyedClient, tokens } from '../support/outside.ts';
import { formsOf, PASSWORD, signedIn, type Visitor, visitor } from '../support/visitor.ts';

let t: TestHub;
let ada: Visitor;

beforeEach(async () => {
  ({ t, ada } = await startConsoleHub());
});
afterEach(() => stopConsoleHub(t));

const page = async (path: string): Promise<string> => words(await ada.get(path));

/** A controller that this hub knows nothing of, on an accessory of the hub. */
async function addStranger(id: string): Promise<void> {
  const accessory = await t.hub.house.get(id);
  if (!accessory) throw new Error(`the hub has ${id}`);
  const { id: accessoryId, key } = await accessory.identity();
  const paired = { accessoryId, accessoryLtpk: Buffer.from(key, 'base64url'), identity: t.hub.house.identity };
  const session = await openSession(await accessory.address(), paired);
  const { id: stranger, publicKey } = newIdentity(PAIRING);
  await session.addPairing({ id: stranger, publicKey, admin: false });
  session.close();
}

describe('the list of accessories', () => {
  it('says that the lamp answers, what it shows as text, its versions, and that the hub alone is paired with it', async () => {
    expect(await page('/accessories')).toMatch(
      /Lamp ● Answers .* Lightbulb, on off Firmware \d.* protocol 1\.1\.0 Pairings This hub/,
    );
    await switchLamp(t, true);
    expect(await page('/accessories')).toMatch(/Lightbulb, on on /);
    expect(await page('/accessories/lamp')).toMatch(/Lightbulb, on on Lightbulb, brightness 100 %/);
  });

  it('is for whoever runs the hub: nothing for a developer, a way in for a stranger', async () => {
    await t.hub.operations.addUser('dev', PASSWORD, [APP]);
    const [dev, stranger] = [await signedIn(t.url, 'dev'), visitor(t.url)];
    for (const path of ['/accessories', '/accessories/lamp', '/accessories/~hub', '/accessories/~new']) {
      const theirs = await dev.get(path);
      expect([theirs.status, /virtual lamp/i.test(theirs.html)]).toEqual([404, false]);
      expect((await stranger.get(path)).html).toContain('name="password"');
      expect((await dev.post(path, { do: 'show-code' })).status).not.toBe(200);
    }
    for (const path of ['/accessories/chair', '/accessories/%00', '/accessories/..%2f'])
      expect((await ada.get(path)).status).toBe(404);
  });
});

describe('pairings', () => {
  it('of an app are named by the app, with the way to its grant; while the lamp is unplugged they are still due', async () => {
    const key = await proofKey('EdDSA');
    await t.hub.lamp.plug(false);
    const minted = await t.hub.operations.mint({
      client: APP,
      jkt: key.jkt,
      pairingId: PAIRING,
      scopes: DIRECT_SCOPES,
    });
    await tokens(t, keyedClient(t, key, Date.now, PAIRING).token(exchangeForm(APP, minted)));
    await becomes(
      ada,
      '/accessories',
      /Lamp ✗ Did not answer .* Why .* Still due ! Still due on lamp : its pairing, tried/,
    );
    const silent = await page('/accessories/lamp');
    expect(silent).toMatch(/It did not answer .* What to do .* hap\./);
    expect(silent).toMatch(/Still due on lamp : its pairing/);
    await t.hub.lamp.plug(true);
    await becomes(ada, '/accessories/lamp', /● Answers Called .* Pairings This hub .* Hallway Lights A1B2C3D4/);
    const html = (await ada.get('/accessories/lamp')).html;
    expect(html).toContain(`<a href="/grants/${minted.grant}">Hallway Lights</a>`);
    expect(html).not.toContain('ask=remove');
  });

  it('not made by this hub are told so, and removed after a step that asks; the accessory is read back', async () => {
    await addStranger('lamp');
    expect(await page('/accessories')).toContain('Not made by this hub');
    const { html } = await ada.get('/accessories/lamp');
    const link = /href="([^"]*ask=remove[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const ask = await ada.get(link);
    expect(words(ask)).toContain(`Whoever holds ${PAIRING} cannot reach Lamp any more`);
    const form = { ...hiddenOf(ask, 'remove'), pairing: PAIRING };
    expect((await ada.post('/accessories/lamp', { ...form, csrf: 'x' })).status).toBe(403);
    expect(await appPairings(t)).toHaveLength(1);
    const done = await ada.post('/accessories/lamp', form);
    expect([done.status, done.location]).toEqual([303, '/accessories/lamp?done=remove']);
    expect(await appPairings(t)).toEqual([]);
    expect(await page('/accessories/lamp?done=remove')).toContain('it lists it no more');
  });

  it("of the hub's own cannot be removed by a form that was made up: it says why", async () => {
    const ask = await ada.get(`/accessories/lamp?ask=remove&pairing=${t.hub.house.identity.id}`);
    const answer = await ada.post('/accessories/lamp', {
      ...hiddenOf(ask, 'remove'),
      pairing: t.hub.house.identity.id,
    });
    expect([answer.status, words(answer)]).toEqual([
      409,
      expect.stringContaining('s own pairing: without it the hub loses lamp'),
    ]);
  });
});

describe('a device that takes connections and says nothing', () => {
  let mute: Server;
  let door: TestAccessory;
  const held = new Set<Socket>();
  beforeEach(async () => {
    door = await startAccessory();
    await pairWith(t, door);
    mute = createServer((socket) => held.add(socket.on('error', () => undefined)));
    await new Promise<void>((listening) => mute.listen(0, '127.0.0.1', listening));
    await t.hub.house.moved('door', { host: '127.0.0.1', port: (mute.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const socket of held) socket.destroy();
    mute.close();
    await door.close();
  });

  it('is said not to answer, with the cause and what to do, and keeps no other from being shown', async () => {
    expect(await page('/accessories')).toMatch(/Lamp ● Answers .* Front door ✗ Did not answer/);
    expect(await page('/accessories/door')).toMatch(/It did not answer .* What to do .* hap\./);
  }, 40_000);
});

describe('the setup code', () => {
  it.each([
    ['lamp', '/accessories/lamp'],
    ['hub', '/accessories/~hub'],
  ])('of the %s is on no page until its form asks for it, and is never cached', async (of, path) => {
    const { setupCode, payload } = await t.hub.operations.homeSetupCode(of);
    const before = await ada.get(path);
    for (const { html } of [before, await ada.get('/accessories')]) {
      expect(html).not.toContain(setupCode);
      expect(html).not.toContain(payload);
    }
    const form = hiddenOf(before, 'show-code');
    expect((await ada.post(path, { ...form, csrf: '' })).status).toBe(403);
    expect((await ada.post(path, form, { 'sec-fetch-site': 'same-site' })).status).toBe(403);
    const shown = await ada.post(path, form);
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(words(shown)).toContain(setupCode);
    expect(shown.html).toContain(payload);
    expect(shown.html).toContain('class="qr"');
    const other = path === '/accessories/lamp' ? '/accessories/~hub' : '/accessories/lamp';
    expect((await ada.post(other, form)).status).toBe(403);
  });
});

describe('another accessory', () => {
  let door: TestAccessory;
  beforeEach(async () => {
    door = await startAccessory();
  });
  afterEach(() => door.close());

  it('is paired by its setup code, refused with a wrong one with the cause, and forgotten after a step that asks', async () => {
    const forms = formsOf(await ada.get('/accessories/~new'));
    const form = { csrf: forms.find(({ fields }) => 'code' in fields)?.fields['csrf'] ?? '' };
    const fields = { ...form, target: `127.0.0.1:${door.server.port}`, id: 'door', name: 'Front <b>door</b>' };
    expect((await ada.post('/accessories/~new', { ...fields, csrf: 'x', code: door.setupCode })).status).toBe(403);
    const wrong = await ada.post('/accessories/~new', { ...fields, code: '482-19-366' });
    expect(wrong.status).toBe(400);
    expect(words(wrong)).toContain('The code is not the one of this accessory');
    expect(wrong.html).not.toContain('482-19-366');
    expect(listedBy(door, t.hub)).toEqual([]);
    const right = await ada.post('/accessories/~new', { ...fields, code: door.setupCode });
    expect([right.status, right.location]).toEqual([303, '/accessories?done=pair']);
    const list = await ada.get('/accessories?done=pair');
    expect(words(list)).toContain('The hub is paired with it');
    expect(list.html).toContain('Front &lt;b&gt;door&lt;/b&gt;');

    const ask = await ada.get('/accessories/door?ask=forget');
    expect(words(ask)).toContain('cannot read or switch');
    const done = await ada.post('/accessories/door', hiddenOf(ask, 'forget'));
    expect([done.status, done.location]).toEqual([303, '/accessories?done=forget']);
    expect((await ada.get('/accessories/door')).status).toBe(404);
  });

  it('that holds a pairing for a grant is not forgotten: it says which grant', async () => {
    await pairWith(t, door);
    await t.hub.operations.editApp(APP, { scopes: [...DIRECT_SCOPES, 'home:door:direct'] });
    const key = await proofKey('EdDSA');
    const pairingId = randomUUID().toUpperCase();
    const minted = await t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId, scopes: ['home:door:direct'] });
    await tokens(t, keyedClient(t, key, Date.now, pairingId).token(exchangeForm(APP, minted)));
    await becomes(ada, '/accessories/door', /Hallway Lights/);
    const answer = await ada.post(
      '/accessories/door',
      hiddenOf(await ada.get('/accessories/door?ask=forget'), 'forget'),
    );
    expect([answer.status, words(answer)]).toEqual([409, expect.stringContaining(minted.grant)]);
  });
});
