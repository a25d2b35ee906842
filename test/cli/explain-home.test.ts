/** `counterfoil explain home`: a device, a transcript, a log, the words of a screen; and what goes on with no hub. */
// proves: C14, C15, C16
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Examined } from '../../src/server/home/shapes.ts';
import { CODE, type Desk, startDesk } from './desk.ts';
import { openPlace, type Place } from './place.ts';

const APP = 'my_app';

let place: Place;
let desk: Desk;

beforeAll(async () => {
  place = openPlace();
  await place.start();
  desk = await startDesk();
});
afterAll(async () => {
  await desk.stop();
  await place.close();
});

describe('explain home', () => {
  it('speaks with the lamp and finds nothing wrong', async () => {
    const ran = await place.cf(['explain', 'home', 'lamp']);
    expect(ran.code, ran.out).toBe(0);
    expect(ran.out).toMatch(/^✓ lamp: nothing is wrong in what was said\n/);
    expect(ran.out).toMatch(/✓ verify-sealed · accessory-identity · accessory-key · pairing-kept/);
  });

  it('knocks at an address that is not paired here, and asks nothing of it', async () => {
    const before = desk.state.current();
    const there = await place.json<Examined & { ok: boolean }>(['explain', 'home', `127.0.0.1:${desk.port}`]);
    expect([there.ok, there.transcript.some(({ step }) => step.startsWith('pair-setup'))]).toEqual([true, false]);
    expect(desk.state.current()).toEqual(before);
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
        ['home', 'pair', 'x', `127.0.0.1:${desk.port}`, '--code', CODE],
        ['home', 'grant', APP, 'home:lamp/lightbulb:rs'],
      ]) {
        const ran = await alone.cf(args);
        expect([ran.code, ran.out], args.join(' ')).toEqual([2, '']);
        expect(ran.err, args.join(' ')).toContain('counterfoil start');
      }
      const there = await alone.cf(['explain', 'home', `127.0.0.1:${desk.port}`]);
      expect([there.code, there.err]).toEqual([0, expect.stringContaining('no hub is running')]);
    } finally {
      await alone.close();
    }
  });
});
