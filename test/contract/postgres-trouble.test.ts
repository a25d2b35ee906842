/** A database that conflicts, breaks off, goes away and comes back: nothing acknowledged is lost, nothing happens twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CODE_FAILURES } from '../../src/core/limit.ts';
import type { Code } from '../../src/core/model.ts';
import { StoreBusyError } from '../../src/store/errors.ts';
import { type OpenedPostgres, openPostgres, type PostgresOptions } from '../../src/store/postgres/open.ts';
import { checkTrail } from '../../src/store/trail.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { codeOf, effectOf, grantOf, verdictOf } from './fixtures.ts';
import { layWire, type Wire } from './postgres-wire.ts';

let server: PostgresServer;
let place: { url: string; schema: string };
let wire: Wire;
const opened: OpenedPostgres[] = [];
const others: pg.Client[] = [];

beforeAll(async () => {
  server = await startPostgres(['deadlock_timeout=500ms']);
});
afterAll(() => server.stop());
beforeEach(async () => {
  place = server.place();
  wire = await layWire(place.url);
});
afterEach(async () => {
  for (const client of others.splice(0)) await client.end();
  for (const one of opened.splice(0)) await one.close();
  await wire.close();
});

async function open(options: Partial<PostgresOptions> = {}): Promise<OpenedPostgres> {
  const one = await openPostgres({ ...place, ...options });
  opened.push(one);
  return one;
}

/** A connection past the store. */
async function other(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: place.url });
  client.on('error', () => {});
  await client.connect();
  await client.query(`SET search_path TO ${place.schema}`);
  others.push(client);
  return client;
}

async function minted({ store }: OpenedPostgres, count = 1): Promise<Code[]> {
  const grant = grantOf();
  const codes = Array.from({ length: count }, () => codeOf(grant.id));
  await store.mint({ grant, codes });
  return codes;
}

/** Uses the code as it was minted, and issues one more. */
function spend({ store }: OpenedPostgres, code: Code): Promise<string> {
  const issue = [codeOf(code.grant, { purpose: 'access_token', total: null })];
  const verdict = verdictOf({ ok: true, grant: code.grant, code: code.id });
  const spent = { code: code.id, rev: code.rev };
  return store.redeem({ now: 5, grant: { id: code.grant, rev: 1 }, spend: spent, issue, verdict });
}

/** What is kept of used codes, tokens and verdicts, past the store: equal numbers, or something is half done. */
async function counts(): Promise<unknown> {
  const [row] = await server.sql(
    place.schema,
    `SELECT (SELECT count(*)::int FROM codes WHERE used = 1 AND rev = 2) AS used,
      (SELECT count(*)::int FROM codes WHERE total IS NULL) AS tokens, (SELECT count(*)::int FROM verdicts) AS verdicts`,
  );
  return row;
}

async function waitFor(what: () => Promise<boolean>): Promise<void> {
  while (!(await what())) await sleep(5);
}

/** Until a connection of the store waits for a lock. */
async function untilBlocked(): Promise<void> {
  await waitFor(async () => {
    const waiting = `SELECT 1 FROM pg_stat_activity WHERE application_name = 'counterfoil' AND wait_event_type = 'Lock'`;
    return (await server.sql('public', waiting)).length > 0;
  });
}

/** Breaks all connections of the store at the server. */
async function killBackends(): Promise<void> {
  await server.sql(
    'public',
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'counterfoil'`,
  );
}

/** Every verdict is named by the trail, and nothing else is. */
async function trailHolds({ upkeep }: OpenedPostgres): Promise<void> {
  const { faults } = await checkTrail(await upkeep.dump(), { holds: () => true });
  expect(faults).toEqual([]);
}

describe('postgres, an outcome that nobody heard', () => {
  it.each(['unheard', 'unanswered'] as const)(
    'a redemption that was cut off, %s, is done once and acknowledged',
    async (when) => {
      const node = await open({ url: wire.url });
      const [first, code] = (await minted(node, 2)) as [Code, Code];
      await spend(node, first);
      const cut = wire.cut('counterfoil-write', when);
      const won = spend(node, code);
      await cut;
      expect(await won).toBe('done');
      expect(await spend(node, code)).toBe('stale');
      expect(await counts()).toEqual({ used: 2, tokens: 2, verdicts: 2 });
      await trailHolds(node);
    },
  );

  it('in a batch that was committed unanswered, each hears its own outcome', async () => {
    const node = await open({ url: wire.url });
    const codes = await minted(node, 6);
    await spend(node, codes[0] as Code);
    const cut = wire.cut('counterfoil-write', 'unanswered');
    const answers = Promise.all(codes.map((code) => spend(node, code)));
    await cut;
    expect(await answers).toEqual(['stale', ...Array(5).fill('done')]);
    expect(await counts()).toEqual({ used: 6, tokens: 6, verdicts: 6 });
    await trailHolds(node);
  });

  it.each(['counterfoil-begun', 'counterfoil-budgets', 'counterfoil-link'])(
    'a refusal that was cut off at %s counts once',
    async (statement) => {
      const node = await open({ url: wire.url });
      const [code] = (await minted(node)) as [Code];
      const strike = { key: code.id, limit: CODE_FAILURES, code: code.id };
      const refuse = () => node.store.refuse({ now: 5, verdict: verdictOf(), strike });
      expect((await refuse()).consequence).toEqual({ hits: 1 });
      for (const when of ['unheard', 'unanswered'] as const) {
        const cut = wire.cut(statement, when);
        const refused = refuse();
        await cut;
        expect((await refused).consequence.hits).toBe(when === 'unheard' ? 2 : 3);
      }
      expect((await node.store.load({ codes: [code.id] })).codes.get(code.id)?.state).toBe('burned');
      await trailHolds(node);
    },
  );

  it('an old backend that still runs is waited for, and what it commits is acknowledged, not done again', async () => {
    const node = await open({ url: wire.url });
    const [first, code] = (await minted(node, 2)) as [Code, Code];
    await spend(node, first);
    const blocker = await other();
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM codes WHERE id = $1 FOR UPDATE', [code.id]);
    const won = spend(node, code);
    await untilBlocked();
    // The server does not notice that nobody listens any more: it waits for the lock, and then commits.
    wire.cutAll();
    await sleep(50);
    await blocker.query('COMMIT');
    expect(await won).toBe('done');
    expect(await counts()).toEqual({ used: 2, tokens: 2, verdicts: 2 });
    await trailHolds(node);
  });

  it('backends killed at random under load: what was acknowledged is there, and all of it is whole', {
    timeout: 60_000,
  }, async () => {
    const node = await open({ busyMs: 10_000 });
    const acknowledged: string[] = [];
    let ended = false;
    const spender = async (): Promise<void> => {
      while (!ended) {
        const [code] = (await minted(node)) as [Code];
        if ((await spend(node, code)) === 'done') acknowledged.push(code.id);
        else throw new Error('the only one who spends a code was told that it is stale');
      }
    };
    const spenders = Promise.all(Array.from({ length: 12 }, spender));
    for (let i = 0; i < 15; i++) {
      await sleep(Math.random() * 80);
      await killBackends();
    }
    ended = true;
    await spenders;
    const used = await server.sql<{ id: string }>(place.schema, 'SELECT id FROM codes WHERE used = 1');
    expect(used.map(({ id }) => id).sort()).toEqual([...acknowledged].sort());
    const n = acknowledged.length;
    expect(await counts()).toEqual({ used: n, tokens: n, verdicts: n });
    await trailHolds(node);
  });
});

describe('postgres, conflicts', () => {
  it('the loser of a deadlock is run again', async () => {
    const node = await open();
    const [a, b] = (await minted(node, 2)) as [Code, Code];
    const [low, high] = [a, b].sort((x, y) => (x.id < y.id ? -1 : 1)) as [Code, Code];
    const blocker = await other();
    // Whoever waits longest for a lock is not the one that is ended: so the store is, whose wait closes the circle.
    await blocker.query(`SET deadlock_timeout = '60s'`);
    await blocker.query('BEGIN');
    await blocker.query('SELECT 1 FROM codes WHERE id = $1 FOR UPDATE', [high.id]);
    const both = Promise.all([spend(node, low), spend(node, high)]);
    await untilBlocked();
    await blocker.query('SELECT 1 FROM codes WHERE id = $1 FOR UPDATE', [low.id]);
    await blocker.query('COMMIT');
    expect(await both).toEqual(['done', 'done']);
    // The server counts it when the connection that lost is closed.
    await opened.pop()?.close();
    const counted = 'SELECT 1 FROM pg_stat_database WHERE datname = current_database() AND deadlocks > 0';
    await waitFor(async () => (await server.sql('public', counted)).length > 0);
  });

  it('a serialization failure is run again, where the server is set to serializable', async () => {
    const url = new URL(place.url);
    url.searchParams.set('options', '-c default_transaction_isolation=serializable');
    const [a, b] = [await open({ url: url.href }), await open({ url: url.href })];
    const codes = await minted(a, 60);
    const won = await Promise.all(codes.flatMap((code) => [spend(a, code), spend(b, code)]));
    expect(won.filter((answer) => answer === 'done')).toHaveLength(60);
    expect(await counts()).toEqual({ used: 60, tokens: 60, verdicts: 60 });
  });

  it('a server that only reads, as after a fail-over, is left until it writes again', async () => {
    const node = await open({ busyMs: 10_000 });
    const codes = await minted(node, 2);
    await spend(node, codes[0] as Code);
    const alter = async (change: string): Promise<void> => {
      await server.sql('public', `ALTER SYSTEM ${change}`);
      await server.sql('public', 'SELECT pg_reload_conf()');
    };
    await alter('SET default_transaction_read_only = on');
    const won = spend(node, codes[1] as Code);
    const refused = node.store.refuse({ now: 1, verdict: verdictOf() });
    await sleep(300);
    await alter('RESET default_transaction_read_only');
    expect(await won).toBe('done');
    expect((await refused).consequence).toEqual({});
  });

  it('two nodes that write to the same rows in every way at once: all get an answer', { timeout: 60_000 }, async () => {
    const [a, b] = [await open({ clock: () => 1_000 }), await open({ clock: () => 1_000 })];
    const grants = Array.from({ length: 4 }, () => grantOf());
    for (const grant of grants) await a.store.mint({ grant, codes: [] });
    const codes: Code[] = [];
    for (const grant of grants) {
      const some = Array.from({ length: 30 }, () => codeOf(grant.id));
      await a.store.mint({ codes: some });
      codes.push(...some);
    }
    const hold = { id: 'holds', count: 5, inMs: 9_000, then: { holdMs: 10 } };
    const work = codes.flatMap((code, i) => {
      const [one, two] = i % 2 ? [a, b] : [b, a];
      const once = [{ key: `k${i % 7}`, until: 1 }];
      const effects = [effectOf(code.grant)];
      const use = { now: 5, grant: { id: code.grant, rev: 1 }, spend: { code: code.id, rev: 1 }, issue: [] };
      return [
        one.store.redeem({ ...use, verdict: verdictOf(), effects }),
        two.store.redeem({ ...use, once }),
        one.store.refuse({
          now: 5,
          verdict: verdictOf(),
          coalesce: `c${i % 5}`,
          strike: { key: `s${i % 3}`, limit: hold },
        }),
        two.store.refuse({
          now: 5,
          verdict: verdictOf(),
          coalesce: `c${(i + 2) % 5}`,
          strike: { key: code.id, limit: CODE_FAILURES, code: code.id },
          ...(i % 40 === 39 && { revokes: { grant: code.grant, cause: 'replay' } }),
        }),
        two.store.claim({ limit: 3, leaseMs: 5 }),
        ...(i % 30 === 0 ? [one.store.sweep({ before: 1 })] : []),
      ];
    });
    const answers = await Promise.allSettled(work);
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
    await trailHolds(a);
  });
});

describe('postgres, a database that is away', () => {
  it('everybody hears "later" in time, and it goes on by itself when the database is back', {
    timeout: 60_000,
  }, async () => {
    const node = await open({ busyMs: 400, connectMs: 300 });
    const { store, registry } = node;
    const [code, left] = (await minted(node, 2)) as [Code, Code];
    await store.refuse({ now: 1, verdict: verdictOf() });
    await server.halt();
    try {
      const intents: readonly (() => Promise<unknown>)[] = [
        () => store.load({}),
        () => store.mint({ grant: grantOf(), codes: [] }),
        () => spend(node, code),
        () => store.refuse({ now: 1, verdict: verdictOf() }),
        () => store.revoke({ target: { grant: code.grant }, cause: 'owner' }),
        () => store.claim({ limit: 1, leaseMs: 10 }),
        () => store.sweep({ before: 1 }),
        () => store.find('grants', {}),
        () => registry.save('setting', 's', 0, 1),
        () => registry.get('setting', 's'),
      ];
      for (const intent of intents) await expect(intent(), String(intent)).rejects.toThrow(StoreBusyError);
    } finally {
      await server.resume();
    }
    expect(await spend(node, left)).toBe('done');
    expect((await store.load({ codes: [code.id] })).codes.get(code.id)).toEqual(code);
    expect(await registry.save('setting', 's', 0, 1)).toBe(true);
    expect((await store.find('verdicts', {})).length).toBe(2);
  });

  it('stopped and started again under load: those who wait are served, and nothing acknowledged is lost', {
    timeout: 60_000,
  }, async () => {
    const node = await open({ busyMs: 15_000 });
    const codes = await minted(node, 400);
    let done = 0;
    const all = Promise.all(
      codes.map(async (code, i) => {
        await sleep(i * 2);
        const won = await spend(node, code);
        if (won === 'done') done += 1;
        return won;
      }),
    );
    await sleep(250);
    await server.halt();
    await sleep(300);
    await server.resume();
    expect(new Set(await all)).toEqual(new Set(['done']));
    expect(done).toBe(400);
    expect(await counts()).toEqual({ used: 400, tokens: 400, verdicts: 400 });
    await trailHolds(node);
  });

  it('closes in time while the database is away', async () => {
    const node = await open({ busyMs: 300, connectMs: 200 });
    await minted(node);
    await server.halt();
    try {
      const waiting = Promise.allSettled(
        Array.from({ length: 50 }, () => node.store.mint({ grant: grantOf(), codes: [] })),
      );
      await node.close();
      expect(new Set((await waiting).map(({ status }) => status))).toEqual(new Set(['rejected']));
    } finally {
      await server.resume();
    }
  });
});
