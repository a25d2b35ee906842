import { describe, expect, it } from 'vitest';
import { HOSTILE } from '../../../test/support/hostile.ts';
import { show } from '../../core/show.ts';
import type { Verdict } from '../../core/verdict.ts';
import { columnsFor } from '../words.ts';
import { rowOf } from './refusals-row.ts';

const columns = columnsFor({ role: 'operator', user: 'owner' }, 'home');

const verdict = (fact: string): Verdict => ({
  ...{ id: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ0', profile: 'home', action: fact, ok: false, decisive: 'home.x', cause: fact },
  ...{ subject: show(fact), source: fact, policy: 'p', at: 7, times: 3 },
  snapshot: { request: { accessory: fact, characteristic: fact } },
  checks: [{ id: 'home.x', outcome: 'fail', cause: { id: fact, say: fact, fixes: [] } }],
});

describe('a row', () => {
  it('says what happened, when, how often, and what its columns have', () => {
    expect(rowOf(verdict('the lamp is away'), columns)).toEqual({
      ...{ id: 'vd_7F3K9QD2XAM4W8T1ZB5N6C0HJ0', ref: '7F3K9QD2XA', at: 7, ok: false, times: 3, profile: 'Home' },
      say: 'The lamp is away',
      cells: Array(5).fill('the lamp is away'),
    });
    expect(rowOf(verdict('my_app '), columns).cells[0]).toBe('my_app␣');
  });

  it.each(HOSTILE)('has nothing unseen in it, whatever came: %j', (payload) => {
    const row = rowOf(verdict(payload), columns);
    for (const text of [row.say, ...row.cells]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u);
      expect(text.length).toBeLessThan(1_600);
    }
  });
});
