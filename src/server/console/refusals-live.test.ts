import { describe, expect, it, vi } from 'vitest';
import type { Verdict } from '../../core/verdict.ts';
import { openMemory } from '../../store/memory/open.ts';
import type { Store } from '../../store/port.ts';
import type { RefusalRow } from '../pages/refusals.ts';
import { type LiveOptions, liveFeed } from './refusals-live.ts';
import { rowOf } from './refusals-row.ts';

const START = 1_000_000;

const verdict = (id: string, at: number, subject = 'mine'): Verdict => ({
  ...{ id: `vd_${id}`, profile: 'oauth', action: 'token', ok: false, decisive: 'oauth.code-known', cause: 'unknown' },
  ...{ refusal: 'invalid_grant', subject, policy: 'p', at, snapshot: null, times: 1 },
});

/** A stream over a store whose clock stands at `at.now`; `tick` answers what it tells then, `END` where it ends. */
function streaming(options: Partial<LiveOptions> = {}): {
  readonly store: Store;
  readonly at: { now: number };
  keep(one: Verdict, coalesce?: string): Promise<void>;
  tick(): Promise<string>;
} {
  const at = { now: START };
  const { store } = openMemory({ clock: () => at.now });
  let beat = (): void => undefined;
  let told: Promise<string | undefined> = Promise.resolve('');
  const feed = liveFeed({
    list: (touchedSince, limit, before) => store.find('verdicts', { touchedSince, limit, ...(before && { before }) }),
    now: async () => at.now,
    row: (one) => (one.subject === 'mine' ? rowOf(one, []) : undefined),
    from: START,
    good: async () => true,
    pulse: {
      wake: () => undefined,
      listen(listener) {
        beat = listener;
        return () => undefined;
      },
    },
    ...options,
  });
  let begun = false;
  return {
    store,
    at,
    async keep(one, coalesce) {
      await store.refuse({ now: one.at, verdict: one, ...(coalesce !== undefined && { coalesce }) });
    },
    async tick() {
      told = Promise.resolve('');
      if (begun) beat();
      else
        feed.begin((make) => {
          told = told.then(async (before) => (before ?? '') + ((await make()) ?? 'END'));
        });
      begun = true;
      return ((await told) ?? '').replace('retry: 1000\n\n', '');
    },
  };
}

const ids = (text: string): string[] =>
  [...text.matchAll(/^data: (.*)$/gm)].flatMap(
    ([, data = '']) =>
      (JSON.parse(data) as { rows?: RefusalRow[] }).rows?.map(({ id, times }) => `${id} ${times}`) ?? [],
  );

describe('what is told', () => {
  it('is each verdict once, newest first, with the place to resume from', async () => {
    const { keep, tick, at } = streaming();
    await keep(verdict('a', START + 1));
    await keep(verdict('b', START + 2));
    at.now = START + 5;
    const text = await tick();
    expect(ids(text)).toEqual(['vd_b 1', 'vd_a 1']);
    expect(text).toMatch(new RegExp(`^id: ${START + 5}\nevent: rows\ndata: .*\n\n$`));
    expect(await tick()).toBe('');
    at.now += 60_000;
    expect(await tick()).toBe('');
  });

  it('is a verdict that was kept later than its time says, too', async () => {
    const { keep, tick, at } = streaming();
    at.now = START + 5_000;
    await keep(verdict('a', START + 4_999));
    expect(ids(await tick())).toEqual(['vd_a 1']);
    await keep(verdict('late', START + 10));
    expect(ids(await tick())).toEqual(['vd_late 1']);
  });

  it('is a row that grew, again, with how often', async () => {
    const { keep, tick, at } = streaming();
    await keep(verdict('a', START + 1), 'same');
    expect(ids(await tick())).toEqual(['vd_a 1']);
    at.now = START + 30_000;
    await keep(verdict('b', START + 30_000), 'same');
    await keep(verdict('c', START + 30_000), 'same');
    expect(ids(await tick())).toEqual(['vd_a 3']);
    expect(await tick()).toBe('');
  });

  it('begins where the page or the last event says', async () => {
    const { keep, tick } = streaming({ from: START + 40_000 });
    await keep(verdict('old', START + 10_000));
    await keep(verdict('a', START + 35_000));
    await keep(verdict('b', START + 41_000));
    expect(ids(await tick())).toEqual(['vd_b 1', 'vd_a 1']);
  });

  it('is nothing of what is not in this list', async () => {
    const { keep, tick } = streaming();
    await keep(verdict('a', START + 1, 'theirs'));
    expect(await tick()).toBe('');
    await keep(verdict('b', START + 2));
    expect(ids(await tick())).toEqual(['vd_b 1']);
  });

  it('is that there was too much to tell, and from then on what comes', async () => {
    const { keep, tick, at } = streaming();
    for (let n = 0; n < 2_600; n++) await keep(verdict(`${n}`, START + n));
    at.now = START + 100_000;
    expect(await tick()).toBe(`id: ${at.now}\nevent: reset\ndata: {}\n\n`);
    await keep(verdict('next', at.now));
    // After so much it rests a while.
    await vi.waitFor(async () => expect(ids(await tick())).toEqual(['vd_next 1']), { timeout: 20_000 });
  });

  it('is nothing any more when it may not go on', async () => {
    let good = true;
    const { keep, tick } = streaming({ good: async () => good });
    expect(await tick()).toBe('');
    good = false;
    await keep(verdict('a', START + 1));
    expect(await tick()).toBe('END');
  });
});
