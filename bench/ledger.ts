/**
 * Does a long history slow the hub down? Code for tokens on SQLite FULL, 64 callers over HTTP, with ten thousand rows in
 * the ledger and with a million, in turns.
 *
 *   node bench/ledger.ts [--rows N] [--rounds N] [--json FILE]
 *
 * Rows are grants, codes, tokens and verdicts as the hub's own exchange leaves them (five for each), made by that
 * exchange on a clock that runs through the last thirty days, so that ids fall into the time buckets they would be in.
 * The million takes about a minute to make; `--rows 10000000` is for a long break.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exchange } from '../src/profiles/oauth/token.ts';
import { startHub } from '../src/server/hub.ts';
import { deriveKeys } from '../src/server/keys.ts';
import { openSqlite } from '../src/store/sqlite/open.ts';
import { type RunningPeer, startPeer } from './peers/child.ts';
import { formPost, load } from './peers/load.ts';
import { median } from './peers/median.ts';
import { MINT_BATCH, mintBatch } from './peers/mint.ts';
import { CLIENT_ID, exchangeForm, REDIRECT_URI, SCOPE } from './peers/setting.ts';
import { report } from './report.ts';

/** A grant, its code, an access token, a refresh token, a verdict. */
const ROWS_PER_EXCHANGE = 5;
const FEW_ROWS = 10_000;
const HISTORY_MS = 30 * 86_400_000;

/** Few enough for the short ledger to stay short: each adds its five rows. */
const REQUESTS = 800;
const WARM_UP_ROUNDS = 2;

/** Fills a new file with as many rows as asked for, oldest first. */
async function fill(path: string, rows: number): Promise<void> {
  const startedAt = Date.now();
  const exchanges = Math.ceil(rows / ROWS_PER_EXCHANGE);
  let done = 0;
  const clock = (): number => Math.floor(startedAt - HISTORY_MS * (1 - done / exchanges));
  const { store, registry } = openSqlite({ path, clock });
  const keys = deriveKeys(createHash('sha256').update('bench').digest());
  const hub = await startHub({ store, registry, keys, data: path, port: 0 });
  await hub.operations.addApp(CLIENT_ID, { redirectUris: [REDIRECT_URI], scopes: [SCOPE] });
  while (done < exchanges) {
    const codes = await mintBatch(hub.oauth, Math.min(MINT_BATCH, exchanges - done));
    await Promise.all(codes.map(exchanged));
    done += codes.length;
  }
  await hub.close();
  await store.close();

  async function exchanged(code: string): Promise<void> {
    const { answer } = await exchange(hub.oauth, {
      method: 'POST',
      path: '/token',
      query: '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: exchangeForm(code),
      source: '127.0.0.1',
    });
    if (answer.status !== 200) throw new Error(`expected 200, got ${answer.status} ${answer.body}`);
  }
}

async function rate(peer: RunningPeer): Promise<number> {
  const codes = await peer.mint(REQUESTS);
  const posts = codes.map((code) => formPost(peer.port, '/token', exchangeForm(code)));
  return (await load(peer.port, posts)).perSecond;
}

const power = (rows: number): string => `10^${Number(Math.log10(rows).toFixed(1))}`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '11' },
      json: { type: 'string' },
    },
  });
  const many = Number(values.rows);
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-bench-'));
  const peers: RunningPeer[] = [];
  try {
    const [short, long] = [join(folder, 'short.db'), join(folder, 'long.db')];
    await fill(short, FEW_ROWS);
    const startedAt = performance.now();
    await fill(long, many);
    const seconds = (performance.now() - startedAt) / 1_000;
    const megabytes = statSync(long).size / 1e6;
    for (const path of [short, long]) peers.push(await startPeer('counterfoil', ['sqlite', path]));
    const [few, lots] = await rounds(peers, Number(values.rounds));
    const ratio = median(lots.map((value, round) => value / (few[round] ?? Number.NaN)));
    const grown = FEW_ROWS + (Number(values.rounds) + WARM_UP_ROUNDS) * REQUESTS * ROWS_PER_EXCHANGE;
    const against = { [`${power(FEW_ROWS)} rows`]: ratio };
    report(
      [
        { name: `ledger of ${power(FEW_ROWS)} rows`, unit: 'ops/s', value: median(few), ratios: {} },
        { name: `ledger of ${power(many)} rows`, unit: 'ops/s', value: median(lots), ratios: against },
        { name: 'rows of the short one at the end', unit: 'rows', value: grown, ratios: {} },
        { name: 'size of the long one', unit: 'MB', value: megabytes, ratios: {} },
        { name: 'rows a second while filling it', unit: 'rows/s', value: many / seconds, ratios: {} },
      ],
      values.json === undefined ? [] : ['--json', values.json],
    );
  } finally {
    for (const peer of peers) await peer.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Rates by round of each server. The first rounds warm up and are not counted. */
async function rounds(peers: readonly RunningPeer[], count: number): Promise<[number[], number[]]> {
  const rates: [number[], number[]] = [[], []];
  for (let round = -WARM_UP_ROUNDS; round < count; round++) {
    // Each goes first every other time: what the one leaves behind for the disk, the other one waits for.
    const order = round % 2 === 0 ? [...peers.entries()] : [...peers.entries()].reverse();
    for (const [i, peer] of order) {
      const perSecond = await rate(peer);
      if (round >= 0) rates[i]?.push(perSecond);
    }
  }
  return rates;
}

await main();
