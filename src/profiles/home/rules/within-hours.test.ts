import { describe, expect, it } from 'vitest';
import { accessCase } from '../../../../test/support/home-case.ts';
import { withinHours } from './within-hours.ts';

describe('home.within-hours', () => {
  it('passes within the hours, and at any hour where there are none', () => {
    expect(withinHours.check(accessCase())).toEqual({ outcome: 'pass', presented: 'mon,12:00' });
    const night = { local: { day: 6, minute: 1439 }, scopes: ['home:lamp:w'] };
    expect(withinHours.check(accessCase(night))).toEqual({ outcome: 'pass', presented: 'sun,23:59' });
  });

  it('refuses as `hours`, with the hour that it is', () => {
    const found = withinHours.check(accessCase({ local: { day: 6, minute: 1320 } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'hours', expected: '07:00-22:00', presented: 'sun,22:00' });
  });

  it('skips what no capability reaches', () => {
    expect(withinHours.check(accessCase({ scopes: ['home:door:w'] })).outcome).toBe('skip');
  });
});
