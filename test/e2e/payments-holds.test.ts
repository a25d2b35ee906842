/** Holds as they end: over real HTTP, resumable, each once, and no card but its fingerprint. The clock is held; the stream is live. */
import { afterEach, describe, expect, it } from 'vitest';
import { createPaymentsClient, type HoldEnded } from '../../src/client/payments.ts';
import { faultIn } from '../../src/server/payments/shape.ts';
import { HOLD_ENDED } from '../../src/server/payments/shapes.ts';
import { openEvents } from '../support/event-stream.ts';
import type { TestHubOptions } from '../support/hub.ts';
import { ATTEMPT, HOUR, type PaymentsHub, randomPan, startPaymentsHub } from '../support/payments.ts';

let hub: PaymentsHub;
afterEach(async () => {
  expect(hub.faults).toEqual([]);
  await hub.close();
});

/** Declined with a code; answers the attempt's id. */
async function decline(code = '51', over: object = {}): Promise<string> {
  const asked = { ...ATTEMPT, card: { pan: randomPan() }, ...over };
  const reserved = await hub.client.reserve(asked);
  if (!reserved.admitted) throw new Error('expected to be admitted');
  await hub.client.record(reserved.attempt, { outcome: 'declined', response: { code } });
  return reserved.attempt;
}

const open = (after?: string) =>
  openEvents(`${hub.url}/payments/holds`, {
    authorization: `Bearer ${hub.key}`,
    ...(after !== undefined && { 'last-event-id': after }),
  });

describe('the stream of holds', () => {
  it('tells each hold when it ends and not before: by the clock of the store, in order, with no card but its fingerprint', async () => {
    hub = await startPaymentsHub();
    const card = randomPan();
    const before = await decline('51', { card: { pan: card }, purchase: 'order-1' });
    const stream = await open();
    hub.clock.move(HOUR);
    const during = await decline('91');
    await decline('41');
    await stream.until(1);
    expect(stream.events.map(({ event }) => event)).toEqual(['ready']);
    hub.clock.move(12 * HOUR);
    await stream.until(3);
    const [, first, second] = stream.events as unknown as {
      event: string;
      id: string;
      data: Record<string, unknown>;
    }[];
    expect(first).toMatchObject({ event: 'ended', data: { attempt: during, ended_at: '2026-11-21T13:10:00.000Z' } });
    expect(second).toMatchObject({
      event: 'ended',
      data: { attempt: before, purchase: 'order-1', ended_at: '2026-11-22T00:00:00.000Z' },
    });
    for (const one of [first, second]) expect(faultIn(HOLD_ENDED, one?.data)).toBeUndefined();
    expect(JSON.stringify(stream.events)).not.toContain(card);
    stream.close();
  });

  it('reads a card once for all that was tried on it, however much that was', async () => {
    const asked: (readonly string[])[] = [];
    const between: NonNullable<TestHubOptions['between']> = (store) => ({
      ...store,
      load: (ask) => {
        asked.push(ask.holds ?? []);
        return store.load(ask);
      },
    });
    hub = await startPaymentsHub({ between });
    const card = { pan: randomPan() };
    for (let minor = 1; minor <= 20; minor++) await decline('51', { card, amount: { minor, currency: 'EUR' } });
    asked.length = 0;
    const stream = await open();
    hub.clock.move(12 * HOUR);
    await stream.until(21);
    stream.close();
    const looks = asked.filter((keys) => keys.length > 0);
    expect(looks.length).toBeGreaterThan(0);
    for (const keys of looks) expect(keys).toHaveLength(1);
  });

  it('goes on where it was left, with what ended meanwhile, and repeats nothing', async () => {
    hub = await startPaymentsHub();
    const ids = [await decline(), await decline(), await decline()].toSorted();
    const stream = await open();
    await stream.until(1);
    hub.clock.move(12 * HOUR);
    await stream.until(4);
    const events = stream.events.slice(1);
    expect(events.map(({ data }) => (data as unknown as { attempt: string }).attempt)).toEqual(ids);
    stream.close();
    hub.clock.move(HOUR);
    const later = await decline('91');
    hub.clock.move(HOUR);
    // From each of them on: those in the same millisecond have an order as well.
    for (const [i, { id }] of events.entries()) {
      const again = await open(id);
      await again.until(4 - i);
      const told = again.events.slice(1).map(({ data }) => (data as unknown as { attempt: string }).attempt);
      expect(told).toEqual([...ids.slice(i + 1), later]);
      again.close();
    }
    const nothing = await open('4111111111111111');
    await nothing.until(1);
    expect(nothing.events.map(({ event }) => event)).toEqual(['ready']);
    nothing.close();
  });

  it('says nothing of an approved attempt, of one that opens for new facts only, and of one that was never sent', async () => {
    hub = await startPaymentsHub();
    const stream = await open();
    await stream.until(1);
    await decline('41');
    for (const outcome of ['approved', 'not-sent'] as const) {
      const reserved = await hub.client.reserve({ ...ATTEMPT, card: { pan: randomPan() } });
      if (reserved.admitted) await hub.client.record(reserved.attempt, { outcome });
    }
    const known = await decline('91');
    hub.clock.move(30 * 24 * HOUR);
    await stream.until(2);
    expect(stream.events[1]?.data).toMatchObject({ attempt: known });
    stream.close();
  });

  it('tells a merchant of its own cards only, and ends when its key is revoked', async () => {
    hub = await startPaymentsHub();
    const other = await hub.hub.operations.paymentsAddMerchant('other', {});
    const theirs = await openEvents(`${hub.url}/payments/holds`, { authorization: `Bearer ${other.key.key}` });
    const ours = await open();
    await decline();
    hub.clock.move(12 * HOUR);
    await ours.until(2);
    expect(theirs.events.map(({ event }) => event)).toEqual(['ready']);
    await hub.hub.operations.revoke(other.key.id);
    await theirs.ended;
    ours.close();
  });

  it('is kept open by the client over a hub that ends it, each hold told once', async () => {
    hub = await startPaymentsHub();
    const abort = new AbortController();
    let opened = 0;
    const heard = new Set<number>();
    const cutting: typeof fetch = async (address, init) => {
      opened += 1;
      const cut = new AbortController();
      init?.signal?.addEventListener('abort', () => cut.abort());
      const response = await fetch(address, { ...init, signal: cut.signal });
      const [mine, other] = response.body?.tee() ?? [];
      // Cut right behind the first hold that it told, twice.
      if (other && opened <= 2) void watched(other, cut, () => heard.add(opened));
      return new Response(mine ?? null, response);
    };
    const client = createPaymentsClient({ url: hub.url, key: hub.key, fetch: cutting });
    const told: HoldEnded[] = [];
    const wanted = [await decline('91'), await decline()];
    const reading = (async () => {
      for await (const one of client.holds({ signal: abort.signal })) {
        told.push(one);
        if (told.length === 1) hub.clock.move(12 * HOUR);
        if (told.length === 2) abort.abort();
      }
    })();
    await expect.poll(() => heard.has(1)).toBe(true);
    hub.clock.move(HOUR);
    await reading;
    expect(told.map(({ attempt }) => attempt)).toEqual(wanted);
    expect(told[0]?.endedAt).toEqual(new Date('2026-11-21T12:10:00.000Z'));
    expect(opened).toBeGreaterThan(1);
  });
});

async function watched(stream: ReadableStream<Uint8Array>, cut: AbortController, ready: () => void): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('event: ready')) ready();
    if (text.includes('event: ended')) return cut.abort();
  }
}
