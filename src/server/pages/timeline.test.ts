import { describe, expect, it } from 'vitest';
import type { Code } from '../../core/model.ts';
import type { Verdict } from '../../core/verdict.ts';
import type { Timeline } from '../operations.ts';
import { render } from './html.ts';
import { timelineSection } from './timeline.ts';

const HOUR = 3_600_000;
const BASE: Verdict = {
  id: 'vd_0000000000',
  profile: 'oauth',
  action: 'token',
  ok: true,
  policy: 'p',
  at: 0,
  snapshot: null,
  times: 1,
};

function life(verdicts: readonly Verdict[], codes: readonly Code[] = []): Timeline {
  const grant = { id: 'gr_1', profile: 'oauth', by: 'ada', to: 'bi_tool', terms: {}, from: 0, until: null } as const;
  return { grant: { ...grant, state: 'active', policyEpoch: 1, rev: 1 }, codes, verdicts, effects: [] };
}

const hourly = (hours: readonly number[]): Verdict[] =>
  hours.map((hour) => ({ ...BASE, id: `vd_${String(hour).padStart(10, '0')}`, at: hour * HOUR }));
const refused = (hour: number): Verdict => ({ ...BASE, id: 'vd_R', ok: false, cause: 'expired', at: hour * HOUR });
const drawn = (timeline: Timeline, here?: Verdict): string => render(timelineSection(timeline, here && { here }));
const words = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

describe('the life of a grant', () => {
  it('folds what went well hour after hour between the first and the last time, and keeps all of it', () => {
    const html = drawn(life(hourly([1, 2, 3, 4, 5, 6, 7])));
    expect(words(html)).toContain('5 more, all accepted: token');
    expect(html.match(/<details>/g)).toHaveLength(1);
    for (const { id } of hourly([1, 2, 3, 4, 5, 6, 7])) expect(html).toContain(id);
  });

  it('never folds a refusal, nor the attempt that the page is about', () => {
    const here = { ...BASE, id: 'vd_HERE000000', at: 10 * HOUR };
    const html = drawn(life([...hourly([1, 2, 3, 4]), refused(5), ...hourly([6, 7, 8, 9]), here]), here);
    expect(html).not.toContain('<details>');
    expect(words(html)).toContain('Token refused: expired');
    expect(words(html)).toContain('this attempt');
  });

  it('tells of one moment once: the attempt, and below it what was handed out; that a code was used goes without saying', () => {
    const code: Code = {
      id: 'cd_SPENT00000',
      grant: 'gr_1',
      purpose: 'authorization_code',
      handle: 'opaque',
      bindings: [],
      from: 0,
      until: HOUR,
      total: 1,
      used: 1,
      usedAt: HOUR,
      state: 'live',
      generation: 1,
      rev: 1,
    };
    const token: Code = { ...code, id: 'cd_TOKEN00000', purpose: 'access_token', from: HOUR, used: 0, until: 2 * HOUR };
    const { usedAt: _, ...fresh } = token;
    const html = drawn(life([{ ...BASE, at: HOUR, code: code.id }], [code, fresh]));
    expect(html.match(/<li/g)).toHaveLength(2);
    expect(words(html)).toMatch(/Token accepted vd_0000000000 Access token cd_TOKEN00000 handed out/);
    expect(words(html)).not.toContain('used');
  });

  it('says of a code that died with its grant, or with a restore, that it did, though its row stayed as it was', () => {
    const code: Code = {
      ...{ id: 'cd_KEY0000000', grant: 'gr_1', purpose: 'payments_key', handle: 'opaque', bindings: [], from: 0 },
      ...{ until: 36_500 * 24 * HOUR, total: null, used: 0, state: 'live', generation: 1, rev: 1 },
    };
    const { grant, ...rest } = life([], [code]);
    const told = (generation: number, state: 'active' | 'revoked' = 'active'): string =>
      words(render(timelineSection({ ...rest, grant: { ...grant, state } }, { at: { now: HOUR, generation } })));
    expect(told(1)).toContain('Payments key cd_KEY0000000 handed out (now good until it is revoked)');
    expect(told(2)).toContain('(now ended by a restore)');
    expect(told(1, 'revoked')).toContain('(now revoked)');
  });

  it('says where the grant stands, and when it was last used, beside the verdict that is about it', () => {
    const here = refused(3);
    const text = words(drawn(life([...hourly([1, 2]), here]), here));
    expect(text).toContain('Grant gr_1 active Last use 1970-01-01 02:00:00 UTC');
    expect(words(drawn(life([here]), here))).toContain('Last use never');
  });
});
