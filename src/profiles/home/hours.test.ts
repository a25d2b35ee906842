import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { coversHours, DAYS, type Hours, localTime, printHours, readHours, within } from './hours.ts';

function hours(text: string): Hours | undefined {
  const read = readHours(text);
  if ('expected' in read) throw new Error(`${text}: expected ${read.expected}`);
  return read.hours;
}

const at = (day: string, time: string): { day: number; minute: number } => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return { day: DAYS.indexOf(day), minute: hour * 60 + minute };
};

describe('hours', () => {
  it('hold from the first minute to the last, the end not included', () => {
    const day = hours('07:00-22:00') as Hours;
    expect(['06:59', '07:00', '21:59', '22:00'].map((time) => within(day, at('sun', time)))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('go on into the next day, and belong to the day they began on', () => {
    const night = hours('fri,22:00-06:00') as Hours;
    const times = [at('fri', '21:59'), at('fri', '22:00'), at('sat', '05:59'), at('sat', '06:00'), at('fri', '05:00')];
    expect(times.map((time) => within(night, time))).toEqual([false, true, true, false, false]);
    expect(within(hours('sun,22:00-06:00') as Hours, at('mon', '05:59'))).toBe(true);
  });

  it('have one spelling', () => {
    const spellings: readonly (readonly [came: string, printed: string])[] = [
      ['22:00-00:00', '22:00-24:00'],
      ['mon,tue,wed,07:00-22:00', 'mon-wed,07:00-22:00'],
      ['sat-mon,07:00-22:00', 'mon,sat-sun,07:00-22:00'],
      ['fri,fri', 'fri'],
      ['mon-sun,07:00-22:00', '07:00-22:00'],
    ];
    for (const [came, printed] of spellings) expect(printHours(hours(came) as Hours)).toBe(printed);
    expect([hours('mon-sun'), hours('00:00-24:00')]).toEqual([undefined, undefined]);
  });

  it('are refused when they are none', () => {
    const bad = [
      '',
      '7:00-22:00',
      '07:00-07:00',
      '24:00-06:00',
      '00:00-24:01',
      'mo-fr',
      'mon-',
      '07:00-22:00,mon',
      '07:60-08:00',
    ];
    for (const text of [...bad, 'mon-fri-sun', `${'mon,'.repeat(8)}07:00-22:00`, ',07:00-22:00']) {
      expect([text, 'expected' in readHours(text)]).toEqual([text, true]);
    }
  });

  it('are what they were after printing and reading', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 127 }),
        fc.nat(1439),
        fc.integer({ min: 1, max: 1440 }),
        (days, from, to) => {
          fc.pre(from !== to && !(days === 127 && from === 0 && to === 1440));
          expect(hours(printHours({ days, from, to }))).toEqual({ days, from, to });
        },
      ),
    );
  });

  it('cover others exactly when each of their minutes is covered', () => {
    const some = fc.option(
      fc
        .record({ days: fc.integer({ min: 1, max: 127 }), from: fc.nat(23), to: fc.integer({ min: 1, max: 24 }) })
        .filter(({ from, to }) => from !== to)
        .map(({ days, from, to }): Hours => ({ days, from: from * 60, to: to * 60 })),
      { nil: undefined },
    );
    fc.assert(
      fc.property(some, some, (granted, asked) => {
        let all = true;
        for (let day = 0; day < 7; day++) {
          for (let minute = 0; minute < 1440; minute += 60) {
            const inside = (span: Hours | undefined): boolean => span === undefined || within(span, { day, minute });
            all &&= !inside(asked) || inside(granted);
          }
        }
        expect(coversHours(granted, asked)).toBe(all);
      }),
      { numRuns: 2_000 },
    );
  });

  it('that touch are one: two whole days cover the night between them, and a week its own end', () => {
    expect(coversHours(hours('mon-tue'), hours('mon,22:00-06:00'))).toBe(true);
    expect(coversHours(hours('mon,wed'), hours('mon,22:00-06:00'))).toBe(false);
    expect(coversHours(hours('sun-mon'), hours('sun,22:00-06:00'))).toBe(true);
  });

  it('are those of the zone of the hub, summer and winter', () => {
    const winter = Date.UTC(2026, 0, 4, 23, 30);
    expect(localTime(winter, 'UTC')).toEqual(at('sun', '23:30'));
    expect(localTime(winter, 'Europe/Vienna')).toEqual(at('mon', '00:30'));
    expect(localTime(Date.UTC(2026, 6, 5, 23, 30), 'Europe/Vienna')).toEqual(at('mon', '01:30'));
    expect(() => localTime(winter, 'Mars/Olympus')).toThrow(RangeError);
  });
});
