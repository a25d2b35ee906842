import { describe, expect, it } from 'vitest';
import { type Admission, createAdmission, createPace } from './limits.ts';

const A = '192.0.2.1';
const B = '192.0.2.2';

/** Places by a clock that the test moves. */
function places(inFlightMax: number, waitMs: number): Admission & { pass(ms: number): void } {
  let now = 5_000;
  const admission = createAdmission({ inFlightMax, waitMs }, () => now);
  return Object.assign(admission, {
    pass: (ms: number) => {
      now += ms;
    },
  });
}

/** Asks for so many places; how many it got. */
function take(admission: Admission, count: number, source = A): number {
  return Array.from({ length: count }, () => admission.enter(source)).filter(Boolean).length;
}

function give(admission: Admission, count: number, source = A): void {
  for (let i = 0; i < count; i++) admission.leave(source);
}

describe('places', () => {
  it('are so many and no more, and each that is given back is given out again', () => {
    const admission = places(100, 1_000);
    expect(take(admission, 150)).toBe(100);
    expect(admission.hasPlace(A)).toBe(false);
    give(admission, 30);
    expect(admission.hasPlace(A)).toBe(true);
    expect(take(admission, 150)).toBe(30);
  });

  it('are as many as are answered within the wait, when the rate falls', () => {
    const admission = places(1_000, 1_000);
    expect(take(admission, 1_000)).toBe(1_000);
    // 50 answers in 250 ms: in a second there would be 200.
    admission.pass(250);
    give(admission, 50);
    expect(take(admission, 1)).toBe(0);
    give(admission, 750);
    expect(take(admission, 500)).toBe(0);
    give(admission, 150);
    expect(take(admission, 500)).toBe(150);
  });

  it('are few when nothing at all is answered, and all of them as soon as it is fast again', () => {
    const admission = places(1_000, 1_000);
    take(admission, 500);
    admission.pass(5_000);
    expect(take(admission, 1)).toBe(0);
    give(admission, 440);
    expect(take(admission, 1_000)).toBe(4);
    admission.pass(250);
    give(admission, 64);
    // 504 answers in 250 ms of work.
    expect(take(admission, 3_000)).toBe(1_000);
  });

  it('are not fewer because many came at once and none of them is answered yet, until the wait is over', () => {
    const admission = places(1_000, 1_000);
    for (let i = 0; i < 99; i++) {
      expect(take(admission, 5)).toBe(5);
      admission.pass(10);
    }
    admission.pass(10);
    expect(take(admission, 1)).toBe(0);
  });

  it('are not fewer because requests came one by one, or because it was slow long ago', () => {
    const admission = places(1_000, 1_000);
    for (let i = 0; i < 20; i++) {
      take(admission, 1);
      admission.pass(50);
      give(admission, 1);
    }
    expect(take(admission, 1_000)).toBe(1_000);
    admission.pass(5_000);
    expect(admission.hasPlace(A)).toBe(false);
    give(admission, 1_000);
    admission.pass(1_001);
    expect(take(admission, 1_000)).toBe(1_000);
  });

  it('are shared by sources: no flood from one keeps another one out', () => {
    const admission = places(80, 1_000);
    expect(take(admission, 200, A)).toBe(80);
    expect(take(admission, 1, B)).toBe(1);
    // Two sources, 40 places each; A has 80, and gets none until it is down to its share.
    give(admission, 39, A);
    expect(take(admission, 1, A)).toBe(0);
    expect(take(admission, 60, B)).toBe(38);
    give(admission, 3, A);
    expect(take(admission, 60, A)).toBe(2);
  });

  it('past the limit are an eighth more, however many sources there are', () => {
    const admission = places(80, 1_000);
    take(admission, 80, A);
    const late = Array.from({ length: 50 }, (_, i) => admission.enter(`198.51.100.${i}`));
    expect(late.filter(Boolean)).toHaveLength(10);
  });

  it('are unlimited for whoever says so', () => {
    const admission = places(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    expect(take(admission, 10_000)).toBe(10_000);
    admission.pass(10_000);
    expect(take(admission, 10_000)).toBe(10_000);
  });

  it('tell when all of them are given back', async () => {
    const admission = places(80, 1_000);
    await admission.idle();
    take(admission, 2);
    let idle = false;
    const told = admission.idle().then(() => {
      idle = true;
    });
    give(admission, 1);
    await Promise.resolve();
    expect([idle, admission.inFlight]).toEqual([false, 1]);
    give(admission, 1);
    await told;
    expect(admission.inFlight).toBe(0);
  });
});

describe('pace', () => {
  const pace = () => createPace(3, 10_000);
  const refreshed = (paced: ReturnType<typeof pace>, grant: string, now: number): boolean => {
    if (paced.waitMs(grant, now) > 0) return false;
    paced.take(grant, now);
    return true;
  };

  it('is a burst, and one every so often after it', () => {
    const paced = pace();
    expect(Array.from({ length: 5 }, () => refreshed(paced, 'gr_1', 0))).toEqual([true, true, true, false, false]);
    expect(paced.waitMs('gr_1', 0)).toBe(10_000);
    expect(paced.waitMs('gr_1', 9_999)).toBe(1);
    expect([refreshed(paced, 'gr_1', 10_000), refreshed(paced, 'gr_1', 10_000)]).toEqual([true, false]);
    expect(Array.from({ length: 5 }, () => refreshed(paced, 'gr_1', 1_000_000)).filter(Boolean)).toHaveLength(3);
  });

  it('is each grant its own', () => {
    const paced = pace();
    for (let i = 0; i < 9; i++) refreshed(paced, 'gr_1', 0);
    expect(refreshed(paced, 'gr_2', 0)).toBe(true);
  });

  it('never gives more than the burst and the time that passed, however the tries fall', () => {
    const paced = pace();
    let given = 0;
    for (let now = 0; now <= 600_000; now += 50) if (refreshed(paced, 'gr_1', now)) given++;
    expect(given).toBe(3 + 60);
  });

  it('asking takes nothing', () => {
    const paced = pace();
    for (let i = 0; i < 100; i++) expect(paced.waitMs('gr_1', 0)).toBe(0);
  });
});
