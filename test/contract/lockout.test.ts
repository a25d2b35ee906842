/**
 * Lockout that cannot be aimed: a model of attackers over the real stores, with a clock that is moved. Two promises:
 * whoever guesses at a slot is right with odds of a millionth at most, for ever; and the rightful holder gets through,
 * to the exact extent that docs/decisions/0017-lockout.md claims.
 */
// proves: X10
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { openSlots, type Slots } from './lockout-slots.ts';

const DAY_MS = 86_400_000;
const STRANGERS = 100_000;
const HOME = '192.168.1.7';
const folder = mkdtempSync(join(tmpdir(), 'counterfoil-lockout-'));
let files = 0;
const stores: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Model {
  readonly slots: Slots;
  readonly store: Store;
  now: number;
}

function model(kind: 'memory' | 'sqlite' = 'memory', nodes = 1): Model {
  const start = Date.UTC(2026, 0, 1);
  const clock = (): number => m.now;
  const opened = kind === 'memory' ? openMemory({ clock }) : openSqlite({ path: join(folder, `${++files}.db`), clock });
  stores.push(opened);
  const m: Model = { slots: openSlots(opened.store, clock, nodes), store: opened.store, now: start };
  return m;
}

const stranger = (i: number): string => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
/** The `i`th guess of somebody who tries one string after the other and is always wrong. */
const wrong = (i: number, right: string): string => {
  const digits = String(i % 100_000_000).padStart(8, '0');
  return digits === right ? '99999999' : digits;
};
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `seat ${i}`);

/** A guess now and then, in the order given, each waiting for the one before. */
async function onceEach<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(await make(i));
  return all;
}
const atOnce = <T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, i) => make(i)));
const tally = (all: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const one of all) counts[one] = (counts[one] ?? 0) + 1;
  return counts;
};

/** The odds of whoever made the judged guesses, all of them different, at a code of eight digits. */
const odds = (judged: number): number => judged / 100_000_000;

/** The person in charge mints one long code: its holder gets through at once, whatever strangers do meanwhile. */
async function oneLongCodeGetsThrough({ slots }: Model): Promise<void> {
  for (const kind of ['opaque', 'bound'] as const) {
    const code = await slots.mintLong(kind);
    await atOnce(200, () => slots.presented('cd_guessed'));
    expect(await slots.presented(code)).toBe('in');
  }
}

describe('a burst in one millisecond', () => {
  it('from one source is three guesses, and the rest are not judged', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    const came = await atOnce(STRANGERS, (i) => m.slots.typed('seat', wrong(i, right), stranger(1)));
    expect(tally(came)).toEqual({ wrong: 3, wait: STRANGERS - 3 });
    expect(m.slots.attacked('seat')).toMatchObject({ compared: 3, judged: 3 });
    expect(await m.slots.typed('seat', right, HOME)).toBe('in');
  });

  it('from one source to four hubs on one store is three guesses at each', async () => {
    const m = model('memory', 4);
    const right = await m.slots.mintShort('seat');
    await atOnce(4_000, (i) => m.slots.typed('seat', wrong(i, right), stranger(1), i % 4));
    expect(m.slots.attacked('seat').judged).toBe(12);
    expect(await m.slots.typed('seat', right, HOME, 3)).toBe('in');
  });

  it.each([
    [100, 'in', 1_000],
    [101, 'spent', 1_000],
    [STRANGERS, 'spent', STRANGERS],
  ] as const)(
    'from ever new sources is a hundred guesses: the right string in place %i: %s',
    async (place, outcome, count) => {
      const m = model();
      const right = await m.slots.mintShort('seat');
      const came = await atOnce(count, (i) =>
        m.slots.typed('seat', i === place - 1 ? right : wrong(i, right), stranger(i)),
      );
      expect(came[place - 1]).toBe(outcome);
      expect(m.slots.attacked('seat').judged).toBe(100);
    },
  );
});

describe('paced guessing', () => {
  it('just under every limit, for a year, is nine guesses a day until the slot has had its hundred', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    const start = m.now;
    const spentOn: number[] = [];
    for (let day = 0; day < 365; day++) {
      m.now = start + day * (DAY_MS + 60_000);
      for (let i = 0; i < 9; i++) {
        m.now += 5_001;
        const came = await m.slots.typed('seat', wrong(day * 9 + i, right), stranger(1));
        expect(came).toBe(spentOn.length > 0 ? 'spent' : 'wrong');
        if (m.slots.attacked('seat').judged === 100 && spentOn.length === 0) spentOn.push(day);
      }
    }
    expect(spentOn).toEqual([11]);
    expect(odds(m.slots.attacked('seat').judged)).toBeLessThanOrEqual(1e-6);
    expect(await m.slots.typed('seat', right, HOME)).toBe('spent');
    await oneLongCodeGetsThrough(m);
  });

  it('every five seconds, as fast as it is let, is ten guesses a day: a holder elsewhere has the slot for nine days', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    const end = m.now + 9 * DAY_MS;
    let guesses = 0;
    for (; m.now < end; m.now += 5_000) await m.slots.typed('seat', wrong(guesses++, right), stranger(1));
    expect(guesses).toBe(155_520);
    expect(m.slots.attacked('seat').judged).toBe(90);
    expect(await m.slots.typed('seat', right, HOME)).toBe('in');
  });

  it('one guess a week from ever new sources ends after a hundred all the same: a slot forgets nothing', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    for (let week = 0; week < 150; week++) {
      await m.slots.typed('seat', wrong(week, right), stranger(week));
      m.now += 7 * DAY_MS;
      await m.store.sweep({ before: m.now });
    }
    expect(m.slots.attacked('seat').judged).toBe(100);
    expect(await m.slots.mintShort('seat')).toBe('spent');
  });
});

describe('a fresh short code', () => {
  it('does not begin the count anew: a hundred guesses are for all codes of a slot together', async () => {
    const m = model();
    await m.slots.mintShort('seat');
    let came: string = 'wrong';
    let codes = 1;
    for (let i = 0; i < 500 && codes < 50; i++) {
      came = await m.slots.typed('seat', wrong(i, m.slots.attacked('seat').digits), stranger(i));
      if (i % 7 === 6 && (await m.slots.mintShort('seat')) !== 'spent') codes++;
    }
    expect(came).toBe('spent');
    expect(codes).toBe(1 + Math.floor(99 / 7));
    expect(m.slots.attacked('seat')).toMatchObject({ judged: 100, compared: 100 });
  });

  it('is taken in a slot that was opened anew, under another name', async () => {
    const m = model();
    const first = await m.slots.mintShort('seat');
    await onceEach(150, (i) => m.slots.typed('seat', wrong(i, first), stranger(i)));
    const second = await m.slots.mintShort('seat, opened anew');
    expect(await m.slots.typed('seat', first, HOME)).toBe('spent');
    expect(await m.slots.typed('seat, opened anew', second, HOME)).toBe('in');
  });
});

describe('forty slots at once', () => {
  it('one source for a year gets no slot further than a hundred guesses, and none in the first nine days', async () => {
    const m = model();
    const all = names(40);
    const right = new Map<string, string>();
    for (const name of all) right.set(name, await m.slots.mintShort(name));
    const attack = async (until: number, everyMs = 61_000): Promise<void> => {
      for (let i = 0; m.now < until; i++, m.now += everyMs) {
        // Three and it waits for a minute: three at a time, one slot after the other.
        for (let j = 0; j < 4; j++) {
          const name = `seat ${(i * 3 + j) % 40}`;
          await m.slots.typed(name, wrong(i, right.get(name) ?? ''), stranger(1));
        }
      }
    };
    const start = m.now;
    await attack(start + 9 * DAY_MS);
    const early = all.map((name) => m.slots.attacked(name).judged);
    expect(Math.max(...early)).toBe(90);
    expect(await m.slots.typed('seat 7', right.get('seat 7') ?? '', HOME)).toBe('in');
    await attack(start + 12 * DAY_MS);
    await attack(start + 365 * DAY_MS, 3_600_000);
    const judged = all.map((name) => m.slots.attacked(name).judged);
    expect(new Set(judged)).toEqual(new Set([91, 100]));
    for (const one of judged) expect(odds(one)).toBeLessThanOrEqual(1e-6);
    await oneLongCodeGetsThrough(m);
  });

  it('10⁵ sources get a hundred guesses at each, and one right string in 25,000 forties', async () => {
    const m = model();
    const right = await onceEach(40, (i) => m.slots.mintShort(`seat ${i}`));
    const came = await atOnce(STRANGERS, (i) =>
      m.slots.typed(`seat ${i % 40}`, wrong(i, right[i % 40] ?? ''), stranger(i)),
    );
    expect(tally(came)['in']).toBeUndefined();
    const judged = names(40).map((name) => m.slots.attacked(name).judged);
    expect(judged).toEqual(Array.from({ length: 40 }, () => 100));
    for (const one of judged) expect(odds(one)).toBeLessThanOrEqual(1e-6);
    expect(judged.reduce((sum, one) => sum + odds(one), 0)).toBeCloseTo(1 / 25_000, 12);
    // All short forms are over: each holder needs one long code, and gets through.
    for (const [i, digits] of right.entries()) expect(await m.slots.typed(`seat ${i}`, digits, HOME)).toBe('spent');
    await oneLongCodeGetsThrough(m);
  });
});

describe("strangers' 10⁵ failures", () => {
  it('cost a holder of a long code nothing, at a slot that they spent, from their own source', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    const long = [await m.slots.mintLong('opaque'), await m.slots.mintLong('bound')];
    await atOnce(1_000, (i) => m.slots.typed('seat', wrong(i, right), stranger(i)));
    await atOnce(STRANGERS, (i) => m.slots.presented(`cd_guess_${i}`));
    for (const code of long) expect(await m.slots.presented(code)).toBe('in');
  });

  it('from fewer than ten sources leave the short code to everybody else, on the day they come', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    const end = m.now + DAY_MS - 1;
    // Every 7.8 s for a day, nine sources each time.
    for (let i = 0; m.now < end; m.now += 7_776) {
      await atOnce(9, (source) => m.slots.typed('seat', wrong(i++, right), stranger(source)));
    }
    expect(m.slots.attacked('seat').judged).toBe(90);
    expect(await m.slots.typed('seat', right, HOME)).toBe('in');
  });

  it('behind the same source make the holder wait with a short code, a minute after they stop', async () => {
    const m = model();
    const right = await m.slots.mintShort('seat');
    await atOnce(STRANGERS, (i) => m.slots.typed('seat', wrong(i, right), HOME));
    // Attempts during the wait are not judged, and do not make it longer.
    for (let i = 0; i < 59; i++, m.now += 1_000) expect(await m.slots.typed('seat', right, HOME)).toBe('wait');
    m.now += 1_001;
    expect(await m.slots.typed('seat', right, HOME)).toBe('in');
  });
});

describe('on SQLite', () => {
  it('a burst from 3,000 sources at 10 slots is a hundred guesses each, and one long code gets through', async () => {
    const m = model('sqlite');
    const right = await onceEach(10, (i) => m.slots.mintShort(`seat ${i}`));
    await atOnce(3_000, (i) => m.slots.typed(`seat ${i % 10}`, wrong(i, right[i % 10] ?? ''), stranger(i)));
    for (const name of names(10)) expect(m.slots.attacked(name).judged).toBe(100);
    m.now += 400 * DAY_MS;
    await m.store.sweep({ before: m.now });
    for (const [i, digits] of right.entries()) expect(await m.slots.typed(`seat ${i}`, digits, HOME)).toBe('spent');
    await oneLongCodeGetsThrough(m);
  });

  it.each([
    [100, 'in'],
    [101, 'spent'],
  ] as const)('the right string in place %i of a burst: %s', async (place, outcome) => {
    const m = model('sqlite');
    const right = await m.slots.mintShort('seat');
    const came = await atOnce(400, (i) =>
      m.slots.typed('seat', i === place - 1 ? right : wrong(i, right), stranger(i)),
    );
    expect(came[place - 1]).toBe(outcome);
  });
});
