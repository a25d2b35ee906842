import { describe, expect, it } from 'vitest';
import { ATTEMPT, DAY, HOUR, MINUTE, NOON } from '../../../test/support/payments-case.ts';
import { DEFAULT_SETTINGS } from './case.ts';
import { ASSUMES, type LoggedAttempt, simulate, simulation } from './simulate.ts';

const line = (at: number, over: Partial<LoggedAttempt> = {}): LoggedAttempt => ({
  ...ATTEMPT,
  region: 'US',
  at,
  respondedAt: at,
  outcome: 'declined',
  code: '51',
  ...over,
});
const run = (...list: LoggedAttempt[]) => simulate(list, DEFAULT_SETTINGS);

describe('a simulation', () => {
  it('refuses what the gate refuses, and lets its own history decide, not the one of the list', () => {
    const hourly = Array.from({ length: 25 }, (_, i) => line(NOON + i * HOUR));
    const found = run(...hourly);
    // at 0 h, 12 h and 24 h; what was refused meanwhile makes nothing longer
    expect(found).toMatchObject({
      attempts: 25,
      declined: 25,
      refused: { declined: 22, approved: 0 },
      refusedForGood: 0,
    });
    expect(found.byRule).toEqual({ 'payments.hold-after-51': 22 });
  });

  it('counts the fees that were at stake, and those that the gate avoids', () => {
    const lost = [line(NOON, { code: '41' }), line(NOON + MINUTE), line(NOON + 2 * MINUTE)];
    expect(run(...lost)).toMatchObject({
      feesAtStake: { USD: 20 },
      feesAvoided: { USD: 20 },
      refusedForGood: 2,
      unpriced: 0,
    });
    const elsewhere = lost.map((one) => ({ ...one, region: 'JP' }));
    expect(run(...elsewhere)).toMatchObject({ feesAtStake: {}, unpriced: 2 });
  });

  it('counts approvals that would have been refused at that moment as delayed, and never as lost or won', () => {
    const found = run(line(NOON), line(NOON + HOUR, { outcome: 'approved', code: '00' }));
    expect(found).toMatchObject({ approved: 1, refused: { approved: 1 }, delayed: { EUR: 5_000 } });
  });

  it('counts fees for advice apart, since they come whatever is done', () => {
    const found = run(
      line(NOON, { network: 'mastercard', mac: '25' }),
      line(NOON + DAY, { network: 'mastercard', mac: '40' }),
    );
    expect(found.feesAnyway).toEqual({ USD: 2 });
  });

  it('says what it assumes, tells how far it is, and wants its list in order', () => {
    const done: number[] = [];
    expect(simulate([line(NOON), line(NOON)], DEFAULT_SETTINGS, (n) => done.push(n)).assumes).toBe(ASSUMES);
    expect(done).toEqual([1, 2]);
    expect(() => run(line(NOON), line(NOON - 1))).toThrow('number 2 is older');
  });
});

describe('a simulation that is handed its attempts one by one', () => {
  it('tells of each what the gate would have made of it, and forgets the card that was not tried for the longest', () => {
    const running = simulation(DEFAULT_SETTINGS, 3);
    expect(running.take(line(NOON, { card: 'a' })).closed).toEqual([]);
    expect(running.take(line(NOON, { card: 'a' })).closed).toMatchObject([{ rule: 'payments.hold-after-51' }]);
    for (const card of ['b', 'c']) running.take(line(NOON, { card }));
    expect(running.sums()).toMatchObject({ attempts: 4, refused: { declined: 1 }, forgotten: 1 });
    expect(running.take(line(NOON, { card: 'a' })).closed).toEqual([]);
  });
});
