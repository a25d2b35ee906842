import { describe, expect, it } from 'vitest';
import { ATTEMPT, declined, HOUR, paymentsCase } from '../../../test/support/payments-case.ts';
import { type Attempt, DEFAULT_SETTINGS, type Past } from './case.ts';
import { DATA } from './data.ts';
import type { FeeEntry } from './data-types.ts';
import { closedRules } from './profile.ts';
import { simulate } from './simulate.ts';

/** An answer after which another attempt costs such a fee. */
const ANSWERS: Readonly<Record<Exclude<FeeEntry['reason'], 'optimizer'>, Partial<Past>>> = {
  reattempts: { code: '41' },
  'stop-payment': { code: 'R0' },
  attempts: { code: '05', mac: '03' },
};

/** What the gate says that an attempt at `now` would cost. */
function toldBy({ network, reason, regions }: FeeEntry, now: number): readonly { minor: number; currency: string }[] {
  const attempt = { network: network as Attempt['network'], region: regions?.[0] ?? 'none' };
  const fees =
    reason === 'optimizer'
      ? Object.entries(
          simulate(
            [{ ...ATTEMPT, ...attempt, at: now, respondedAt: now, outcome: 'declined', code: '51', mac: '25' }],
            DEFAULT_SETTINGS,
          ).feesAnyway,
        ).map(([currency, minor]) => ({ currency, minor }))
      : closedRules(paymentsCase([declined('05', now - HOUR, ANSWERS[reason])], { now, attempt })).flatMap(
          ({ fee }) => fee ?? [],
        );
  return fees.map(({ minor, currency }) => ({ minor, currency }));
}

/** The naive reading: what the data have for it at that moment. */
function inData({ network, reason, regions }: FeeEntry, now: number): readonly { minor: number; currency: string }[] {
  return DATA.fees
    .filter((one) => one.network === network && one.reason === reason && `${one.regions}` === `${regions}`)
    .filter(({ validFrom }) => validFrom === null || Date.parse(validFrom) <= now)
    .filter(({ validTo }) => validTo === null || now < Date.parse(validTo))
    .map(({ minor, currency }) => ({ minor, currency }));
}

describe('fees at stake', () => {
  const dated = DATA.fees.flatMap((fee) =>
    [fee.validFrom, fee.validTo].flatMap((date) => (date === null ? [] : [{ ...fee, date }])),
  );

  it.each(dated)('of $network for $reason in $regions change at $date, to the millisecond', (fee) => {
    const change = Date.parse(fee.date);
    const [before, after] = [change - 1, change].map((now) => ({ told: toldBy(fee, now), data: inData(fee, now) }));
    expect(before?.told).toEqual(before?.data);
    expect(after?.told).toEqual(after?.data);
    expect(before?.told).not.toEqual(after?.told);
  });

  it('are told for every entry of the data', () => {
    const now = Date.UTC(2026, 10, 21);
    const live = DATA.fees.filter(({ validTo }) => validTo === null);
    expect(live.length).toBeGreaterThan(4);
    for (const fee of live) expect(toldBy(fee, now)).toEqual([{ minor: fee.minor, currency: fee.currency }]);
  });
});
