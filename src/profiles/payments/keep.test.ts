import { describe, expect, it } from 'vitest';
import { approved, DAY, declined, HOUR, MINUTE, NOON, paymentsCase } from '../../../test/support/payments-case.ts';
import type { Past } from './case.ts';
import { HISTORY_MAX } from './data.ts';
import { keep } from './keep.ts';
import { nextAllowedAt } from './profile.ts';

const same = (history: readonly Past[], now = NOON): void =>
  expect(nextAllowedAt(paymentsCase(keep(history, now), { now }))).toBe(nextAllowedAt(paymentsCase(history, { now })));

describe('what a gate keeps of a card', () => {
  it('is bounded however often a card was tried', () => {
    const codes = ['51', '05', '91', '41'];
    const flood = Array.from({ length: 5_000 }, (_, i) => declined(codes[i % 4] as string, NOON - (5_000 - i) * 1_000));
    expect(keep(flood, NOON).length).toBeLessThanOrEqual(HISTORY_MAX + 2 * codes.length);
    same(flood);
  });

  it('holds a "never" however long ago, until an approval', () => {
    const stolen = declined('43', NOON - 3_000 * DAY);
    const later = Array.from({ length: 100 }, (_, i) => declined('91', NOON - (100 - i) * HOUR));
    expect(keep([stolen, ...later], NOON)).toContain(stolen);
    expect(keep([stolen, approved(NOON - 2_000 * DAY), ...later], NOON)).not.toContain(stolen);
    same([stolen, ...later]);
  });

  it('holds both declines without a reason, behind any number of others', () => {
    const asked = [declined('05', NOON - 20 * DAY), declined('05', NOON - 19 * DAY)];
    const others = Array.from({ length: 60 }, (_, i) => declined('61', NOON - 18 * DAY + i * 1_000));
    const kept = keep([...asked, ...others], NOON);
    expect(kept).toEqual(expect.arrayContaining(asked));
    same([...asked, ...others]);
  });

  it('holds the decline that the oldest reattempt of a window came behind', () => {
    const first = declined('91', NOON - 58 * DAY);
    const again = Array.from({ length: 20 }, (_, i) => declined('91', NOON - 29 * DAY + i * DAY));
    const c = (history: readonly Past[]) => nextAllowedAt(paymentsCase(history));
    expect(c([first, ...again])).toBe(NOON + DAY);
    expect(c(again)).toBe(NOON);
    // its answer stands as one of the newest two no more, so that only the window keeps it
    expect(keep([first, ...again], NOON)).toContain(first);
  });

  it('holds the faults that a pause is counted from, however long ago the first of them was', () => {
    const faults = [90, 89, 88].map((days) => declined('91', NOON - days * DAY));
    const c = [...faults, declined('96', NOON)];
    expect(nextAllowedAt(paymentsCase(c))).toBe(NOON + DAY);
    same(c);
    const silent = [90, 89, 88].map((days) => declined('', NOON - days * DAY, { outcome: 'unknown' }));
    same([...silent, declined('91', NOON)]);
  });

  it('drops approvals that end nothing', () => {
    const paid = [1, 2, 3].map((days) => approved(NOON - days * DAY, { near: 'merchant' }));
    expect(keep(paid, NOON)).toEqual([]);
  });

  it('drops what is neither counted nor standing', () => {
    const old = [declined('51', NOON - 90 * DAY), approved(NOON - 89 * DAY)];
    expect(keep([...old, declined('51', NOON - MINUTE)], NOON)).toEqual([old[1], declined('51', NOON - MINUTE)]);
  });
});
