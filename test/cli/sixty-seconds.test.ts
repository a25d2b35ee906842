/** The first sixty seconds: `counterfoil start` as a person meets it, by keys through a pipe, and how it ends. */
// proves: A3, A8, A9, A10, A12, A25, X1, X4
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/core/verdict.ts';
import type { Timeline } from '../../src/server/operations.ts';
import { expectGolden, pasted, steady } from './golden.ts';
import { openPlace, type Place, type Ran, type Running } from './place.ts';

let place: Place;
beforeEach(() => {
  place = openPlace();
});
afterEach(() => place.close());

const CLIENT = 'my_app_123';
/** Within 2 s of the win a second use is a lost race, and no replay. */
const RACE_MS = 2_100;

/** Presses a key and waits for what it leads to. */
async function press(hub: Running, key: string, pattern: RegExp): Promise<string> {
  const before = hub.out().length;
  hub.press(key);
  await hub.until(pattern, before);
  return hub.out().slice(before);
}

const LAST_LINE = /nothing more; you see this\n\n/;

describe('the first sixty seconds', () => {
  it('tell the whole story in order: as printed, fixed, copied, replayed, quit', async () => {
    const hub = await place.start([]);
    await press(hub, 's', LAST_LINE);
    await press(hub, 'f', /lamp: ON.*\n\n/);
    await sleep(RACE_MS);
    await press(hub, 'a', /loses nothing\n\n/);
    await press(hub, 'r', /gone\n\n/);
    await press(hub, 'q', /stopped/);
    expect(await hub.end()).toBe(0);
    expectGolden('sixty-seconds', hub.out());
    expectGolden('sixty-seconds-log', hub.err());
  });

  it('name all four faults of the request as it is printed, each with its position', async () => {
    const hub = await place.start([]);
    const text = await press(hub, 's', LAST_LINE);
    expect(text).toMatch(
      /400 \{"error":"unsupported_grant_type","error_uri":"http:\/\/localhost:\d+\/r\/[0-9A-Z]{26}"\}\n/,
    );
    expect(text).toMatch(
      /✗ grant-type-known +expected authorization_code +got authorization_code␠ +blank at position 19\n/,
    );
    expect(text).toMatch(/✗ client-known +expected my_app_123 +got my_app_123␠ +blank at position 11\n/);
    expect(text).toMatch(/✗ code-verifier +expected S256 proof +got nothing +public app: send the code_verifier\n/);
    expect(text).toMatch(/✗ pairing-id .*\n.* expected proof by pairing [0-9A-F]{8}…\n.* got +nothing\n/);
    expect(text).toMatch(/! code-wellformed +blanks around the code were dropped/);
  });

  it('cost the owner nothing when the bytes are copied: token and pairing live on', async () => {
    const hub = await place.start([]);
    await press(hub, 'f', /lamp: ON/);
    const text = await press(hub, 'a', /loses nothing\n/);
    expect(text).toContain('400 {"error":"invalid_dpop_proof"');
    const [copied] = await place.json<Verdict[]>(['verdicts', '--refused', '--cause', 'replayed']);
    expect(copied?.consequence?.revokedCodes ?? 0).toBe(0);
    const life = await place.json<Timeline>(['show', copied?.grant ?? '']);
    expect(life.grant.state).toBe('active');
    expect(life.effects.map((effect) => effect.state)).toEqual(['done']);
    const codes = await place.json<{ purpose: string; standing: string }[]>(['codes', '--grant', life.grant.id]);
    expect(
      codes
        .filter((code) => code.standing === 'live')
        .map((code) => code.purpose)
        .sort(),
    ).toEqual(['access_token', 'refresh_token']);
  });

  it('end with two tokens revoked and the pairing gone from the lamp when the app replays', async () => {
    const hub = await place.start([]);
    await press(hub, 'f', /lamp: ON/);
    expect(await press(hub, 'r', /press r again|gone/)).toContain('within 2 s of the win');
    await sleep(RACE_MS);
    const text = await press(hub, 'r', /gone\n/);
    expect(text).toContain('replay by the proven client: 2 tokens revoked, its pairing removed from the lamp');
    const [grant] = await place.json<{ id: string; state: string }[]>(['grants', '--client', CLIENT]);
    expect(grant?.state).toBe('revoked');
    const life = await place.cf(['show', grant?.id ?? '']);
    expect(life.out).toMatch(/On devices\n {2}pairing.* on lamp {2}undone, read back gone\n/);
    expectGolden('sixty-seconds-life', pasted(life));
  });

  it('print the same with colours, apart from the colours', async () => {
    const hub = await place.start(['--color']);
    await press(hub, 's', LAST_LINE);
    await press(hub, 'q', /stopped/);
    expect(await hub.end()).toBe(0);
    expect(steady(hub.out())).toContain('⟨1;31⟩');
    expectGolden('sixty-seconds-color', hub.out());
  });

  it('need the hub only as long as it runs: an ended pipe leaves it running', async () => {
    const hub = await place.start([]);
    hub.hangUp();
    expect((await hub.token({})).status).toBe(400);
    expect(await hub.end('SIGTERM')).toBe(0);
  });
});

describe('Ctrl-C', () => {
  it('ends cleanly, and what was decided is kept: a second start on the same file shows it', async () => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      const first = await place.start([]);
      await press(first, 's', LAST_LINE);
      expect(await first.end(signal)).toBe(0);
      expect(first.out()).toMatch(/ {2}stopped; what was decided is kept\n$/);
      const second = await place.start(['--no-demo']);
      const { out } = await place.cf(['verdicts', '--refused']);
      expect(out).toMatch(/refused +token +my_app_123␠ +grant-type-known +unsupported/);
      expect(await second.end(signal)).toBe(0);
    }
  });

  it('in the middle of an exchange ends cleanly, and the file is whole', async () => {
    const hub = await place.start([]);
    hub.press('f');
    expect(await hub.end('SIGINT')).toBe(0);
    expect(hub.err()).not.toContain('fault');
    const codes = await place.json<{ used: number }[]>(['codes', '--client', CLIENT]);
    expect([1, 3]).toContain(codes.length);
  });
});

describe('a hub without the demo', () => {
  it('prints one line a refusal', async () => {
    const hub = await place.start(['--no-demo']);
    await hub.token({ grant_type: 'password' });
    await hub.token({ grant_type: 'authorization_code', code: 'hap5.1-authcode:short', client_id: 'nobody' });
    await hub.until(/nobody/);
    expect(await hub.end('SIGTERM')).toBe(0);
    expectGolden('no-demo', hub.out());
    expect(hub.err()).toBe('');
  });

  it('refuses a port that is taken, with a line and exit code 2', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port));
    });
    const ran = await place.cf(['start', '--no-demo', '--port', String(port)]);
    other.close();
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(ran.err.replace(String(port), '5151')).toBe(
      'counterfoil: port 5151 is taken: is a hub running already? choose another with --port\n',
    );
  });

  it('refuses to listen beyond this machine, says why, exit code 2', async () => {
    expectGolden(
      'refused-starts',
      [
        pasted(await place.cf(['start', '--host', '0.0.0.0'])),
        pasted(await place.cf(['start', '--port', '65536'])),
        pasted(await place.cf(['start', '--port', 'http'])),
      ].join('\n'),
    );
  });

  it('is alone on its file: a second hub is refused', async () => {
    await place.start(['--no-demo']);
    const ran = await place.cf(['start', '--no-demo', '--port', '0']);
    expect(ran).toMatchObject({ code: 2, out: '' });
    expectGolden('second-hub', pasted(ran).replaceAll(place.folder, '/folder'));
  });
});

describe('the command line', () => {
  it('speaks to the running hub, and to the file when it is stopped, with the same answers', async () => {
    const hub = await place.start([]);
    const reply = await press(hub, 's', LAST_LINE);
    const id = /vd_[0-9A-Z]{10}/.exec(reply)?.[0] ?? '';
    await press(hub, 'f', /lamp: ON/);
    const shown = [['app', 'list'], ['app', 'show', CLIENT], ['verdicts'], ['verdict', id, '--all'], ['replay', id]];
    // columns wide enough that no table is shortened to the width of an age
    const wide = { env: { COLUMNS: '160' } };
    const text = async (): Promise<string[]> => {
      const ran = await Promise.all(shown.map((command) => place.cf(command, wide)));
      return ran.map((one) => steady(pasted(one)));
    };
    const lists = [['codes'], ['grants'], ['user', 'list'], ['show', id], ['replay', id, '--set', 'redirect_uri=']];
    const json = (): Promise<Ran[]> => Promise.all([...shown, ...lists].map((one) => place.cf([...one, '--json'])));
    const before = [await text(), await json()];
    expect((await place.json<{ issuer: string }>(['status'])).issuer).toBe(hub.issuer);
    expect(await hub.end('SIGINT')).toBe(0);
    expect([await text(), await json()]).toEqual(before);
  });
});
