/**
 * Redemptions a second on SQLite, durable as with `synchronous=FULL`, and on PostgreSQL with `fsync` and `synchronous_commit` on: group
 * commit against one transaction (one statement) per redemption, same adapter, same machine, interleaved rounds. Ratios
 * travel between machines, figures do not. On PostgreSQL the single statements come from eight nodes, so that the
 * server groups their commits itself; the batches come from one.
 *
 *   node bench/store.ts [--rounds N] [--json FILE]
 *
 * A redemption spends a code, issues two, and keeps a verdict with a snapshot of about 1.2 kB. Grants and codes are
 * written before the watch starts. Not here: HTTP, rules, proofs.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Code } from '../src/core/model.ts';
import { codeId, LABELS, mintCode, newId, type Purpose } from '../src/protocols/typed-code/typed-code.ts';
import type { Minting, Redemption, Store } from '../src/store/port.ts';
import { openPostgres } from '../src/store/postgres/open.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { codeOf, grantOf, verdictOf } from '../test/contract/fixtures.ts';
import { type PostgresServer, startPostgres } from '../test/support/postgres.ts';
import { report } from './report.ts';

const CALLERS = 64;
const PRELOAD_BATCH = 500;
const YARDSTICK = 'one transaction per redemption';

interface Opened {
  readonly store: Store;
  close(): Promise<void>;
}

interface Mode {
  readonly database: 'sqlite FULL' | 'postgres';
  readonly name: string;
  readonly opened: Opened;
  readonly operations: number;
  /** Whether each redemption reads its case first, as a request does. */
  readonly reads: boolean;
  readonly perSecond: number[];
}

const SNAPSHOT = {
  presented: { client_id: 'my_app_123', redirect_uri: 'com.myapp:/callback', grant_type: 'authorization_code' },
  proven: { pkce: 'S256', client: 'none', pairing: 'A1:B2:C3:D4:E5:F6' },
  padding: randomBytes(480).toString('hex'),
};

const BINDINGS: Code['bindings'] = [
  { fact: 'client_id', match: 'exact', expected: 'my_app_123' },
  { fact: 'redirect_uri', match: 'exact', expected: 'com.myapp:/callback' },
  { fact: 'code_challenge', match: 'exact', expected: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', secret: true },
];

function freshCode(grant: string, purpose: Purpose, total: number | null, now: number): Code {
  const id = codeId(purpose, mintCode(purpose, 'opaque', now).slice(LABELS[purpose].length));
  return codeOf(grant, { id, purpose, bindings: BINDINGS, from: now, until: now + 300_000, total });
}

function decision(): Minting {
  const now = Date.now();
  const terms = { scopes: ['lamp:read', 'lamp:write'], pairing_id: 'A1:B2:C3:D4:E5:F6' };
  const grant = grantOf({ id: newId('gr_', now), terms, from: now, policyEpoch: 1 });
  return { grant, codes: [freshCode(grant.id, 'authorization_code', 1, now)] };
}

function redemptionOf(grant: string, code: string): Redemption {
  const now = Date.now();
  const issue = [freshCode(grant, 'access_token', null, now), freshCode(grant, 'refresh_token', 1, now)];
  const verdict = verdictOf({
    id: newId('vd_', now),
    ok: true,
    subject: 'my_app_123',
    source: '192.168.1.7',
    grant,
    code,
    policy: 'sha256:2c26b46b68ffc68ff99b453c1d304134',
    at: now,
    snapshot: SNAPSHOT,
  });
  return { now, grant: { id: grant, rev: 1 }, spend: { code, rev: 1 }, issue, verdict };
}

async function preload({ store }: Opened, count: number): Promise<readonly Redemption[]> {
  const redemptions: Redemption[] = [];
  while (redemptions.length < count) {
    const batch = Array.from({ length: Math.min(PRELOAD_BATCH, count - redemptions.length) }, decision);
    await Promise.all(batch.map((minting) => store.mint(minting)));
    for (const { grant, codes } of batch) redemptions.push(redemptionOf(grant?.id ?? '', codes[0]?.id ?? ''));
  }
  return redemptions;
}

/** Runs all redemptions with `CALLERS` concurrent callers, and answers how many a second. */
async function round({ opened: { store }, reads }: Mode, redemptions: readonly Redemption[]): Promise<number> {
  let next = 0;
  const caller = async (): Promise<void> => {
    for (;;) {
      const redemption = redemptions[next++];
      if (!redemption) return;
      if (reads) await store.load({ codes: [redemption.spend?.code ?? ''] });
      const won = await store.redeem(redemption);
      if (won !== 'done') throw new Error(`expected every redemption to win, got ${won}`);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (redemptions.length / (performance.now() - start)) * 1_000;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Eight nodes on one database, without group commit, taken in turn. */
async function eightNodes(place: { readonly url: string; readonly schema: string }): Promise<Opened> {
  const nodes = await Promise.all(Array.from({ length: 8 }, () => openPostgres({ ...place, maxBatch: 1 })));
  let turn = 0;
  const next = (): Store => (nodes[turn++ % nodes.length] as Opened).store;
  const store = {
    ...next(),
    mint: (minting: Minting) => next().mint(minting),
    redeem: (one: Redemption) => next().redeem(one),
  };
  return {
    store,
    async close() {
      await Promise.all(nodes.map((node) => node.close()));
    },
  };
}

/** Each mode on a database of its own, but for the last two of each kind. */
async function openAll(folder: string, server: PostgresServer): Promise<Mode[]> {
  const file = (name: string, maxBatch?: number): Opened =>
    openSqlite({ path: join(folder, name), ...(maxBatch !== undefined && { maxBatch }) });
  const grouped = file('grouped.db');
  const single = await eightNodes(server.place());
  const batched = await openPostgres(server.place());
  const modes: readonly (readonly [Mode['database'], string, Opened, number, boolean])[] = [
    ['sqlite FULL', YARDSTICK, file('single.db', 1), 4_000, false],
    ['sqlite FULL', 'group commit', grouped, 16_000, false],
    ['sqlite FULL', 'group commit, with the reading before', grouped, 16_000, true],
    ['postgres', YARDSTICK, single, 2_000, false],
    ['postgres', 'group commit', batched, 8_000, false],
    ['postgres', 'group commit, with the reading before', batched, 8_000, true],
  ];
  return modes.map(([database, name, opened, operations, reads]) => ({
    ...{ database, name, opened, operations, reads },
    perSecond: [],
  }));
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const server = await startPostgres();
  const modes = await openAll(folder, server);
  try {
    // The first round warms up and is not counted.
    for (let i = -1; i < Number(values.rounds); i++) {
      for (const mode of modes) {
        const perSecond = await round(mode, await preload(mode.opened, mode.operations));
        if (i >= 0) mode.perSecond.push(perSecond);
      }
    }
  } finally {
    for (const { opened } of modes) await opened.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
  const baseline = (database: Mode['database']): readonly number[] =>
    modes.find((mode) => mode.database === database)?.perSecond ?? [];
  report(
    modes.map(({ database, name, perSecond }) => ({
      name: `${database}, ${CALLERS} callers: ${name}`,
      unit: 'redemptions/s',
      value: median(perSecond),
      // Per round, against the yardstick of the same round: the machine is as fast or slow for both.
      ratios: { [YARDSTICK]: median(perSecond.map((value, i) => value / (baseline(database)[i] ?? Number.NaN))) },
    })),
    values.json === undefined ? [] : ['--json', values.json],
  );
}

await main();
