/** Refusals are held to one age, and nothing else is: over HTTP, on a hub that holds for as long as the test needs. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, exchangeForm, tokens } from '../support/outside.ts';

const APP = 'my_app_123';
/** Longer than any test runs: what is held is heard only when the hub lets go of it. */
const FOREVER_MS = 3_600_000;
const HOLD_MS = 20;

let t: TestHub | undefined;
afterEach(() => t?.close());

async function start(
  limits: { holdMs: number; drainMs?: number; inFlightMax?: number },
  between?: (s: Store) => Store,
) {
  t = await startTestHub({ limits, ...(between && { between }) });
  await addPublic(t, APP);
  return t;
}

const state = ({ url }: TestHub, token: string): Promise<Response> =>
  fetch(`${url}/api/state`, { headers: { authorization: `Bearer ${token}` } });

describe('a refusal', () => {
  it('is as old as all others: no cause of it is heard before the hold, at the token endpoint and at the API', async () => {
    const hub = await start({ holdMs: HOLD_MS });
    const spent = await hub.hub.operations.mint({ client: APP });
    const { access_token: good } = await tokens(hub, hub.token(exchangeForm(APP, spent)));
    const mismatch = { ...exchangeForm(APP, await hub.hub.operations.mint({ client: APP })), redirect_uri: 'x:/y' };
    for (const ask of [
      () => hub.token('grant_type=authorization_code'),
      () => hub.token({ ...mismatch, code: 'nobody minted this' }),
      () => hub.token(mismatch),
      () => hub.token(exchangeForm(APP, spent)),
      () => state(hub, 'nobody minted this'),
      () => state(hub, good),
    ]) {
      const at = performance.now();
      const answer = await ask();
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(performance.now() - at).toBeGreaterThanOrEqual(HOLD_MS);
    }
  });

  it('waits alone: what succeeds is answered meanwhile, and so is what has no such promise', async () => {
    const hub = await start({ holdMs: FOREVER_MS, drainMs: 50, inFlightMax: 2 });
    // More than there are places: who waits holds none.
    const refused = Array.from({ length: 5 }, () => hub.token({ code: 'nobody minted this' }));
    const { access_token: good } = await tokens(
      hub,
      hub.token(exchangeForm(APP, await hub.hub.operations.mint({ client: APP }))),
    );
    expect((await state(hub, good)).status).toBe(200);
    expect((await fetch(`${hub.url}/nowhere`)).status).toBe(404);
    await vi.waitFor(async () => expect((await hub.hub.operations.verdicts({ limit: 9 })).length).toBeGreaterThan(1));
    await hub.close();
    t = undefined;
    for (const answer of await Promise.all(refused)) expect(answer.status).toBe(400);
    expect(hub.faults).toEqual([]);
  });
});
