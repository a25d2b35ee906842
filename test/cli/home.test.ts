/** `counterfoil home` as a person meets it: a real hub with its real lamp, and an accessory of somebody else's on real TCP. */
// proves: C1, C3, C10, C11, C12, C14, C15

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAMP, lampDatabase } from '../../src/protocols/hap/accessory/lamp.ts';
import { type AccessoryServer, createAccessoryServer } from '../../src/protocols/hap/accessory/server.ts';
import { CATEGORY } from '../../src/protocols/hap/accessory/services.ts';
import { type MemoryState, memoryState } from '../../src/protocols/hap/accessory/state.ts';
import { newIdentity } from '../../src/protocols/hap/keys.ts';
import { decodeSetupPayload, encodeSetupPayload } from '../../src/protocols/hap/setup-payload.ts';
import type { AccessoryView, Examined, PairingView, ValueView } from '../../src/server/home-shapes.ts';
import type { Minted } from '../../src/server/operations.ts';
import { proofKey } from '../support/dpop.ts';
import { openPlace, type Place, type Running } from './place.ts';

const CODE = '482-19-365';
const APP = 'my_app';
const MAIN = join(import.meta.dirname, '../../src/cli/main.ts');

let place: Place;
let hub: Running;
let desk: AccessoryServer;
let port = 0;
const state: MemoryState = memoryState();

/** An accessory of somebody else's, which restarts with what it remembers. */
async function startDesk(at = 0): Promise<void> {
  desk = await createAccessoryServer({
    database: lampDatabase({
      name: 'Desk',
      manufacturer: 'Somebody',
      model: 'D1',
      serialNumber: '7',
      firmwareRevision: '2.5.1',
    }),
    state,
    setupCode: { policy: 'static', code: CODE },
    model: 'D1',
    category: CATEGORY.lightbulb,
    host: '127.0.0.1',
  });
  port = await desk.listen(at);
}

beforeAll(async () => {
  place = openPlace();
  hub = await place.start();
  await startDesk();
  const scopes = ['home:lamp:direct', 'home:lamp/lightbulb:rs', 'lamp:read'];
  await hub.operations.addApp(APP, { type: 'public', redirectUris: ['com.myapp:/callback'], scopes });
});
afterAll(async () => {
  await desk.close();
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
    await until(/77/);
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
    const wrong = await place.cf(['home', 'pair', 'desk', `127.0.0.1:${port}`], { stdin: '482-19-366\n' });
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
      `127.0.0.1:${port}`,
      '--name',
      'Desk lamp',
      '--code',
      payload,
    ]);
    expect(paired.code, paired.err).toBe(0);
    expect(paired.out).toMatch(/^paired as desk\n\n.*\ndesk +Desk lamp +yes +1 /);
    expect((await place.cf(['home', 'set', 'desk/lightbulb/on=on'])).code).toBe(0);
    expect(desk.get(LAMP.aid, LAMP.on)).toBe(true);
  });

  it('says that it is paired already to whoever tries again', async () => {
    const ran = await place.cf(['home', 'pair', 'desk2', `127.0.0.1:${port}`, '--code', CODE]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('setup-unpaired');
  });

  it('lists a stranger beside the hub; the stranger can be removed, the hub itself not', async () => {
    await desk.close();
    const { id, publicKey } = newIdentity();
    const now = state.current();
    if (!now) throw new Error('expected a paired accessory');
    state.write({ ...now, pairings: [...now.pairings, { id, ltpk: publicKey.toString('base64'), admin: true }] });
    await startDesk(port);
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
    expect(state.current()?.pairings.map((pairing) => pairing.id)).toEqual([own]);
  });

  it('that is away is said to be away, and why; that is back works at once', async () => {
    await desk.close();
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
    await startDesk(port);
    expect((await place.cf(['home', 'get', 'desk/lightbulb/on'])).code).toBe(0);
  });

  it('that was reset and holds nobody any more is told apart from one that is away; forgotten, it can be paired anew', async () => {
    await desk.close();
    const now = state.current();
    if (now) state.write({ ...now, pairings: [] });
    await startDesk(port);
    const ran = await place.cf(['home', 'get', 'desk']);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('pairing-kept');
    expect((await place.cf(['home', 'forget', 'desk', '--yes'])).out).toBe('forgotten: desk\n');
    expect((await place.cf(['home', 'pair', 'desk', `127.0.0.1:${port}`, '--code', CODE])).code).toBe(0);
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

describe('explain home', () => {
  it('speaks with the lamp and finds nothing wrong', async () => {
    const ran = await place.cf(['explain', 'home', 'lamp']);
    expect(ran.code, ran.out).toBe(0);
    expect(ran.out).toMatch(/^✓ lamp: nothing is wrong in what was said\n/);
    expect(ran.out).toMatch(/✓ verify-sealed · accessory-identity · accessory-key · pairing-kept/);
  });

  it('knocks at an address that is not paired here, and asks nothing of it', async () => {
    const before = state.current();
    const there = await place.json<Examined & { ok: boolean }>(['explain', 'home', `127.0.0.1:${port}`]);
    expect([there.ok, there.transcript.some(({ step }) => step.startsWith('pair-setup'))]).toEqual([true, false]);
    expect(state.current()).toEqual(before);
    const nowhere = await place.cf(['explain', 'home', '127.0.0.1:9']);
    expect(nowhere.code).toBe(1);
    expect(nowhere.out).toContain('nobody listens on that port');
  });

  it('reads a transcript and a log of other software, from a file and from stdin, with and without its name', async () => {
    const transcript = [
      { atMs: 0, step: 'connect', event: 'done', facts: { address: '10.0.0.7', port: 5001 } },
      { atMs: 9, step: 'pair-setup M4', event: 'received', facts: { state: 4, error: 2 } },
    ];
    const lines = transcript.map((entry) => JSON.stringify(entry)).join('\n');
    writeFileSync(join(place.folder, 'pairing.jsonl'), lines);
    const told = [
      await place.cf(['explain', 'home', 'pairing.jsonl']),
      await place.cf(['explain', 'home', '-'], { stdin: lines }),
      await place.cf(['explain', 'pairing.jsonl']),
      await place.cf(['explain', '-'], { stdin: JSON.stringify(transcript) }),
    ];
    for (const { code, out } of told) {
      expect(code).toBe(1);
      expect(out).toContain('the code is not the one of this accessory');
    }
    const log = '[2026-11-02] Connecting to 10.0.0.7\nError: connect ECONNREFUSED 10.0.0.7:51826\n';
    expect((await place.cf(['explain', 'home', '-'], { stdin: log })).out).toContain('nobody listens on that port');
  });

  it('lists all that hides behind the words of a screen, four causes at least, with and without its name', async () => {
    const words = 'Unable to pair. Invalid Authorization Code.';
    for (const args of [
      ['explain', 'home', words],
      ['explain', words],
    ]) {
      const { code, out } = await place.cf(args);
      expect(code).toBe(3);
      expect(out).toMatch(/ 4\. /);
      expect(out).toContain('the code is not the one of this accessory');
    }
    expect((await place.cf(['explain', 'home', '-'], { stdin: 'lorem ipsum\n' })).code).toBe(3);
  });
});

describe('with no hub running', () => {
  it('what needs one says so and how to start it; examining and explaining go on', async () => {
    const alone = openPlace();
    try {
      await alone.cf([
        'app',
        'add',
        APP,
        '--public',
        '--redirect-uri',
        'com.myapp:/callback',
        '--scope',
        'home:lamp:direct',
      ]);
      for (const args of [
        ['home', 'accessories'],
        ['home', 'get', 'lamp'],
        ['home', 'set', 'lamp/lightbulb/on=on'],
        ['home', 'watch', 'lamp'],
        ['home', 'pairings', 'lamp'],
        ['home', 'pair', 'x', `127.0.0.1:${port}`, '--code', CODE],
        ['home', 'grant', APP, 'home:lamp/lightbulb:rs'],
      ]) {
        const ran = await alone.cf(args);
        expect([ran.code, ran.out], args.join(' ')).toEqual([2, '']);
        expect(ran.err, args.join(' ')).toContain('counterfoil start');
      }
      const there = await alone.cf(['explain', 'home', `127.0.0.1:${port}`]);
      expect([there.code, there.err]).toEqual([0, expect.stringContaining('no hub is running')]);
    } finally {
      await alone.close();
    }
  });
});
