/** Several nodes on one database, how many round trips they make, and who may open it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Code, Limit } from '../../src/core/model.ts';
import { StoreBusyError, StoreFaultError, StoreFileError } from '../../src/store/errors.ts';
import { MIGRATIONS } from '../../src/store/postgres/migrations.ts';
import { type OpenedPostgres, openPostgres, type PostgresOptions } from '../../src/store/postgres/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { dump } from './cases/case.ts';
import { codeOf, grantOf, verdictOf } from './fixtures.ts';
import { layWire } from './postgres-wire.ts';

let server: PostgresServer;
let place: { url: string; schema: string };
const opened: OpenedPostgres[] = [];

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(() => {
  place = server.place();
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

async function open(options: Partial<PostgresOptions> = {}): Promise<OpenedPostgres> {
  const one = await openPostgres({ ...place, connections: 6, ...options });
  opened.push(one);
  return one;
}

async function nodes(count: number): Promise<OpenedPostgres[]> {
  return Promise.all(Array.from({ length: count }, () => open()));
}

/** A grant with so many codes. */
async function minted({ store }: OpenedPostgres, count: number): Promise<Code[]> {
  const grant = grantOf();
  const codes = Array.from({ length: count }, () => codeOf(grant.id));
  await store.mint({ grant, codes });
  return codes;
}

/** Reads the code and, if it is unused, redeems it, as a request does. */
async function redeem({ store }: OpenedPostgres, id: string): Promise<string> {
  const { codes, grants, now } = await store.load({ codes: [id] });
  const code = codes.get(id) as Code;
  if (code.used > 0) return 'used';
  const issue = [codeOf(code.grant, { purpose: 'access_token', total: null })];
  const verdict = verdictOf({ ok: true, code: id, grant: code.grant });
  const grant = { id: code.grant, rev: grants.get(code.grant)?.rev ?? 0 };
  return store.redeem({ now, grant, spend: { code: id, rev: code.rev }, issue, verdict });
}

describe('postgres, several nodes', () => {
  it.each([2, 4])(
    '%i nodes start at once on an empty database and race for codes: each has one winner',
    {
      timeout: 60_000,
    },
    async (count) => {
      const all = await nodes(count);
      const codes = await minted(all[0] as OpenedPostgres, 150);
      const wins: string[] = [];
      const race = async (node: OpenedPostgres, id: string): Promise<void> => {
        if ((await redeem(node, id)) === 'done') wins.push(id);
      };
      // Everybody goes through the codes three times at once, from another place each.
      const from = (n: number): Code[] => [...codes.slice(n * 20), ...codes.slice(0, n * 20)];
      await Promise.all(all.flatMap((node, n) => from(n).flatMap(({ id }) => [1, 2, 3].map(() => race(node, id)))));
      const ids = codes.map(({ id }) => id).sort();
      expect([...wins].sort()).toEqual(ids);
      const [row] = await server.sql<{ used: number; tokens: number; verdicts: number }>(
        place.schema,
        `SELECT (SELECT count(*)::int FROM codes WHERE used = 1 AND rev = 2) AS used,
        (SELECT count(*)::int FROM codes WHERE total IS NULL) AS tokens, (SELECT count(DISTINCT code_id)::int FROM verdicts) AS verdicts`,
      );
      expect(row).toEqual({ used: 150, tokens: 150, verdicts: 150 });
    },
  );

  it('one single-use key on many codes, from four nodes: one winner, and the others write nothing', async () => {
    const all = await nodes(4);
    const codes = await minted(all[0] as OpenedPostgres, 80);
    const answers = await Promise.all(
      codes.map(({ id, grant }, i) =>
        (all[i % 4] as OpenedPostgres).store.redeem({
          now: 5,
          grant: { id: grant, rev: 1 },
          spend: { code: id, rev: 1 },
          issue: [],
          once: [
            { key: `own ${id}`, until: 9 },
            { key: 'jti', until: 9 },
          ],
        }),
      ),
    );
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
    const keys = await server.sql(place.schema, 'SELECT key FROM once');
    expect(keys).toHaveLength(2);
  });

  it('two nodes that assert the code that the other spends: at most one of each pair wins', async () => {
    const [a, b] = (await nodes(2)) as [OpenedPostgres, OpenedPostgres];
    for (let round = 0; round < 30; round++) {
      const [x, y] = (await minted(a, 2)) as [Code, Code];
      const spend = (node: OpenedPostgres, code: Code, other: Code) =>
        node.store.redeem({
          now: 5,
          grant: { id: code.grant, rev: 1 },
          spend: { code: code.id, rev: 1 },
          unchanged: [{ code: other.id, rev: 1 }],
          issue: [],
        });
      const won = await Promise.all([spend(a, x, y), spend(b, y, x), spend(a, x, y), spend(a, y, x)]);
      expect(won.filter((answer) => answer === 'done')).toHaveLength(1);
    }
  });

  it('four nodes that strike one budget at once count every failure, and one of them burns the code', async () => {
    const all = await nodes(4);
    const [code] = (await minted(all[0] as OpenedPostgres, 1)) as [Code];
    const limit: Limit = { id: 'many', count: 60, inMs: 60_000, then: 'burn' };
    const now = Date.now();
    const strike = ({ store }: OpenedPostgres) =>
      store.refuse({ now, verdict: verdictOf({ at: now }), strike: { key: 'k', limit, code: code.id }, coalesce: 'c' });
    const answers = await Promise.all(Array.from({ length: 80 }, (_, i) => strike(all[i % 4] as OpenedPostgres)));
    expect(answers.map(({ consequence }) => consequence.hits).sort((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
      Array.from({ length: 80 }, (_, i) => i + 1),
    );
    expect(answers.filter(({ consequence }) => consequence.burned)).toHaveLength(1);
    const rows = await (all[1] as OpenedPostgres).store.find('verdicts', {});
    expect(rows.map(({ times }) => times)).toEqual([80]);
    expect(new Set(answers.map(({ verdict }) => verdict))).toEqual(new Set([rows[0]?.id]));
  });

  it('redemptions and the revocation of their grant, on different nodes: what was issued is counted or never was', async () => {
    const [a, b] = [await open({ clock: () => 1_000 }), await open({ clock: () => 1_000 })];
    for (let round = 0; round < 20; round++) {
      const codes = await minted(a, 10);
      const grant = codes[0]?.grant ?? '';
      const [revoked, ...won] = await Promise.all([
        b.store.revoke({ target: { grant }, cause: 'owner' }),
        ...codes.map(({ id }) => redeem(a, id)),
      ]);
      const done = won.filter((answer) => answer === 'done').length;
      // Each redemption takes a live code away and issues another.
      expect([revoked.revokedCodes, (await a.store.find('codes', { grant })).length]).toEqual([10, 10 + done]);
    }
  });

  it('time does not go backwards over a restart, nor between nodes by more than a second', async () => {
    const late = await open({ clock: () => 5_000_000 });
    await late.store.mint({ grant: grantOf(), codes: [] });
    const beside = await open({ clock: () => 1_000 });
    expect((await beside.store.load({})).now).toBe(5_000_000);
    await late.close();
    const early = await open({ clock: () => 1_000 });
    expect((await early.store.load({})).now).toBe(5_000_000);
    const { now } = await (await open()).store.load({});
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  });
});

describe('postgres, round trips and groups', () => {
  it('a redemption is two round trips', async () => {
    const wire = await layWire(place.url);
    try {
      const node = await open({ url: wire.url, clock: () => 1_000 });
      const codes = await minted(node, 12);
      await redeem(node, codes[0]?.id ?? '');
      const before = wire.trips();
      for (const { id } of codes.slice(1)) expect(await redeem(node, id)).toBe('done');
      expect(wire.trips() - before).toBeLessThanOrEqual(2 * 11);
    } finally {
      await opened.pop()?.close();
      await wire.close();
    }
  });

  it('those that wait share statements: a hundred redemptions of a hundred codes in a few', async () => {
    const wire = await layWire(place.url);
    try {
      const node = await open({ url: wire.url, clock: () => 1_000 });
      const codes = await minted(node, 200);
      await Promise.all(codes.slice(0, 100).map(({ id }) => redeem(node, id)));
      const [trips, { transactions }] = [wire.trips(), { ...node.counters }];
      expect(await Promise.all(codes.slice(100).map(({ id }) => redeem(node, id)))).toEqual(Array(100).fill('done'));
      expect(node.counters.transactions - transactions).toBeLessThanOrEqual(10);
      expect(wire.trips() - trips).toBeLessThanOrEqual(20);
    } finally {
      await opened.pop()?.close();
      await wire.close();
    }
  });

  it('a thousand redemptions of one code are a few statements, and one wins', async () => {
    const node = await open();
    const [code] = (await minted(node, 1)) as [Code];
    const { transactions } = { ...node.counters };
    const read = { now: 5, grant: { id: code.grant, rev: 1 }, spend: { code: code.id, rev: 1 }, issue: [] };
    const answers = await Promise.all(Array.from({ length: 1_000 }, () => node.store.redeem(read)));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(1);
    expect(node.counters.transactions - transactions).toBeLessThanOrEqual(4);
    const late = await Promise.all(Array.from({ length: 1_000 }, () => node.store.redeem(read)));
    expect(new Set(late)).toEqual(new Set(['stale']));
    expect(node.counters.transactions - transactions).toBeLessThanOrEqual(8);
  });

  it('refusals that wait share a transaction', async () => {
    const node = await open();
    await node.store.refuse({ now: 1, verdict: verdictOf() });
    const { transactions } = { ...node.counters };
    await Promise.all(Array.from({ length: 200 }, () => node.store.refuse({ now: 1, verdict: verdictOf() })));
    expect(node.counters.transactions - transactions).toBeLessThanOrEqual(2);
  });

  it('a faulty and a stale intent do not hurt their neighbours', async () => {
    const { store } = await open();
    const grant = grantOf();
    const codes = Array.from({ length: 4 }, () => codeOf(grant.id));
    await store.mint({ grant, codes });
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    const redeemed = (i: number, over = {}) =>
      store.redeem({
        now: 5,
        grant: { id: grant.id, rev: 1 },
        spend: { code: codes[i]?.id ?? '', rev: 1 },
        issue: [],
        ...over,
      });
    const verdict = verdictOf();
    const answers = await Promise.allSettled([
      redeemed(0, { issue: [codeOf(grant.id)] }),
      redeemed(1, { issue: [codeOf(grant.id), codes[3]] }),
      redeemed(3, { verdict: verdictOf({ snapshot: cyclic }) }),
      redeemed(3, { issue: [codeOf('gr_nobody')] }),
      redeemed(2, { now: 1.5 }),
      redeemed(0),
      redeemed(2),
      store.refuse({ now: 5, verdict }),
      store.refuse({ now: 5, verdict }),
      store.refuse({ now: 5, verdict: verdictOf({ snapshot: cyclic }) }),
      store.refuse({ now: 5, verdict: verdictOf() }),
    ]);
    expect(answers.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.name))).toEqual([
      ...['done', 'StoreFaultError', 'TypeError', 'StoreFaultError', 'StoreFaultError', 'stale', 'done'],
      { verdict: verdict.id, consequence: {} },
      ...['StoreFaultError', 'TypeError'],
      { verdict: expect.any(String), consequence: {} },
    ]);
    const used = Object.fromEntries((await store.find('codes', {})).map((code) => [code.id, code.used]));
    expect(codes.map((code) => used[code.id])).toEqual([1, 0, 1, 0]);
  });

  it('refuses at once what is more than may wait, and takes more afterwards', async () => {
    const { store } = await open({ maxQueue: 5 });
    const mint = () => store.mint({ grant: grantOf(), codes: [] });
    const answers = await Promise.allSettled(Array.from({ length: 8 }, mint));
    expect(answers.map((answer) => answer.status)).toEqual([
      ...Array(5).fill('fulfilled'),
      ...Array(3).fill('rejected'),
    ]);
    expect((answers[7] as PromiseRejectedResult).reason).toBeInstanceOf(StoreBusyError);
    expect(await mint()).toBe('done');
  });

  it('any text comes back as it was, in a column and in a body', async () => {
    const { store, registry } = await open();
    const odd = ['\0', 'a\0b', '\uFDD0', '\uFDD00000', '\uD800', 'a\uDC00b', '\uD83D\uDE00', '\\u0000', '{"', 'ünï'];
    for (const text of odd) {
      const verdict = verdictOf({ subject: text, cause: text, source: text, snapshot: { text } });
      await store.refuse({ now: 1, verdict });
      expect(await store.find('verdicts', { client: text }), JSON.stringify(text)).toEqual([verdict]);
      await registry.save('setting', text, 0, { text });
      expect(await registry.get('setting', text)).toEqual({ id: text, rev: 1, body: { text } });
    }
    expect(await registry.list('setting')).toHaveLength(odd.length);
  });
});

describe('postgres, opening', () => {
  it("refuses another application's schema, and leaves it as it is", async () => {
    for (const sql of ['CREATE TABLE notes (text TEXT)', 'CREATE TABLE meta (version INT, product TEXT)']) {
      const { schema } = place;
      await server.sql('public', `CREATE SCHEMA ${schema}`);
      await server.sql(schema, sql);
      await expect(open()).rejects.toThrow(StoreFileError);
      await expect(open()).rejects.toThrow(/another application/);
      expect(await server.sql(schema, `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}'`)).toHaveLength(
        1,
      );
      place = server.place();
    }
  });

  it('refuses a newer version, leaves it as it is, and says what to do', async () => {
    const { store } = await open();
    await store.close();
    await server.sql(place.schema, 'UPDATE meta SET version = 4711');
    await expect(open()).rejects.toThrow(/version \d+ or older, got version 4711; upgrade Counterfoil/);
    expect(await server.sql(place.schema, 'SELECT version::int FROM meta')).toEqual([{ version: 4711 }]);
  });

  it('versions count up by one', () => {
    expect(MIGRATIONS.map((step) => step.version)).toEqual(MIGRATIONS.map((_, i) => i + 1));
  });

  it('says what is wrong with a URL, and never says the password', async () => {
    const wrong = new URL(place.url);
    wrong.password = 'not-the-password';
    const failed = open({ url: wrong.href });
    await expect(failed).rejects.toThrow(StoreFileError);
    await expect(failed).rejects.not.toThrow(/not-the-password/);
    const nowhere = new URL(place.url);
    nowhere.port = '1';
    const busy = open({ url: nowhere.href });
    await expect(busy).rejects.toThrow(StoreBusyError);
    await expect(busy).rejects.toThrow(/127\.0\.0\.1:1\/postgres/);
    await expect(busy).rejects.not.toThrow(/only for tests/);
  });

  it('says how to get the driver when it is not there', () => {
    const file = pathToFileURL(join(import.meta.dirname, '../../src/store/postgres/open.ts')).href;
    const script = `
      import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, at, next) => next(name === 'pg' ? 'pg-is-not-installed' : name, at) });
      const { openPostgres } = await import('${file}');
      await openPostgres({ url: 'postgresql://127.0.0.1:1/x' }).catch(({ name, message }) => console.log(name, message));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(stdout).toContain(`${StoreFaultError.name} expected the package pg`);
    expect(stdout).toContain('npm install pg');
  });

  it('keeps everything over a close, and leaves no rows of its own behind', async () => {
    const first = await open();
    await minted(first, 3);
    await first.store.refuse({ now: 1, verdict: verdictOf() });
    await first.registry.save('app', 'my_app_123', 0, { name: 'My App' });
    const before = await dump(first.store);
    await first.close();
    expect(await server.sql(place.schema, 'SELECT id FROM writers')).toEqual([]);
    const { store, registry } = await open();
    expect(await dump(store)).toEqual(before);
    expect((await registry.get('app', 'my_app_123'))?.rev).toBe(1);
  });
});
