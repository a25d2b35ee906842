import { describe, expect, it } from 'vitest';
import { random } from '../../../fuzz/random.ts';
import { DAY, declined, HOUR, NOON, paymentsCase } from '../../../test/support/payments-case.ts';
import type { Past } from './case.ts';
import { nextAllowedAt } from './profile.ts';
import { mastercardDay } from './rules/mastercard-day.ts';
import { mastercardMonth } from './rules/mastercard-month.ts';

/** An impatient merchant without a waiting time: every attempt that the two windows let through, at random moments. */
function admitted(seed: number, days: number): number[] {
  const draw = random(seed);
  const sent: Past[] = [];
  for (let now = NOON; now < NOON + days * DAY; now += draw.nat(2) === 0 ? draw.nat(HOUR / 4) : draw.nat(5 * HOUR)) {
    const c = paymentsCase(sent, { now, attempt: { network: 'mastercard' } });
    if ([mastercardDay, mastercardMonth].every((rule) => rule.check(c).outcome !== 'fail'))
      sent.push(declined('51', now));
  }
  return sent.map(({ at }) => at);
}

describe('a rolling window', () => {
  it('keeps the limit in the calendar days of every zone, and in every 30 days that start anywhere', () => {
    let full = 0;
    for (let seed = 1; seed <= 30; seed += 1) {
      const times = admitted(seed, 45);
      for (let zone = -12; zone <= 14; zone += 0.5) {
        const days = Map.groupBy(times, (time) => Math.floor((time + zone * HOUR) / DAY));
        for (const inDay of days.values()) {
          expect(inDay.length).toBeLessThanOrEqual(10);
          if (inDay.length === 10) full += 1;
        }
      }
      for (let start = NOON - 30 * DAY; start < NOON + 45 * DAY; start += 7 * HOUR)
        expect(times.filter((time) => time >= start && time < start + 30 * DAY).length).toBeLessThanOrEqual(35);
      expect(times.length).toBeGreaterThan(35);
    }
    // the days were really used up, so that one more would have been too many
    expect(full).toBeGreaterThan(0);
  });

  it('is what the gate waits for when nothing else closes', () => {
    const apart = Array.from({ length: 10 }, (_, i) => declined('91', NOON - (9 - i) * HOUR, { near: 'merchant' }));
    const c = paymentsCase(apart, { attempt: { network: 'mastercard' } });
    expect(nextAllowedAt(c)).toBe(NOON - 9 * HOUR + DAY);
    expect(nextAllowedAt({ ...c, history: apart.slice(1) })).toBe(NOON);
  });
});
