/**
 * Capabilities through the hub: what a scope says about accessory, service, characteristic, operation, value and hour is
 * what the protected API does, and what it refuses leaves a verdict that only the person in charge can read.
 */
// proves: C12, C1
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import { DOOR, pairWith, startAccessory, type TestAccessory } from '../support/accessories.ts';
import { type EventStream, openEvents } from '../support/event-stream.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import { switchLamp } from '../support/lamp.ts';
import {
  addPublic,
  callApi,
  exchangeForm,
  refreshForm,
  refused,
  type Tokens,
  tokens,
  verdictOf,
} from '../support/outside.ts';
import { PASSWORD, signedIn } from '../support/visitor.ts';
import { APP, authorizePath, consentOf } from './people.ts';

/** Thursday, 1 January 2026, noon in Auckland (UTC+13): the machine's own zone would be another hour. */
const NOON = Date.UTC(2025, 11, 31, 23);
const HOUR = 3_600_000;
const ON = 'lamp/lightbulb/on';
const BRIGHTNESS = 'lamp/lightbulb/brightness';
const clock = heldClock(NOON);
let t: TestHub;
let door: TestAccessory;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now, zone: 'Pacific/Auckland' });
  door = await startAccessory();
  await pairWith(t, door);
  await addPublic(t, APP, {
    scopes: ['home:*:rws', 'home:door/lock-mechanism/lock-target-state:t', 'home:lamp:direct'],
  });
  await t.hub.operations.addUser('ada', PASSWORD);
});
afterAll(async () => {
  await t.close();
  await door.close();
});
afterEach(() => expect(t.faults).toEqual([]));

async function enter(...scopes: string[]): Promise<Tokens & { readonly grant: string }> {
  const minted = await t.hub.operations.mint({ client: APP, scopes });
  return { ...(await tokens(t, t.token(exchangeForm(APP, minted)))), grant: minted.grant };
}
const read = ({ access_token: token }: Tokens, ...ids: string[]): Promise<Response> =>
  callApi(t, token, `/api/characteristics?id=${ids.join(',')}`);
const put = ({ access_token: token }: Tokens, body: unknown): Promise<Response> =>
  callApi(t, token, '/api/characteristics', { method: 'PUT', body: JSON.stringify(body) });
const write = (who: Tokens, id: string, value: unknown, timedMs?: number): Promise<Response> =>
  put(who, { characteristics: [{ id, value }], ...(timedMs !== undefined && { timed_ms: timedMs }) });
const changes = ({ access_token: token }: Tokens): Promise<EventStream> =>
  openEvents(`${t.url}/api/changes`, { authorization: `Bearer ${token}` });
/** What happened on it: `lamp/lightbulb/on=true`. */
const told = ({ events }: EventStream): string[] =>
  events.flatMap(({ data }) =>
    (data as unknown as { characteristics: { id: string; value: unknown }[] }).characteristics.map(
      ({ id, value }) => `${id}=${value}`,
    ),
  );
const soon = { timeout: 10_000, interval: 20 };
const refusal = async (answer: Response | Promise<Response>): Promise<string> => {
  const { status, error, why } = await refused(t, answer);
  return `${status} ${error} ${why}`;
};

describe('a scope opens', () => {
  it('one characteristic, and not the next one beside it, another service, or another accessory', async () => {
    const who = await enter('home:lamp/lightbulb/on:rw');
    expect((await write(who, ON, true)).status).toBe(204);
    expect(await (await read(who, ON)).json()).toEqual({ characteristics: [{ id: ON, value: true }] });
    expect((await t.hub.lamp.read([{ aid: LAMP.aid, iid: LAMP.on }]))[0]?.value).toBe(true);
    expect(await refusal(read(who, BRIGHTNESS))).toBe('403 insufficient_scope home.capability-granted/characteristic');
    expect(await refusal(read(who, 'lamp/accessory-information/name'))).toBe(
      '403 insufficient_scope home.capability-granted/service',
    );
    expect(await refusal(write(who, `door/${DOOR.light}`, true))).toBe(
      '403 insufficient_scope home.capability-granted/accessory',
    );
  });

  it('a service with all of its characteristics, or every accessory, types by name or by UUID', async () => {
    const light = await enter('home:lamp/lightbulb:r');
    expect((await read(light, ON, BRIGHTNESS, 'lamp/43/25')).status).toBe(200);
    expect(await refusal(read(light, `door/${DOOR.light}`))).toContain('home.capability-granted/accessory');
    const all = await enter('home:*:r');
    expect((await read(all, ON, `door/${DOOR.light}`, 'door/lock-mechanism/lock-target-state')).status).toBe(200);
  });

  it('reading without writing, and writing without reading', async () => {
    const reader = await enter('home:lamp/lightbulb/on:r');
    const writer = await enter('home:lamp/lightbulb/on:w');
    await switchLamp(t, false);
    expect(await refusal(write(reader, ON, true))).toBe('403 insufficient_scope home.operation-granted/operation');
    expect(await refusal(read(writer, ON))).toBe('403 insufficient_scope home.operation-granted/operation');
    expect((await t.hub.lamp.state()).on).toBe(false);
    expect((await write(writer, ON, true)).status).toBe(204);
    await vi.waitFor(async () => expect((await t.hub.lamp.state()).on).toBe(true), soon);
  });

  it('values within its bounds, both ends included, and nothing else changes', async () => {
    const who = await enter('home:lamp/lightbulb/brightness:rw[10..60]');
    for (const value of [10, 60, 40]) expect((await write(who, BRIGHTNESS, value)).status).toBe(204);
    for (const value of [9, 61, 100, '40', true])
      expect(await refusal(write(who, BRIGHTNESS, value))).toBe('403 insufficient_scope home.value-in-bounds/value');
    expect(await (await read(who, BRIGHTNESS)).json()).toEqual({ characteristics: [{ id: BRIGHTNESS, value: 40 }] });
    // A bound of one scope is no bound of another, and both together are never wider than each.
    const two = await enter('home:lamp/lightbulb/brightness:w[0..20]', 'home:lamp/lightbulb/brightness:w[80..100]');
    expect((await write(two, BRIGHTNESS, 90)).status).toBe(204);
    expect(await refusal(write(two, BRIGHTNESS, 50))).toContain('home.value-in-bounds/value');
  });

  it('the hours of the house, by its own zone, to the minute', async () => {
    const who = await enter('home:lamp/lightbulb/on:rw@12:00-13:00', 'home:lamp/lightbulb/brightness:r');
    expect((await write(who, ON, true)).status).toBe(204);
    clock.move(HOUR - 1);
    expect((await read(who, ON)).status).toBe(200);
    clock.move(1);
    const again = await tokens(t, t.token(refreshForm(APP, who.refresh_token)));
    expect(await refusal(write(again, ON, false))).toBe('403 insufficient_scope home.within-hours/hours');
    expect(await refusal(read(again, ON))).toBe('403 insufficient_scope home.within-hours/hours');
    expect((await read(again, BRIGHTNESS)).status).toBe(200);
  });

  it('timed writes only, where it says so: prepared and done, and refused when it came without', async () => {
    const id = `door/${DOOR.lock}`;
    const timed = await enter('home:door/lock-mechanism/lock-target-state:t');
    expect(await refusal(write(timed, id, 0))).toBe('400 invalid_request home.timed-write-required/capability');
    expect(door.server.get(1, 21)).toBe(1);
    expect((await write(timed, id, 0, 2_000)).status).toBe(204);
    expect(door.server.get(1, 21)).toBe(0);
    // The accessory wants it so, whatever the scope is.
    const plain = await enter('home:door/lock-mechanism/lock-target-state:w');
    expect(await refusal(write(plain, id, 1))).toBe('400 invalid_request home.timed-write-required/accessory');
    expect((await write(plain, id, 1, 2_000)).status).toBe(204);
    expect(door.server.get(1, 21)).toBe(1);
  });

  it('all that is asked for at once, or nothing of it is done', async () => {
    const who = await enter('home:lamp/lightbulb/on:rw', 'home:door/lightbulb/on:r');
    await switchLamp(t, false);
    const both = { characteristics: [ON, `door/${DOOR.light}`].map((id) => ({ id, value: true })) };
    expect(await refusal(put(who, both))).toContain('home.operation-granted/operation');
    expect((await t.hub.lamp.state()).on).toBe(false);
    expect(door.server.get(1, 11)).toBe(false);
    const all = await enter('home:*:rw');
    expect((await put(all, both)).status).toBe(204);
    expect(door.server.get(1, 11)).toBe(true);
  });

  it('nothing that is not there, and whoever has no scope for it does not learn that', async () => {
    const all = await enter('home:*:rw');
    expect(await refusal(read(all, 'cellar/lightbulb/on'))).toBe('404 not_found home.accessory-known/unknown');
    expect(await refusal(read(all, 'lamp/lightbulb/hue'))).toBe('404 not_found home.characteristic-known/unknown');
    const one = await enter('home:lamp/lightbulb/on:r');
    expect(await refusal(read(one, 'cellar/lightbulb/on'))).toContain('403 insufficient_scope');
    const body = async (id: string) => ({ ...((await (await read(one, id)).json()) as object), error_uri: '' });
    expect(await body('cellar/lightbulb/on')).toEqual(await body(`door/${DOOR.light}`));
  });

  it('no request that cannot be read: 400, and never a fault', async () => {
    const who = await enter('home:*:rw');
    for (const ids of [[''], ['lamp'], ['lamp/on'], ['../x/y'], ['lamp/lightbulb/on/x'], Array(51).fill(ON)])
      expect((await read(who, ...ids)).status, String(ids).slice(0, 30)).toBe(400);
    const one = { id: ON, value: true };
    for (const body of [
      null,
      [],
      {},
      { characteristics: [] },
      { characteristics: [{ id: ON }] },
      { characteristics: [null] },
    ])
      expect((await put(who, body)).status, JSON.stringify(body)).toBe(400);
    for (const timed_ms of [0, -1, 1.5, 60_001, '500', null])
      expect((await put(who, { characteristics: [one], timed_ms })).status, String(timed_ms)).toBe(400);
    expect((await put(who, { characteristics: Array(51).fill(one) })).status).toBe(400);
    expect((await put(who, { characteristics: [{ id: ON, value: { deep: 1 } }] })).status).toBe(400);
    // Sound, but no value for this characteristic: the accessory says so.
    expect((await write(who, BRIGHTNESS, 1_000)).status).toBe(400);
  });
});

describe('the list of accessories', () => {
  it('is what the token may do anything with, and what that is', async () => {
    const who = await enter('home:lamp/lightbulb/on:rw', 'home:lamp/lightbulb/brightness:rs');
    const { accessories } = (await (await callApi(t, who.access_token, '/api/accessories')).json()) as {
      accessories: {
        id: string;
        reachable: boolean;
        characteristics: { id: string; may: string[]; format: string }[];
      }[];
    };
    expect(accessories).toHaveLength(1);
    expect(accessories[0]).toMatchObject({ id: 'lamp', name: 'Lamp', reachable: true });
    expect(accessories[0]?.characteristics).toEqual([
      expect.objectContaining({ id: ON, format: 'bool', may: ['read', 'write'] }),
      expect.objectContaining({ id: BRIGHTNESS, format: 'int', may: ['read', 'subscribe'] }),
    ]);
    const all = await enter('home:*:r');
    const every = (await (await callApi(t, all.access_token, '/api/accessories')).json()) as typeof listed;
    const listed = { accessories };
    expect(every.accessories.map(({ id }) => id).sort()).toEqual(['door', 'lamp']);
  });

  it('says of one that is away that it is, and a request to it is refused as not there at the moment', async () => {
    const all = await enter('home:*:rw');
    await door.server.close();
    const answer = await callApi(t, all.access_token, '/api/accessories');
    expect(await answer.json()).toMatchObject({
      accessories: [
        { id: 'lamp', reachable: true },
        { id: 'door', reachable: false, characteristics: [] },
      ],
    });
    expect(await refusal(read(all, `door/${DOOR.light}`))).toBe(
      '503 temporarily_unavailable home.accessory-reachable/unreachable',
    );
    await door.server.listen();
    expect((await read(all, `door/${DOOR.light}`)).status).toBe(200);
  });
});

describe('the stream of changes', () => {
  it('tells what the token may hear, whoever changed it, and nothing else', async () => {
    const who = await enter('home:lamp/lightbulb/on:s');
    const writer = await enter('home:*:rw');
    await switchLamp(t, false);
    const stream = await changes(who);
    for (const value of [true, false]) {
      await write(writer, BRIGHTNESS, value ? 70 : 71);
      await write(writer, ON, value);
    }
    await vi.waitFor(() => expect(told(stream).slice(-2)).toEqual([`${ON}=true`, `${ON}=false`]), soon);
    door.server.set(1, 11, !(door.server.get(1, 11) === true));
    await write(writer, ON, true);
    await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`${ON}=true`), soon);
    expect(told(stream).filter((line) => !line.startsWith(ON))).toEqual([]);
    expect(stream.events.map(({ event }) => event)).toEqual(stream.events.map(() => 'change'));
    stream.close();
  });

  it('tells what an accessory changes by itself', async () => {
    const stream = await changes(await enter('home:door/lightbulb/on:s'));
    // It has heard the accessory once it has told what is there now.
    await vi.waitFor(() => expect(told(stream).length).toBeGreaterThan(0), soon);
    const next = door.server.get(1, 11) !== true;
    door.server.set(1, 11, next);
    await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`door/${DOOR.light}=${next}`), soon);
    stream.close();
  });

  it('is refused to a token that may hear nothing', async () => {
    const { access_token: token } = await enter('home:lamp:rw');
    expect(await refusal(callApi(t, token, '/api/changes'))).toContain('403 insufficient_scope home.');
  });

  it('carries no event that was sequenced after a revocation, and ends', async () => {
    for (let round = 0; round < 10; round++) {
      const who = await enter('home:lamp/lightbulb/brightness:s');
      const values = Array.from({ length: 40 }, (_, i) => i + 1);
      const dim = (value: number): Promise<void> => t.hub.lamp.write([{ aid: LAMP.aid, iid: LAMP.brightness, value }]);
      await dim(0);
      const stream = await changes(who);
      let sequenced = 0;
      const busy = (async () => {
        for (const value of values) {
          await dim(value);
          sequenced = value;
        }
      })();
      await vi.waitFor(() => expect(told(stream).length).toBeGreaterThan(round), { ...soon, interval: 1 });
      await t.hub.operations.revoke(who.grant);
      // The write under way may have been sequenced before or after; the ones behind it are certainly after.
      const revokedAfter = sequenced + 1;
      await busy;
      await stream.ended;
      const heard = told(stream).map((line) => Number(line.split('=')[1]));
      expect(heard.filter((value) => value > revokedAfter)).toEqual([]);
      expect((await callApi(t, who.access_token, '/api/changes')).status).toBe(401);
    }
  });

  it('falls silent when its scope is switched off, and speaks again when it is switched on', async () => {
    const scopes = ['home:lamp/lightbulb/on:s', 'home:lamp/lightbulb/brightness:s'];
    await addPublic(t, 'listener', { scopes });
    const minted = await t.hub.operations.mint({ client: 'listener' });
    const who = await tokens(t, t.token(exchangeForm('listener', minted)));
    const stream = await changes(who);
    const writer = await enter('home:*:rw');
    const step = async (on: boolean, brightness: number): Promise<void> => {
      await write(writer, ON, on);
      await write(writer, BRIGHTNESS, brightness);
      await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`${BRIGHTNESS}=${brightness}`), soon);
    };
    await step(true, 31);
    await t.hub.operations.editApp('listener', { disabledScopes: [scopes[0] ?? ''] });
    const before = told(stream).filter((line) => line.startsWith(ON)).length;
    await step(false, 32);
    await step(true, 33);
    expect(told(stream).filter((line) => line.startsWith(ON))).toHaveLength(before);
    await t.hub.operations.editApp('listener', { disabledScopes: [] });
    await step(false, 34);
    expect(
      told(stream)
        .filter((line) => line.startsWith(ON))
        .at(-1),
    ).toBe(`${ON}=false`);
    stream.close();
  });

  it('falls silent when its hours are over, and goes on with what has none', async () => {
    clock.move(HOUR - (clock.now() % HOUR) + HOUR / 2);
    const hour = new Date(clock.now() + 13 * HOUR).getUTCHours();
    const hours = `${String(hour).padStart(2, '0')}:00-${String(hour + 1).padStart(2, '0')}:00`;
    const who = await enter(`home:lamp/lightbulb/on:s@${hours}`, 'home:lamp/lightbulb/brightness:s');
    const writer = await enter('home:*:rw');
    const stream = await changes(who);
    await write(writer, ON, true);
    await write(writer, ON, false);
    await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`${ON}=false`), soon);
    clock.move(HOUR / 2);
    await write(writer, ON, true);
    await write(writer, BRIGHTNESS, 55);
    await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`${BRIGHTNESS}=55`), soon);
    expect(
      told(stream)
        .filter((line) => line.startsWith(ON))
        .at(-1),
    ).toBe(`${ON}=false`);
    stream.close();
  });
});

describe('a refusal', () => {
  let who: Tokens & { readonly grant: string };
  beforeEach(async () => {
    who = await enter('home:lamp/lightbulb/brightness:rw[10..60]');
  });

  it('is heard as the standard error and a reference, the same whatever the cause was', async () => {
    const heard = [await write(who, BRIGHTNESS, 61), await write(who, ON, true), await read(who, `door/${DOOR.light}`)];
    for (const answer of heard) {
      expect(answer.status).toBe(403);
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", error_uri="[^"]+"$/);
      const body = (await answer.json()) as object;
      expect(Object.keys(body)).toEqual(['error', 'error_uri']);
      expect(body).toMatchObject({ error: 'insufficient_scope' });
    }
  });

  it('leaves a verdict of the home profile, with its tree, that says what came nearest', async () => {
    const verdict = await verdictOf(t, write(who, BRIGHTNESS, 61));
    expect(verdict).toMatchObject({ profile: 'home', action: 'access', ok: false, subject: APP, grant: who.grant });
    const tree = JSON.stringify(verdict.checks);
    expect(tree).toContain('home.value-in-bounds');
    expect(tree).toContain('home:lamp/lightbulb/brightness:rw[10..60]');
    expect(verdict.checks?.map(({ id }) => id)).toEqual(['capability', 'accessory']);
    const { verdicts } = await t.hub.operations.timeline(who.grant);
    expect(verdicts.map(({ id }) => id)).toContain(verdict.id);
  });

  it('opens on its page for the person in charge, and for nobody else', async () => {
    const { error_uri: uri } = (await (await write(who, BRIGHTNESS, 61)).json()) as { error_uri: string };
    const { pathname } = new URL(uri);
    const stranger = await (await fetch(t.url + pathname)).text();
    expect(stranger).not.toContain('brightness');
    const page = await (await signedIn(t.url)).get(pathname);
    expect(page.status).toBe(200);
    expect(page.html).toContain('home.value-in-bounds');
  });

  it('can be judged again: the identical tree, or what would have been', async () => {
    const verdict = await verdictOf(t, write(who, BRIGHTNESS, 61));
    const again = await t.hub.operations.replay(verdict.id, {});
    expect(again.checks).toEqual(verdict.checks);
    expect(again).toMatchObject({ ok: false, decisive: 'home.value-in-bounds', cause: 'value' });
    expect(await t.hub.operations.replay(verdict.id, { value: '60' })).toMatchObject({ ok: true });
    const scope = 'home:lamp/lightbulb/brightness:rw[10..60]@22:00-06:00';
    expect(await t.hub.operations.replay(verdict.id, { value: '60', scope, at: 'mon,12:00' })).toMatchObject({
      ok: false,
      decisive: 'home.within-hours',
    });
    expect(await t.hub.operations.replay(verdict.id, { value: '60', scope, at: 'mon,23:00' })).toMatchObject({
      ok: true,
    });
    for (const set of [
      { redirect_uri: 'x' },
      { value: 'blue' },
      { at: 'noon' },
      { timed: 'yes' },
      { __proto__: 'x', toString: 'y' },
    ])
      await expect(t.hub.operations.replay(verdict.id, set)).rejects.toThrow(/expected/);
  });

  it('keeps no text that was to be written, only that it came', async () => {
    const secret = 'hunter2-at-the-door';
    const other = await enter('home:door/lightbulb:rw');
    const verdict = await verdictOf(t, write(other, `door/${DOOR.label}`, secret));
    expect(verdict).toMatchObject({ profile: 'home', cause: 'service' });
    const { verdicts } = await t.hub.operations.timeline(other.grant);
    expect(JSON.stringify([verdict, verdicts])).not.toContain(secret);
    // Where it is allowed it is written, and kept nowhere either.
    const label = await enter('home:door/lock-mechanism/name:rw');
    expect((await write(label, `door/${DOOR.label}`, secret)).status).toBe(204);
    expect(door.server.get(1, 22)).toBe(secret);
    expect(JSON.stringify(await t.hub.operations.timeline(label.grant))).not.toContain(secret);
  });

  it('that repeats is one row for each minute, cause and token', async () => {
    for (let i = 0; i < 20; i++) await write(who, BRIGHTNESS, 61 + i);
    const { verdicts } = await t.hub.operations.timeline(who.grant);
    expect(verdicts.filter(({ profile }) => profile === 'home').map(({ times }) => times)).toEqual([20]);
  });
});

describe('what is asked for may be a part of what is allowed', () => {
  const asking = (scope: string) => t.hub.operations.mint({ client: APP, scopes: scope.split(' ') });

  it('an app that may have every accessory asks for one lamp, and gets that', async () => {
    const minted = await asking('home:lamp/lightbulb/on:rw');
    const issued = await tokens(t, t.token(exchangeForm(APP, minted)));
    expect(issued.scope).toBe('home:lamp/lightbulb/on:rw');
    expect((await write(issued, ON, true)).status).toBe(204);
    expect((await write(issued, BRIGHTNESS, 20)).status).toBe(403);
  });

  it('but for no more: another operation, no bound, or a pairing that was not listed', async () => {
    for (const scope of ['home:lamp/lightbulb/on:rwst', 'home:door:direct', 'home:lamp/x y:r', 'admin'])
      await expect(asking(scope), scope).rejects.toThrow(/not included/);
    await addPublic(t, 'dimmer', { scopes: ['home:lamp/lightbulb/brightness:rw[10..60]@07:00-22:00'] });
    const dimmer = (scope: string) => t.hub.operations.mint({ client: 'dimmer', scopes: [scope] });
    for (const scope of [
      'home:lamp/lightbulb/brightness:rw',
      'home:lamp/lightbulb/brightness:w[5..60]@07:00-22:00',
      'home:lamp/lightbulb/brightness:w[10..60]@06:00-22:00',
    ])
      await expect(dimmer(scope), scope).rejects.toThrow(/not included/);
    expect((await dimmer('home:lamp/lightbulb/brightness:w[20..30]@08:00-09:00')).scopes).toHaveLength(1);
  });

  it('at refresh: a part for one access token, while the refresh token keeps all of it', async () => {
    const first = await enter('home:lamp:rws');
    const ask = (token: string, scope: string) => t.token({ ...refreshForm(APP, token), scope });
    const part = await tokens(t, ask(first.refresh_token, 'home:lamp/lightbulb/on:r lamp:read'));
    expect(part.scope).toBe('home:lamp/lightbulb/on:r lamp:read');
    expect((await read(part, ON)).status).toBe(200);
    expect((await write(part, ON, true)).status).toBe(403);
    expect(await refusal(ask(part.refresh_token, 'home:*:r'))).toBe('400 invalid_scope scope-granted/wider');
    const whole = await tokens(t, t.token(refreshForm(APP, part.refresh_token)));
    expect(whole.scope).toBe('home:lamp:rws');
    expect((await write(whole, ON, true)).status).toBe(204);
  });

  it('at consent, where the person reads the part and not the whole', async () => {
    const person = await signedIn(t.url);
    const scope = 'home:lamp/lightbulb/on:rw';
    const page = await person.get(authorizePath({ scope }));
    expect(page.status).toBe(200);
    expect(page.html).toContain(scope);
    expect(page.html).not.toContain('home:*');
    const answer = await person.post('/authorize', { ...consentOf(page), decision: 'allow' });
    expect(new URL(answer.location ?? '').searchParams.get('code')).toMatch(/^hap5\.1-authcode:/);
  });

  it('and opens the older routes, whose scopes are other names of parts', async () => {
    const who = await enter('home:lamp:rws');
    expect((await callApi(t, who.access_token, '/api/state')).status).toBe(200);
    const limited = await enter('home:lamp/lightbulb/brightness:rws');
    expect(await refusal(callApi(t, limited.access_token, '/api/state'))).toContain('scope-sufficient/insufficient');
    const named = await enter('lamp:read');
    expect((await callApi(t, named.access_token, '/api/state')).status).toBe(200);
  });

  it('ends when the whole is switched off for the app, on tokens and streams that are out already', async () => {
    await addPublic(t, 'house_app', { scopes: ['home:*:rws'] });
    const minted = await t.hub.operations.mint({
      client: 'house_app',
      scopes: ['home:lamp/lightbulb/on:rs', 'lamp:read'],
    });
    const issued = await tokens(t, t.token(exchangeForm('house_app', minted)));
    const state = await openEvents(`${t.url}/api/events`, { authorization: `Bearer ${issued.access_token}` });
    await state.until(1);
    const stream = await changes(issued);
    const writer = await enter('home:*:rw');
    await write(writer, ON, false);
    await write(writer, ON, true);
    await vi.waitFor(() => expect(told(stream).at(-1)).toBe(`${ON}=true`), soon);
    await t.hub.operations.editApp('house_app', { disabledScopes: ['home:*:rws'] });
    const heard = told(stream).length;
    await write(writer, ON, false);
    await state.ended;
    expect(await refusal(read(issued, ON))).toContain('403 insufficient_scope');
    expect((await callApi(t, issued.access_token, '/api/state')).status).toBe(403);
    expect(await refusal(t.token(refreshForm('house_app', issued.refresh_token)))).toBe(
      '400 invalid_scope scope-enabled/disabled',
    );
    expect(told(stream)).toHaveLength(heard);
    stream.close();
  });

  it('and a verdict that stood on a part is judged again the same way', async () => {
    const minted = await asking('home:lamp/lightbulb/on:rw');
    await tokens(t, t.token(exchangeForm(APP, minted)));
    const { verdicts } = await t.hub.operations.timeline(minted.grant);
    expect(verdicts.map(({ action }) => action)).toEqual(['authorize', 'token']);
    for (const { id } of verdicts) {
      const kept = await t.hub.operations.verdict(id);
      expect(await t.hub.operations.replay(id, {})).toMatchObject({ ok: true, checks: kept.checks });
      expect(await t.hub.operations.replay(id, { scope: 'home:lamp/lightbulb/on:r' })).toMatchObject({ ok: true });
      expect(await t.hub.operations.replay(id, { scope: 'home:door:direct' })).toMatchObject({ ok: false });
    }
  });
});

describe('a request that names no scope', () => {
  it('asks for everything that is switched on, and for no pairing', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    expect(minted.scopes).toEqual(['home:*:rws', 'home:door/lock-mechanism/lock-target-state:t']);
    const page = await (await signedIn(t.url)).get(authorizePath());
    expect(page.html).toContain('home:*:rws');
    expect(page.html).not.toContain('home:lamp:direct');
  });

  it('is refused where there is nothing but pairings', async () => {
    await addPublic(t, 'bare', { scopes: ['home:lamp:direct'] });
    await expect(t.hub.operations.mint({ client: 'bare' })).rejects.toThrow(/no scope is asked for/);
  });
});

describe('an application', () => {
  it('can have scopes of 200 characters, as long as a capability may be', async () => {
    const base = `home:${'a'.repeat(40)}/0000CAFE-1111-4111-8111-111111111111/0000BEEF-1111-4111-8111-111111111111:rws[10..60]@mon,tue,wed,thu,fri,sat,07:00-22:00`;
    expect(base.length).toBeGreaterThan(100);
    await addPublic(t, 'wordy', { scopes: [base, 'x'.repeat(200)] });
    await expect(addPublic(t, 'wordier', { scopes: ['x'.repeat(201)] })).rejects.toThrow(/is no scope/);
  });
});
