import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { render } from './html.ts';
import { type Range, rangePicker, rangeSince, readRange } from './range.ts';

const back = (range: Range, now: string): string => new Date(rangeSince(range, Date.parse(now)) ?? 0).toISOString();

describe('a range', () => {
  test('goes back by calendar months, in UTC, to the same time of the day', () => {
    expect(back('1m', '2026-03-14T09:26:53.589Z')).toBe('2026-02-14T09:26:53.589Z');
    expect(back('3m', '2026-01-10T00:00:00.000Z')).toBe('2025-10-10T00:00:00.000Z');
    expect(back('6m', '2026-03-14T23:59:59.999Z')).toBe('2025-09-14T23:59:59.999Z');
    expect(back('12m', '2026-03-14T09:26:53.589Z')).toBe('2025-03-14T09:26:53.589Z');
  });

  test('ends on the last day of a month that is too short', () => {
    expect(back('1m', '2026-03-31T12:00:00.000Z')).toBe('2026-02-28T12:00:00.000Z');
    expect(back('1m', '2028-03-31T12:00:00.000Z')).toBe('2028-02-29T12:00:00.000Z');
    expect(back('12m', '2028-02-29T12:00:00.000Z')).toBe('2027-02-28T12:00:00.000Z');
    expect(back('6m', '2026-08-31T12:00:00.000Z')).toBe('2026-02-28T12:00:00.000Z');
  });

  test('of all time has no beginning', () => {
    expect(rangeSince('all', Date.now())).toBeUndefined();
  });

  test('is never shorter than a smaller one, whenever it is asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: Date.UTC(2100, 0) }), (now) => {
        const [one = 0, three = 0, six = 0, twelve = 0] = (['1m', '3m', '6m', '12m'] as const).map(
          (range) => rangeSince(range, now) ?? 0,
        );
        expect(now - one).toBeGreaterThanOrEqual(28 * 86_400_000);
        expect(now - one).toBeLessThanOrEqual(31 * 86_400_000);
        expect([twelve, six, three, one].toSorted((a, b) => a - b)).toEqual([twelve, six, three, one]);
      }),
    );
  });

  test('that does not exist is the last month', () => {
    expect(readRange('3m')).toBe('3m');
    expect(readRange('2m')).toBe('1m');
    expect(readRange(undefined)).toBe('1m');
  });

  test('is picked by links, and the current one is marked for screen readers too', () => {
    const picker = render(rangePicker('6m', (range) => `/?range=${range}`));
    expect(picker.match(/href="\/\?range=(?:1m|3m|6m|12m|all)"/g)).toHaveLength(5);
    expect(picker).toContain('<a href="/?range=6m" aria-current="true">');
    expect(picker.match(/aria-current/g)).toHaveLength(1);
    expect(picker).toContain('the last 6 months');
  });
});
