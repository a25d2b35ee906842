import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRows, type Row } from './refusals-rows.ts';

const row = (n: number, at: number, times = 1): Row => ({
  ...{ id: `vd_${n}`, ref: `${n}`, at, ok: false, times, profile: 'OAuth', say: 'x', cells: [] },
});

/** Batches as a lossy, repeating stream tells them: any rows, in any order, in any state they had. */
const batches = fc.array(
  fc.array(fc.record({ n: fc.nat(30), times: fc.integer({ min: 1, max: 5 }) }), { maxLength: 10 }),
  { maxLength: 20 },
);

const timeOf = (n: number): number => Math.floor(n / 3);

describe('the rows of the list', () => {
  it('has each row once, newest first, in its newest state, however often and in whatever order it is told', () => {
    fc.assert(
      fc.property(batches, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }), (told, holds) => {
        const rows = createRows([row(0, timeOf(0)), row(1, timeOf(1))].reverse());
        const newest = new Map([[0, 1]]).set(1, 1);
        told.forEach((batch, i) => {
          rows.add(
            batch.map(({ n, times }) => row(n, timeOf(n), times)),
            holds[i] ?? false,
          );
          for (const { n, times } of batch) newest.set(n, Math.max(times, newest.get(n) ?? 0));
        });
        rows.release();
        expect(new Map(rows.shown.map(({ ref, times }) => [Number(ref), times]))).toEqual(newest);
        expect(rows.shown).toHaveLength(newest.size);
        const times = rows.shown.map(({ at }) => at);
        expect(times).toEqual(times.toSorted((a, b) => b - a));
        expect(rows.held).toEqual([]);
      }),
    );
  });

  it('holds new rows back and lets those that are there grow', () => {
    const rows = createRows([row(1, 1)]);
    expect(rows.add([row(2, 2), row(1, 1, 4)], true)).toEqual(['vd_2']);
    expect(rows.shown).toEqual([row(1, 1, 4)]);
    expect(rows.add([row(2, 2, 3)], true)).toEqual([]);
    expect(rows.held).toEqual([row(2, 2, 3)]);
    rows.release();
    expect(rows.shown).toEqual([row(2, 2, 3), row(1, 1, 4)]);
  });

  it('takes an older page below, and nothing twice where pages overlap', () => {
    const rows = createRows([row(3, 3), row(2, 2)]);
    rows.append([row(2, 2), row(1, 1)]);
    expect(rows.shown.map(({ ref }) => ref)).toEqual(['3', '2', '1']);
  });

  it('begins again', () => {
    const rows = createRows([row(3, 3)]);
    rows.add([row(4, 4)], true);
    rows.reset([row(5, 5)]);
    expect([rows.shown, rows.held]).toEqual([[row(5, 5)], []]);
    expect(rows.add([row(3, 3)], false)).toEqual(['vd_3']);
  });
});
