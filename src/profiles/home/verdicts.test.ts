import { describe, expect, it } from 'vitest';
import { accessCase, NOW, without } from '../../../test/support/home-case.ts';
import { keptValue } from './case.ts';
import { judge } from './profile.ts';
import { refusalOf, verdictOf, withChecks } from './verdicts.ts';
import { accessRefusal } from './wire.ts';

const attempt = { action: 'access', source: '127.0.0.1', subject: 'my_app_123', grant: 'gr_1', code: 'cd_1' } as const;
const refused = accessCase({ local: { day: 0, minute: 60 } });

describe('verdicts of the home profile', () => {
  it('keep the case, and the tree of a refusal', () => {
    const judgement = judge('access', refused);
    const verdict = verdictOf(refused, judgement, attempt);
    expect(verdict).toMatchObject({
      profile: 'home',
      action: 'access',
      ok: false,
      decisive: 'home.within-hours',
      cause: 'hours',
      refusal: 'insufficient_scope',
      subject: 'my_app_123',
      grant: 'gr_1',
      code: 'cd_1',
      at: NOW,
    });
    expect(verdict.checks).toEqual(judgement.checks);
  });

  it('of a success are judged again when somebody looks, and of others are left alone', () => {
    const c = accessCase();
    const verdict = verdictOf(c, judge('access', c), attempt);
    expect(verdict.checks).toBe(undefined);
    expect(withChecks(verdict).checks).toEqual(judge('access', c).checks);
    expect(withChecks({ ...verdict, erased: true } as never).checks).toEqual([]);
    const other = { ...verdict, profile: 'oauth' };
    expect(withChecks(other)).toBe(other);
  });

  it('that repeat within a minute are one row; another cause or token is another', () => {
    const row = (c: typeof refused, code = 'cd_1'): string | undefined =>
      refusalOf(c, verdictOf(c, judge('access', c), { ...attempt, code })).coalesce;
    expect(row({ ...refused, now: NOW + 1 })).toBe(row(refused));
    expect(
      new Set([
        row(refused),
        row({ ...refused, now: NOW + 60_000 }),
        row(refused, 'cd_2'),
        row(accessCase({ scopes: [] })),
      ]).size,
    ).toBe(4);
  });

  it('keep no text that was to be written', () => {
    expect([keptValue(40), keptValue(true), keptValue('secret'), keptValue(Number.NaN), keptValue(undefined)]).toEqual([
      40,
      true,
      'no number',
      'no number',
      'no number',
    ]);
  });
});

describe('the wire', () => {
  it('says the same for every cause of an error', () => {
    const uri = 'http://hub.test:5151/r/ABC';
    const heard = (c: typeof refused): unknown => accessRefusal(judge('access', c), uri);
    const causes = [refused, accessCase({ scopes: [] }), accessCase({ scopes: ['home:lamp:r'] })];
    for (const c of causes) expect(heard(c)).toEqual(heard(refused));
    expect(heard(refused)).toMatchObject({
      status: 403,
      headers: { 'www-authenticate': `Bearer error="insufficient_scope", error_uri="${uri}"` },
    });
    expect(heard(without(accessCase(), 'accessory'))).toMatchObject({ status: 404 });
    expect(heard(accessCase({ accessory: { id: 'lamp', reachable: false } }))).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
    expect(heard(accessCase({ scopes: ['home:lamp:t'] }))).toMatchObject({ status: 400 });
  });
});
