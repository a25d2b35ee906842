/** `counterfoil home` as a person meets it: a real hub with its real lamp, and an accessory of somebody else's on real TCP. */
// proves: C1, C3, C10, C11, C12, C14, C15

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAMP } from '../../src/protocols/hap/accessory/lamp.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { decodeSetupPayload, encodeSetupPayload } from '../../src/protocols/hap/setup-payload.ts';
import type { AccessoryView, Examined, PairingView, ValueView } from '../../src/server/home/shapes.ts';
import type { Minted } from '../../src/server/operations.ts';
import { proofKey } from '../support/dpop.ts';
import { CODE, type Desk, startDesk } from './desk.ts';
import { openPlace, type Place, type Running } from './place.ts';

const APP = 'my_app';
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

let place: Place;
let hub: Running;
let desk: Desk;

beforeAll(async () => {
  place = openPlace();
  hub = await place.start();
  desk = await startDesk();
  const scopes = ['home:lamp:direct', 'home:lamp/lightbulb:rs', 'lamp:read'];
  await hub.operations.addApp(APP, { type: 'public', redirectUris: ['com.myapp:/callback'], scopes });
});
afterAll(async () => {
  await desk.stop();
  await place.close();
});

describe('the lamp of a fresh hub', () => {
  it('is listed as it answers: reachable, its firmware, its protocol version, one controller', async () => {
    const [lamp] = await place.json<AccessoryView[]>(['home', 'accessories']);
    expect(lamp).toMatchObject({
      id: 'lamp',
      own: true,
      reachable: true,
      model: 'Virtual lamp',
      pv: '1.1.0',
      pairings: 1,
    });
    expect((await place.cf(['home', 'accessories'])).out).toMatch(/^id +name +answers .*\nlamp +Lamp +yes +1 /);
  });

  it('is read and switched by the names of its characteristics, and what was written is read back', async () => {
    const set = await place.cf(['home', 'set', 'lamp/lightbulb/on=on', 'lamp/lightbulb/brightness=40']);
    expect(set).toMatchObject({ code: 0, err: '' });
    expect(set.out).toMatch(/lamp\/lightbulb\/on +on .*\nlamp\/lightbulb\/brightness +40 % /);
    const read = await place.json<ValueView[]>(['home', 'get', 'lamp/lightbulb/on', 'lamp/1.12']);
    expect(read.map(({ id, value }) => [id, value])).toEqual([
      ['lamp/lightbulb/on', true],
      ['lamp/lightbulb/brightness', 40],
    ]);
    expect((await place.cf(['home', 'set', 'lamp/lightbulb/on', 'off', '--timed', '2000'])).out).toMatch(/on +off /);
    expect((await place.cf(['home', 'get', 'lamp'])).out).toMatch(/firmware-revision/);
  });

  it('refuses a value with the cause and what to do, on stderr, exit code 1', async () => {
    const ran = await place.cf(['home', 'set', 'lamp/lightbulb/brightness=400']);
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toContain('-70410');
    expect(ran.err).toMatch(/What to do\n.*\n +1\. compare the value with the bounds/);
    const json = await place.json<{ rule: string; checklist: unknown[] }>([
      'home',
      'set',
      'lamp/lightbulb/brightness=400',
    ]);
    expect(json.rule).toBe('hap.request-status');
    expect(json.checklist.length).toBeGreaterThan(0);
  });

  it('shows by name what stands after a refusal, and what is taken: of several writes, which were done', async () => {
    const before = await place.cf(['home', 'set', 'lamp/lightbulb/on=on', 'lamp/lightbulb/brightness=40']);
    expect(before.code, before.err).toBe(0);
    const ran = await place.cf(['home', 'set', 'lamp/lightbulb/brightness=400', 'lamp/lightbulb/on=off']);
    expect([ran.code, ran.out]).toEqual([1, '']);
    expect(ran.err).toMatch(/1 of 2 refused/);
    expect(ran.err).toMatch(/\nlamp\/lightbulb\/brightness +40 % +int +0 to 100, by 1 .*\nlamp\/lightbulb\/on +off /);
  });

  it.each([
    [
      ['home', 'get', 'lamp/lightbulb/hue'],
      1,
      'lamp lists no lightbulb/hue: counterfoil home get lamp shows what it has',
    ],
    [['home', 'get', 'chair'], 1, 'no accessory is called chair here'],
    [['home', 'set', 'lamp/lightbulb/on=maybe'], 2, 'expected on or off for lamp/lightbulb/on (bool), got "maybe"'],
    [['home', 'set', 'lamp/protocol-information/version=2'], 2, 'cannot be written: it is pr'],
    [['home', 'set', 'lamp=on'], 2, 'expected one characteristic to write'],
    [['home', 'set', 'lamp/lightbulb/on'], 2, 'expected name=value'],
    [['home', 'watch', 'lamp/lightbulb/name'], 2, 'cannot be watched'],
    [['home', 'forget', 'lamp', '--yes'], 2, 'lamp is part of this hub'],
    [['home', 'pair', 'x', '--code', 'X-HM://nonsense'], 2, 'scan the QR code again'],
    [['home', 'discover', '--interface', 'none'], 2, 'none of the interfaces'],
  ])('answers %j with code %i and what to do instead', async (args, code, text) => {
    const ran = await place.cf(args);
    expect([ran.code, ran.out], ran.err).toEqual([code, '']);
    expect(ran.err).toContain(text);
  });

  it('is watched: values now, and each change as it happens, until the watcher goes', async () => {
    const child = spawn(process.execPath, [MAIN, 'home', 'watch', 'lamp', '--json'], {
      cwd: place.folder,
      env: { PATH: process.env['PATH'], HOME: place.folder },
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const until = async (pattern: RegExp): Promise<void> => {
      while (!pattern.test(out)) await once(child.stdout, 'data');
    };
    await until(/brightness/);
    await hub.operations.homeSet([{ id: 'lamp/lightbulb/brightness', value: '77' }]);
    // Not of a time, which may have such digits as well.
    await until(/"value": ?77\b.*\n/);
    child.kill('SIGINT');
    await once(child, 'close');
    expect(JSON.parse(out.trim().split('\n').at(-1) ?? '')).toMatchObject({
      id: 'lamp/lightbulb/brightness',
      value: 77,
    });
  });

  it('shows its label, and that of the hub, as a code, a payload and a QR code', async () => {
    for (const [of, category] of [
      ['lamp', 5],
      ['hub', 2],
    ] as const) {
      const told = await place.json<{ setupCode: string; payload: string }>([
        'home',
        'accessories',
        '--show-setup-code',
        of,
      ]);
      expect(decodeSetupPayload(told.payload)).toMatchObject({
        ok: true,
        payload: { setupCode: told.setupCode, category },
      });
      const { out } = await place.cf(['home', 'accessories', '--show-setup-code', of]);
      expect(out).toContain(told.setupCode);
      expect(out).toMatch(/█▀|▄█/);
    }
    expect((await place.cf(['home', 'accessories', '--show-setup-code', 'chair'])).code).toBe(2);
  });
});

describe('an accessory of somebody else', () => {
  it('is refused with a wrong code, with the count of tries, and then paired with the right one', async () => {
    const wrong = await place.cf(['home', 'pair', 'desk', `127.0.0.1:${desk.port}`], { stdin: '482-19-366\n' });
    expect([wrong.code, wrong.out]).toEqual([1, '']);
    expect(wrong.err).toContain('the code is not the one of this accessory');
    expect(wrong.err).toContain('1 of 100 tries were used from here');
    expect(wrong.err).not.toContain('482-19-366');
    const payload = encodeSetupPayload({
      setupCode: CODE,
      setupId: 'ABCD',
      category: 5,
      ip: true,
      ble: false,
      paired: false,
    });
    const paired = await place.cf([
      'home',
      'pair',
      'desk',
      `127.0.0.1:${desk.port}`,
      '--name',
      'Desk lamp',
      '--code',
      payload,
    ]);
    expect(paired.code, paired.err).toBe(0);
    expect(paired.out).toMatch(/^paired as desk\n\n.*\ndesk +Desk lamp +yes +1 /);
    expect((await place.cf(['home', 'set', 'desk/lightbulb/on=on'])).code).toBe(0);
    expect(desk.server.get(LAMP.aid, LAMP.on)).toBe(true);
  });

  it('says that it is paired already to whoever tries again', async () => {
    const ran = await place.cf(['home', 'pair', 'desk2', `127.0.0.1:${desk.port}`, '--code', CODE]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('setup-unpaired');
  });

  it('lists a stranger beside the hub; the stranger can be removed, the hub itself not', async () => {
    await desk.stop();
    const { id, publicKey } = newIdentity();
    const now = desk.state.current();
    if (!now) throw new Error('expected a paired accessory');
    desk.state.write({ ...now, pairings: [...now.pairings, { id, ltpk: publicKey.toString('base64'), admin: true }] });
    await desk.start();
    const all = await place.json<PairingView[]>(['home', 'pairings', 'desk']);
    expect(all.map(({ whose }) => whose).toSorted()).toEqual(['hub', 'stranger']);
    const own = all.find(({ whose }) => whose === 'hub')?.id ?? '';
    const asked = await place.cf(['home', 'pairings', 'desk', '--remove', id]);
    expect([asked.code, asked.err]).toEqual([2, expect.stringContaining('add --yes')]);
    expect((await place.cf(['home', 'pairings', 'desk', '--remove', own, '--yes'])).err).toContain(
      "the hub's own pairing",
    );
    expect((await place.cf(['home', 'pairings', 'desk', '--remove', '0', '--yes'])).code).toBe(1);
    const removed = await place.cf(['home', 'pairings', 'desk', '--remove', id.slice(0, 8), '--yes']);
    expect(removed.out).toMatch(/^removed and read back: gone\n/);
    expect(desk.state.current()?.pairings.map((pairing) => pairing.id)).toEqual([own]);
  });

  it('that is away is said to be away, and why; that is back works at once', async () => {
    await desk.stop();
    const list = await place.cf(['home', 'accessories']);
    expect(list.code).toBe(1);
    expect(list.out).toMatch(/\ndesk +Desk lamp +no /);
    expect(list.out).toContain('counterfoil explain home desk');
    const get = await place.cf(['home', 'get', 'desk/lightbulb/on']);
    expect(get.code).toBe(1);
    expect(get.err).toContain('nobody listens at that port');
    expect(get.err).toContain('no accessory of that id announces itself on this network');
    const { subject, transcript } = await place.json<Examined>(['explain', 'home', 'desk']);
    expect([subject, transcript.some(({ event, step }) => step === 'connect' && event === 'failed')]).toEqual([
      'desk',
      true,
    ]);
    await desk.start();
    expect((await place.cf(['home', 'get', 'desk/lightbulb/on'])).code).toBe(0);
  });

  it('that was reset and holds nobody any more is told apart from one that is away; forgotten, it can be paired anew', async () => {
    await desk.stop();
    const now = desk.state.current();
    if (now) desk.state.write({ ...now, pairings: [] });
    await desk.start();
    const ran = await place.cf(['home', 'get', 'desk']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('pairing-kept');
    expect((await place.cf(['home', 'forget', 'desk', '--yes'])).out).toBe('forgotten: desk\n');
    expect((await place.cf(['home', 'pair', 'desk', `127.0.0.1:${desk.port}`, '--code', CODE])).code).toBe(0);
  });
});

describe('a code for accessories', () => {
  it('is handed out for a capability, and says in words what it allows', async () => {
    const { code, out } = await place.cf(['home', 'grant', APP, 'home:lamp/lightbulb:rs']);
    expect(code).toBe(0);
    expect(out).toMatch(/hap5\.1-authcode:\w{29}/);
    expect(out).toMatch(/my_app may then\n {2}see everything that the lightbulb of the lamp reports/);
  });

  it('is handed out for a pairing only with the key and the pairing id, by either name', async () => {
    const { jkt } = await proofKey();
    const pairing = randomUUID().toUpperCase();
    const bare = await place.cf(['home', 'grant', APP, 'home:lamp:direct']);
    expect([bare.code, bare.err]).toEqual([2, expect.stringContaining('expected --jkt and --pairing-id')]);
    const key = ['--jkt', jkt, '--pairing-id', pairing];
    for (const called of [
      ['home', 'grant'],
      ['mint', 'home'],
    ]) {
      const minted = await place.json<Minted>([...called, APP, 'home:lamp:direct', ...key, '--ends', '3600']);
      const { grant } = await hub.operations.timeline(minted.grant);
      expect(minted.scopes).toEqual(['home:lamp:direct']);
      expect(Number(grant.until) - grant.from).toBe(3_600_000);
    }
    const admin = await place.json<Minted>(['home', 'grant', APP, 'home:lamp:direct', ...key, '--admin']);
    expect(JSON.stringify((await hub.operations.timeline(admin.grant)).grant)).toContain('additional');
  });

  it('is picked in words by mint home, minted by the same operation, and redeemed by the request that was printed', async () => {
    await hub.operations.addApp('picky', {
      redirectUris: ['com.myapp:/callback'],
      scopes: ['lamp:read', 'lamp:write'],
    });
    const pick = ['mint', 'home', '--client', 'picky', '--accessory', 'lamp', '--can'];
    const minted = await place.json<Minted>([...pick, 'on,off']);
    expect(minted.scopes).toEqual(['home:lamp/lightbulb/on:w']);
    expect((await place.json<Minted>([...pick, 'read,on'])).scopes).toEqual([
      'home:lamp/lightbulb:rs',
      'home:lamp/lightbulb/on:w[on]',
    ]);
    const { out } = await place.cf([...pick, 'on,off', '--ttl', '60']);
    expect(out).toContain('picky may then\n  switch the lightbulb of the lamp on and off');
    const sent = [...out.matchAll(/--data-urlencode '?(\w+)=([^'\s]+)'?/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]);
    const { status, body } = await hub.token(Object.fromEntries(sent));
    expect(status).toBe(200);
    const { access_token: token } = JSON.parse(body) as { access_token: string };
    const written = await fetch(`${hub.issuer}/api/characteristics`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify({ characteristics: [{ id: 'lamp/lightbulb/on', value: true }] }),
    });
    expect(written.status).toBe(204);
    expect((await hub.operations.homeGet(['lamp/lightbulb/on'])).map(({ value }) => value)).toEqual([true]);
  });

  it.each([
    [['--client', APP, '--accessory', 'lamp'], 'expected --client, --accessory and --can together'],
    [['--client', APP, '--accessory', 'lamp', '--can', 'fly'], '--can: expected read, on, off, direct'],
    [['--client', APP, '--accessory', 'lamp', '--can', 'direct'], 'expected --jkt and --pairing-id'],
    [[APP, '--client', APP, '--accessory', 'lamp', '--can', 'read'], 'expected options or scopes'],
    [[], 'expected an app and a scope'],
    [['--client', APP, '--accessory', 'chair', '--can', 'read'], 'chair'],
  ])('is not picked by %j: it says what to do', async (args, says) => {
    const ran = await place.cf(['mint', 'home', ...args]);
    expect([ran.code, ran.out, ran.err]).toEqual([2, '', expect.stringContaining(says)]);
  });

  it('hands a house over, or resets it after its name was typed, and says how far that is', async () => {
    const { jkt } = await proofKey();
    const key = ['--jkt', jkt, '--pairing-id', randomUUID().toUpperCase()];
    const minted = await place.json<Minted>(['home', 'transfer', APP, 'lamp', ...key]);
    expect(JSON.stringify((await hub.operations.timeline(minted.grant)).grant)).toContain('transfer');
    expect((await place.cf(['home', 'transfer', APP, ...key])).err).toContain('accessories or --all');
    const unasked = await place.cf(['home', 'reset', APP, 'lamp', ...key.slice(0, 2)]);
    expect([unasked.code, unasked.err]).toEqual([2, expect.stringContaining('add --yes')]);
    const reset = await place.json<Minted>(['home', 'reset', APP, 'lamp', ...key.slice(0, 2), '--yes']);
    expect(JSON.stringify((await hub.operations.timeline(reset.grant)).grant)).toContain('reset');
  });
});
