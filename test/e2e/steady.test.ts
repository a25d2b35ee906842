/** Refusals are held to one age, and nothing else is: over HTTP, on a hub that holds for as long as the test needs. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Limits } from '../../src/server/limits.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, tokens } from '../support/outside.ts';

const APP = 'my_app_123';
/** Longer than any test runs: what is held is heard only when the hub lets go of it. */
const FOREVER_MS = 3_600_000;
const HOLD_MS = 20;

let t: TestHub | undefined;
afterEach(async () => {
  await t?.close();
  t = undefined;
});

async function start(limits: Partial<Limits>): Promise<TestHub> {
  t = await startTestHub({ limits });
  await addPublic(t, APP);
  return t;
}

async function stop(hub: TestHub): Promise<void> {
  t = undefined;
  await hub.close();
}

const state = ({ url }: TestHub, token: string): Promise<Response> =>
  fetch(`${url}/api/state`, { headers: { authorization: `Bearer ${token}` } });

const ask = (hub: TestHub): Promise<Response> =>
  hub.token({ grant_type: 'authorization_code', client_id: APP, code: 'nobody minted this' });

/** Refusals that were judged and written. */
async function refusedBy({ hub }: TestHub): Promise<number> {
  const verdicts = await hub.operations.verdicts({});
  return verdicts.filter(({ ok }) => !ok).reduce((sum, { times }) => sum + times, 0);
}

/** Asks for refusals, one after the other, and waits until each has been judged. */
async function held(hub: TestHub, count: number): Promise<Promise<Response>[]> {
  const all: Promise<Response>[] = [];
  while (all.length < count) {
    all.push(ask(hub));
    await vi.waitFor(async () => expect(await refusedBy(hub)).toBe(all.length));
  }
  return all;
}

describe('a refusal', () => {
  it('is as old as all others: no cause of it is heard before the hold, at the token endpoint and at the API', async () => {
    const hub = await start({ holdMs: HOLD_MS });
    const spent = await hub.hub.operations.mint({ client: APP });
    const { access_token: ended } = await tokens(hub, hub.token(exchangeForm(APP, spent)));
    const other = { ...exchangeForm(APP, await hub.hub.operations.mint({ client: APP })), redirect_uri: 'x:/y' };
    await hub.hub.operations.revoke(spent.grant);
    for (const one of [
      () => hub.token('grant_type=authorization_code'),
      () => ask(hub),
      () => hub.token(other),
      () => hub.token(exchangeForm(APP, spent)),
      () => hub.token('x'.repeat(70_000)),
      () => state(hub, 'nobody minted this'),
      () => state(hub, ended),
    ]) {
      const at = performance.now();
      const answer = await one();
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(performance.now() - at).toBeGreaterThanOrEqual(HOLD_MS);
    }
  });

  it('waits alone and holds no place: what succeeds is answered meanwhile, and so is what has no such promise', async () => {
    const hub = await start({ holdMs: FOREVER_MS, drainMs: 50, inFlightMax: 2 });
    const waiting = await held(hub, 5);
    const minted = await hub.hub.operations.mint({ client: APP });
    const { access_token: good } = await tokens(hub, hub.token(exchangeForm(APP, minted)));
    expect((await state(hub, good)).status).toBe(200);
    expect((await fetch(`${hub.url}/nowhere`)).status).toBe(404);
    await stop(hub);
    await Promise.all(waiting);
  });

  it('is not lost when the hub stops: it is heard, whole, and it is the last thing on its connection', async () => {
    const hub = await start({ holdMs: FOREVER_MS, drainMs: 50 });
    const waiting = await held(hub, 5);
    await stop(hub);
    for (const answer of await Promise.all(waiting)) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('connection')).toBe('close');
      expect(await answer.json()).toMatchObject({ error: 'invalid_grant' });
    }
    expect(hub.faults).toEqual([]);
  });

  it('is heard in its turn when the hub stops in time', async () => {
    const hub = await start({ holdMs: 200 });
    const waiting = await held(hub, 1);
    await stop(hub);
    expect((await waiting[0])?.status).toBe(400);
    expect(hub.faults).toEqual([]);
  });

  it('whose peer has hung up is nobody’s: nothing fails, and the others are answered', async () => {
    const hub = await start({ holdMs: 100 });
    const gone = new AbortController();
    const hanging = fetch(`${hub.url}/token`, { method: 'POST', body: 'code=x', signal: gone.signal });
    const other = ask(hub);
    await vi.waitFor(async () => expect(await refusedBy(hub)).toBeGreaterThan(0));
    gone.abort();
    await expect(hanging).rejects.toThrow();
    expect((await other).status).toBe(400);
    expect((await ask(hub)).status).toBe(400);
    expect(hub.faults).toEqual([]);
  });
});
