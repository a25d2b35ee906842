/** Group commit: that it groups, and that no intent in a group harms another. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CODE_FAILURES } from '../../src/core/limit.ts';
import { StoreBusyError, StoreFaultError } from '../../src/store/errors.ts';
import { type OpenedSqlite, openSqlite, type SqliteOptions } from '../../src/store/sqlite/open.ts';
import { dump } from './cases/case.ts';
import { codeOf, grantOf, verdictOf } from './fixtures.ts';

let folder = '';
let opened: OpenedSqlite;
const open = (options: Partial<SqliteOptions> = {}): OpenedSqlite => {
  opened = openSqlite({ path: join(folder, 'queue.db'), ...options });
  return opened;
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'counterfoil-queue-'));
});
afterEach(async () => {
  await opened.close();
  rmSync(folder, { recursive: true });
});

describe('sqlite group commit', () => {
  it('intents that wait in the same tick share one transaction', async () => {
    const { store, counters } = open();
    await Promise.all(Array.from({ length: 300 }, () => store.mint({ grant: grantOf(), codes: [] })));
    expect(counters).toEqual({ intents: 300, transactions: 1 });
  });

  it('callers that go on by themselves are grouped again', async () => {
    const { store, counters } = open();
    const caller = async (): Promise<void> => {
      for (let i = 0; i < 20; i++) await store.mint({ grant: grantOf(), codes: [] });
    };
    await Promise.all(Array.from({ length: 32 }, caller));
    expect(counters.intents).toBe(640);
    expect(counters.transactions).toBeLessThan(counters.intents / 4);
  });

  it('a group has a bound, and what is beyond it comes next', async () => {
    const { store, counters } = open({ maxBatch: 10 });
    await Promise.all(Array.from({ length: 95 }, () => store.mint({ grant: grantOf(), codes: [] })));
    expect(counters).toEqual({ intents: 95, transactions: 10 });
  });

  it('a faulty and a stale intent do not hurt their neighbours', async () => {
    const { store, counters } = open();
    const grant = grantOf();
    const codes = Array.from({ length: 4 }, () => codeOf(grant.id));
    await store.mint({ grant, codes });
    const redeem = (i: number, over = {}) =>
      store.redeem({
        now: 5,
        grant: { id: grant.id, rev: 1 },
        spend: { code: codes[i]?.id ?? '', rev: 1 },
        issue: [],
        ...over,
      });
    const strike = { key: 'k', limit: CODE_FAILURES };
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const answers = await Promise.allSettled([
      redeem(0, { issue: [codeOf(grant.id)] }),
      redeem(1, { issue: [codeOf(grant.id), codes[3]] }),
      store.refuse({ now: 5, verdict: verdictOf(), strike }),
      store.refuse({ now: 5, verdict: verdictOf({ snapshot: cyclic }), strike }),
      redeem(0),
      redeem(2),
      store.refuse({ now: 5, verdict: verdictOf(), strike }),
    ]);
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.name))).toEqual([
      'done',
      'StoreFaultError',
      { verdict: expect.any(String), consequence: { hits: 1 } },
      'TypeError',
      'stale',
      'done',
      { verdict: expect.any(String), consequence: { hits: 2 } },
    ]);
    const used = Object.fromEntries((await store.find('codes', {})).map((code) => [code.id, code.used]));
    expect(codes.map((code) => used[code.id])).toEqual([1, 0, 1, 0]);
    expect(Object.keys(used)).toHaveLength(5);
    expect(counters.transactions).toBe(2);
  });

  it('a sweep beside a faulty intent still walks every row', async () => {
    const { store } = open();
    const grant = grantOf();
    await store.mint({ grant, codes: Array.from({ length: 50 }, () => codeOf(grant.id, { until: 5 })) });
    const faults = async (): Promise<void> => {
      for (let i = 0; i < 20; i++)
        await expect(store.mint({ codes: [codeOf('gr_nobody')] })).rejects.toThrow(StoreFaultError);
    };
    const [forgotten] = await Promise.all([store.sweep({ before: 6 }), faults()]);
    expect(forgotten).toBe(50);
  });

  it('refuses at once what is more than may wait, and takes more afterwards', async () => {
    const { store } = open({ maxQueue: 5 });
    const mint = () => store.mint({ grant: grantOf(), codes: [] });
    const answers = await Promise.allSettled(Array.from({ length: 8 }, mint));
    expect(answers.map((answer) => answer.status)).toEqual([
      ...Array(5).fill('fulfilled'),
      ...Array(3).fill('rejected'),
    ]);
    expect((answers[7] as PromiseRejectedResult).reason).toBeInstanceOf(StoreBusyError);
    expect(await mint()).toBe('done');
  });

  it('when the transaction cannot be made, everybody in it hears so and nothing was written', async () => {
    const { store } = open();
    const before = await dump(store);
    const other = new DatabaseSync(join(folder, 'queue.db'));
    other.exec("CREATE TRIGGER full BEFORE UPDATE ON meta BEGIN SELECT raise(ROLLBACK, 'disk is full'); END");
    const mint = () => store.mint({ grant: grantOf(), codes: [] });
    const answers = await Promise.allSettled([mint(), mint()]);
    expect(answers.map((answer) => answer.status)).toEqual(['rejected', 'rejected']);
    expect(await dump(store)).toEqual(before);
    other.exec('DROP TRIGGER full');
    other.close();
    expect(await mint()).toBe('done');
  });
});
