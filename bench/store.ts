/**
 * Redemptions a second on SQLite with `synchronous=FULL`: group commit against one transaction per redemption, same
 * adapter, same machine, interleaved rounds. Ratios travel between machines, figures do not.
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
import { codeId, mintCode, newId, type Purpose, readCode } from '../src/protocols/typed-code/typed-code.ts';
import type { Minting, Redemption } from '../src/store/port.ts';
import { type OpenedSqlite, openSqlite } from '../src/store/sqlite/open.ts';
import { report } from './report.ts';

const CALLERS = 64;
const PRELOAD_BATCH = 500;
const YARDSTICK = 'one transaction per redemption';

interface Mode {
  readonly name: string;
  readonly opened: OpenedSqlite;
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

function freshCode(grant: string, purpose: Purpose, total: number | null, now: number): Code {
  const read = readCode(purpose, mintCode(purpose, 'opaque', now));
  if (!read.ok) throw new Error(`a fresh code does not read: ${read.detail}`);
  return {
    id: codeId(purpose, read.body),
    grant,
    purpose,
    handle: 'opaque',
    bindings: [
      { fact: 'client_id', match: 'exact', expected: 'my_app_123' },
      { fact: 'redirect_uri', match: 'exact', expected: 'com.myapp:/callback' },
      { fact: 'code_challenge', match: 'exact', expected: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', secret: true },
    ],
    from: now,
    until: now + 300_000,
    total,
    used: 0,
    state: 'live',
    generation: 1,
    rev: 1,
  };
}

function decision(): Minting {
  const now = Date.now();
  const id = newId('gr_', now);
  const terms = { scopes: ['lamp:read', 'lamp:write'], pairing_id: 'A1:B2:C3:D4:E5:F6' };
  const who = { profile: 'oauth', by: 'alice', to: 'my_app_123', policyEpoch: 1 };
  const grant = { id, ...who, terms, from: now, until: null, state: 'active', rev: 1 } as const;
  return { grant, codes: [freshCode(id, 'authorization_code', 1, now)] };
}

function redemptionOf(grant: string, code: string): Redemption {
  const now = Date.now();
  const issue = [freshCode(grant, 'access_token', null, now), freshCode(grant, 'refresh_token', 1, now)];
  const verdict = {
    id: newId('vd_', now),
    profile: 'oauth',
    action: 'token',
    ok: true,
    subject: 'my_app_123',
    source: '192.168.1.7',
    grant,
    code,
    policy: 'sha256:2c26b46b68ffc68ff99b453c1d304134',
    at: now,
    snapshot: SNAPSHOT,
    times: 1,
  };
  return { now, grant: { id: grant, rev: 1 }, spend: { code, rev: 1 }, issue, verdict };
}

async function preload({ store }: OpenedSqlite, count: number): Promise<readonly Redemption[]> {
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

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' }, json: { type: 'string' } } });
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const open = (file: string, maxBatch?: number): OpenedSqlite =>
    openSqlite({ path: join(folder, file), ...(maxBatch !== undefined && { maxBatch }) });
  const grouped = open('grouped.db');
  const modes: Mode[] = [
    {
      name: YARDSTICK,
      opened: open('single.db', 1),
      operations: 4_000,
      reads: false,
      perSecond: [],
    },
    { name: 'group commit', opened: grouped, operations: 16_000, reads: false, perSecond: [] },
    { name: 'group commit, with the reading before', opened: grouped, operations: 16_000, reads: true, perSecond: [] },
  ];
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
    rmSync(folder, { recursive: true });
  }
  const baseline = modes[0]?.perSecond ?? [];
  report(
    modes.map(({ name, perSecond }) => ({
      name: `sqlite FULL, ${CALLERS} callers: ${name}`,
      unit: 'redemptions/s',
      value: median(perSecond),
      // Per round, against the yardstick of the same round: the machine is as fast or slow for both.
      ratios: { [YARDSTICK]: median(perSecond.map((value, i) => value / (baseline[i] ?? Number.NaN))) },
    })),
    values.json === undefined ? [] : ['--json', values.json],
  );
}

await main();
