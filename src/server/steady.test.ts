import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSteady, dueOf } from './steady.ts';

const HOLD_MS = 25;

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'],
    now: 0,
  });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The instants at which names were let go, in their order. */
function recorder() {
  const heard: [name: string, at: number][] = [];
  const release = (name: string) => () => void heard.push([name, performance.now()]);
  return { heard, release };
}

describe('the instant', () => {
  const times = fc.tuple(
    fc.double({ min: 0, max: 1e9, noNaN: true }),
    fc.double({ min: 0, max: 200, noNaN: true }),
    fc.integer({ min: 1, max: 100 }),
  );

  it('follows from the request alone, whatever the work took, as long as it took no longer than the hold', () => {
    fc.assert(
      fc.property(times, ([at, workMs, holdMs]) => {
        fc.pre(workMs <= holdMs - 1e-6);
        expect(dueOf(at, at + workMs, holdMs)).toBe(dueOf(at, at, holdMs));
      }),
    );
  });

  it('is after the work, at an age of one to two holds, or the next one there is', () => {
    fc.assert(
      fc.property(times, ([at, workMs, holdMs]) => {
        const due = dueOf(at, at + workMs, holdMs);
        expect(due % holdMs).toBe(0);
        expect(due).toBeGreaterThan(at + workMs);
        expect(due - at).toBeGreaterThan(holdMs - 1e-6);
        expect(due - at).toBeLessThanOrEqual(Math.max(2 * holdMs, workMs + holdMs) + 1e-6);
      }),
    );
  });
});

describe('refusals', () => {
  it('of one instant go out together, in the order of their requests and not in that of being judged', () => {
    const { hold } = createSteady({ holdMs: HOLD_MS });
    const { heard, release } = recorder();
    vi.advanceTimersByTime(10);
    hold(3, release('third'));
    hold(1, release('first'));
    vi.advanceTimersByTime(5);
    hold(2, release('second'));
    vi.advanceTimersByTime(100);
    expect(heard).toEqual([
      ['first', 50],
      ['second', 50],
      ['third', 50],
    ]);
  });

  it('that come late are held for what is due later, and those due earlier do not wait for them', () => {
    const steady = createSteady({ holdMs: HOLD_MS });
    const { heard, release } = recorder();
    vi.advanceTimersByTime(30);
    steady.hold(30, release('later'));
    steady.hold(20, release('sooner'));
    expect(steady.waiting).toBe(2);
    vi.advanceTimersByTime(21);
    expect(heard).toEqual([['sooner', 50]]);
    expect(steady.waiting).toBe(1);
    vi.advanceTimersByTime(25);
    expect(heard).toEqual([
      ['sooner', 50],
      ['later', 75],
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that were judged too late wait for the next instant', () => {
    const { hold } = createSteady({ holdMs: HOLD_MS });
    const { heard, release } = recorder();
    vi.advanceTimersByTime(99);
    hold(1, release('slow'));
    vi.advanceTimersByTime(30);
    expect(heard).toEqual([['slow', 100]]);
  });

  it('are never let go before their instant, by a real clock', async () => {
    vi.useRealTimers();
    const { hold } = createSteady({ holdMs: 3 });
    const early = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await new Promise((resolve) => setTimeout(resolve, i));
        const at = performance.now();
        const due = dueOf(at, at, 3);
        await new Promise<void>((resolve) => hold(at, resolve));
        return performance.now() < due;
      }),
    );
    expect(early).not.toContain(true);
  });

  it('cost nothing when there are none, and one timer however many there are', () => {
    const { hold } = createSteady({ holdMs: HOLD_MS });
    expect(vi.getTimerCount()).toBe(0);
    for (let i = 0; i < 1_000; i++) hold(0, () => undefined);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(60);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('past the bound are held as long as all others, and the queue says that it is full', () => {
    const steady = createSteady({ holdMs: HOLD_MS, waitingMax: 2 });
    const { heard, release } = recorder();
    for (const name of ['a', 'b', 'c']) {
      expect(steady.full).toBe(name === 'c');
      steady.hold(0, release(name));
    }
    vi.advanceTimersByTime(49);
    expect(heard).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(heard.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(steady.full).toBe(false);
  });

  it('are let go at once when the hub stops waiting, and what comes after is held as before', () => {
    const steady = createSteady({ holdMs: HOLD_MS });
    const { heard, release } = recorder();
    steady.hold(2, release('b'));
    steady.hold(1, release('a'));
    steady.flush();
    expect(heard).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
    expect(vi.getTimerCount()).toBe(0);
    steady.hold(0, release('c'));
    vi.advanceTimersByTime(60);
    expect(heard.at(-1)).toEqual(['c', 50]);
  });

  it('are not held at all where the hold is 0', () => {
    const steady = createSteady({ holdMs: 0 });
    const { heard, release } = recorder();
    steady.hold(0, release('a'));
    expect(heard).toEqual([['a', 0]]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
