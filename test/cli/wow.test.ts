/** The story by itself: `counterfoil start --script wow`, over real HTTP and real HAP, in a process of its own. */
// proves: C1, C5, C10, C23
import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Grant } from '../../src/core/model.ts';
import type { AppView } from '../../src/server/operations.ts';
import { openPlace, type Place } from './place.ts';

let place: Place;
beforeEach(() => {
  place = openPlace();
});
afterEach(() => place.close());

describe('the script', () => {
  it('tells every act as promised, ends with 0, and leaves nothing behind', async () => {
    const { code, out } = await place.cf(['start', '--script', 'wow'], { env: { TMPDIR: place.folder } });
    expect(code, out).toBe(0);
    const lines = [
      'a real HomeKit accessory on this machine, really paired over HAP',
      '400 {"error":"unsupported_grant_type"',
      '✗ pairing-id',
      '200 {"access_token"',
      "lamp: ON, switched by the app's own pairing",
      '400 {"error":"invalid_dpop_proof"',
      'copied bytes, proof already spent: the owner loses nothing',
      '400 {"error":"invalid_grant"',
      'replay by the proven client: 2 tokens revoked, its pairing removed from the lamp and read back: gone',
      'refused by the lamp at pair-verify M4',
      'here is a fresh one',
      "lamp: ON, switched by the app's own pairing",
      'the lamp is unplugged',
      'the owner revokes the grant: 2 live credentials ended at once',
      'still due: its pairing has to be removed from the lamp; tried',
      'the lamp is plugged in again',
      'done: its pairing removed from the lamp and read back: gone',
      'all 7 acts came out as told',
    ];
    let from = 0;
    for (const line of lines) {
      const at = out.indexOf(line, from);
      expect(at, `${line}, in its place of\n${out}`).toBeGreaterThanOrEqual(from);
      from = at + line.length;
    }
    expect(readdirSync(place.folder)).toEqual([]);
  });

  it('plays on the data that is named, where its traces can be looked up afterwards', async () => {
    const ran = await place.cf(['start', '--script', 'wow', '--db', 'story.db']);
    expect(ran.code, ran.out).toBe(0);
    const grants = await place.json<Grant[]>(['--db', 'story.db', 'grants']);
    expect(grants.map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    const { scopes } = await place.json<AppView>(['--db', 'story.db', 'app', 'show', 'my_app_123']);
    expect(scopes.map(({ name }) => name)).toEqual(['lamp:read', 'lamp:write', 'home:lamp:direct']);
  });

  it('ends with another code when an act does not come out as told', async () => {
    // The person in charge has taken the application's right to a pairing of its own.
    const app = ['my_app_123', '--public', '--redirect-uri', 'com.myapp:/callback', '--scope', 'lamp:read'];
    await place.cf(['--db', 'story.db', 'app', 'add', ...app]);
    const ran = await place.cf(['start', '--script', 'wow', '--db', 'story.db']);
    expect(ran.code).not.toBe(0);
    expect(ran.out).not.toContain('came out as told,');
  });

  it.each([
    [['--script', 'other'], 'expected a script (wow), got other'],
    [['--script', 'wow', '--no-demo'], 'leave out --no-demo'],
  ])('refuses %j, exit code 2', async (args, text) => {
    const ran = await place.cf(['start', ...args]);
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(text);
  });
});
