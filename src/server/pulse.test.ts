import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPulse } from './pulse.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Counts ticks. */
function listening(): { readonly pulse: ReturnType<typeof createPulse>; ticks(): number; stop(): void } {
  const pulse = createPulse({ everyMs: 1_000, restMs: 100 });
  let ticks = 0;
  const stop = pulse.listen(() => {
    ticks += 1;
  });
  return { pulse, ticks: () => ticks, stop };
}

describe('the pulse', () => {
  it('ticks every so often by itself', () => {
    const { ticks } = listening();
    vi.advanceTimersByTime(3_000);
    expect(ticks()).toBe(3);
  });

  it('ticks at once when something was kept, and of a flood no more than once in the rest', () => {
    const { pulse, ticks } = listening();
    pulse.wake();
    vi.advanceTimersByTime(0);
    expect(ticks()).toBe(1);
    for (let n = 0; n < 1_000; n++) {
      pulse.wake();
      vi.advanceTimersByTime(1);
    }
    expect(ticks()).toBeLessThanOrEqual(11);
    expect(ticks()).toBeGreaterThanOrEqual(10);
  });

  it('forgets nothing: what was kept during the rest is told after it', () => {
    const { pulse, ticks } = listening();
    pulse.wake();
    vi.advanceTimersByTime(0);
    pulse.wake();
    vi.advanceTimersByTime(99);
    expect(ticks()).toBe(1);
    vi.advanceTimersByTime(1);
    expect(ticks()).toBe(2);
  });

  it('stands still while nobody listens', () => {
    const { pulse, ticks, stop } = listening();
    stop();
    pulse.wake();
    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(5_000);
    expect(ticks()).toBe(0);
  });
});
