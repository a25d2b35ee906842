/** The audit trail against somebody who can write to the file: each thing they do is named. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { auditKey, auditVerifier } from '../../src/server/audit.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { checkTrail, type TrailReport } from '../../src/store/trail.ts';
import type { Chunk } from '../../src/store/upkeep.ts';
import { grantOf, verdictOf } from './fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-trail-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = auditKey(Buffer.alloc(32, 7));

let file = '';
let files = 0;
/** Ids of what was kept, oldest first. */
let ids: string[] = [];

/** Two processes' worth of verdicts, each chain signed at its end. */
beforeEach(async () => {
  file = join(folder, `${++files}.db`);
  ids = [];
  for (let process = 0; process < 2; process++) {
    const { store, upkeep } = openSqlite({ path: file });
    for (let i = 0; i < 4; i++) {
      const verdict = verdictOf({ at: Date.now() });
      ids.push(verdict.id);
      await store.refuse({ now: verdict.at, verdict, coalesce: `${process} ${i}` });
    }
    await store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }), coalesce: `${process} 0` });
    await upkeep.sign(key.sign);
    await store.close();
  }
});

async function check(head?: TrailReport['head'], holds = key.holds): Promise<TrailReport> {
  const { store, upkeep } = openSqlite({ path: file });
  try {
    return await checkTrail(await upkeep.dump(), { holds, head });
  } finally {
    await store.close();
  }
}

function tamper(sql: string, ...values: SQLInputValue[]): void {
  const db = new DatabaseSync(file);
  expect(db.prepare(sql).run(...values).changes).toBeGreaterThan(0);
  db.close();
}

const found = ({ faults }: TrailReport): string[] => faults.map(({ kind, what }) => `${kind} ${what}`);

describe('an audit trail', () => {
  it('is sound when nobody touched it, and names its head', async () => {
    const report = await check();
    expect(report).toMatchObject({ verdicts: 8, chains: 2, checkpoints: 2, unsigned: 0, untrailed: 0, faultCount: 0 });
    expect(await check(report.head)).toMatchObject({ faultCount: 0 });
  });

  it('names an altered verdict, whichever column it is', async () => {
    tamper('UPDATE verdicts SET cause = ? WHERE id = ?', 'expired', ids[1] ?? '');
    tamper("UPDATE verdicts SET body = replace(body, 'false', 'true ') WHERE id = ?", ids[6] ?? '');
    tamper('UPDATE verdicts SET times = times + 1 WHERE id = ?', ids[4] ?? '');
    expect(found(await check())).toEqual([1, 4, 6].map((i) => `altered ${ids[i]}`));
  });

  it('names a removed verdict and an invented one', async () => {
    tamper('DELETE FROM verdicts WHERE id = ?', ids[2] ?? '');
    tamper(
      `INSERT INTO verdicts SELECT 'vd_invented', at + 60000, last_at + 60000, subject, decisive, cause, grant_id, code_id,
       NULL, times, consequence, body, grant_no FROM verdicts LIMIT 1`,
    );
    expect(found(await check())).toEqual(['invented vd_invented', `removed ${ids[2]}`]);
  });

  it('names an altered link, a missing one, and one whose hash was made anew', async () => {
    const sound = await check();
    const chain = sound.head?.chain ?? '';
    tamper('UPDATE audit SET at = at + 1 WHERE chain = ? AND seq = 2', chain);
    expect(found(await check())).toEqual([`link-altered ${chain}/2`]);
    tamper('DELETE FROM audit WHERE chain = ? AND seq = 2', chain);
    expect(found(await check())).toEqual([`link-missing ${chain}/2`, `invented ${ids[5]}`]);
  });

  it('shows that the newest links were cut, by their checkpoint, or by the head when that went too', async () => {
    const { head } = await check();
    tamper('DELETE FROM audit WHERE chain = ? AND seq >= 4', head?.chain ?? '');
    expect(found(await check())).toContain(`link-missing ${head?.chain}/5`);
    tamper('DELETE FROM checkpoints WHERE chain = ?', head?.chain ?? '');
    tamper('DELETE FROM verdicts WHERE coalesce_key IN (?, ?)', '1 3', '1 0');
    tamper('DELETE FROM audit WHERE chain = ?', head?.chain ?? '');
    tamper('DELETE FROM verdicts WHERE coalesce_key LIKE ?', '1 %');
    expect(await check()).toMatchObject({ faultCount: 0 });
    expect(found(await check(head))).toEqual([`head-missing ${head?.chain}/5`]);
  });

  it('shows that an older chain went as a whole, because the next one names it', async () => {
    const { head } = await check();
    tamper('DELETE FROM audit WHERE chain <> ?', head?.chain ?? '');
    tamper('DELETE FROM checkpoints WHERE chain <> ?', head?.chain ?? '');
    tamper('DELETE FROM verdicts WHERE coalesce_key LIKE ?', '0 %');
    expect((await check()).faults.map(({ kind }) => kind)).toEqual(['link-missing']);
  });

  it('counts a link that a signed one names as signed', async () => {
    const first = openSqlite({ path: file });
    await first.store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    await first.close();
    expect((await check()).unsigned).toBe(1);
    const second = openSqlite({ path: file });
    await second.store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    expect((await check()).unsigned).toBe(2);
    await second.upkeep.sign(key.sign);
    await second.close();
    expect((await check()).unsigned).toBe(0);
  });

  it('does not take a checkpoint of another key, and needs only the public half', async () => {
    expect((await check(undefined, auditVerifier(key.publicPem))).faultCount).toBe(0);
    const stranger = auditKey(Buffer.alloc(32, 8));
    expect((await check(undefined, stranger.holds)).faults.map(({ kind }) => kind)).toEqual([
      'checkpoint-false',
      'checkpoint-false',
    ]);
    tamper('UPDATE checkpoints SET seq = 3');
    expect((await check()).faults.map(({ kind }) => kind)).toEqual(['checkpoint-false', 'checkpoint-false']);
  });

  it('stays sound through a sweep, an erasure, a restored backup and what another process then writes', async () => {
    const other = openSqlite({ path: file });
    await other.store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    const { store, upkeep } = openSqlite({ path: file });
    const { meta, chunks } = await upkeep.dump();
    const kept: Chunk[] = [];
    for await (const chunk of chunks) kept.push(chunk);
    await store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    await other.store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    async function* again(): AsyncGenerator<Chunk> {
      yield* kept;
    }
    await upkeep.fill({ meta, chunks: again() });
    await other.store.refuse({ now: Date.now(), verdict: verdictOf({ at: Date.now() }) });
    expect(await check()).toMatchObject({ faultCount: 0 });
    expect(await upkeep.erase({ verdict: ids[0] ?? '' })).toEqual({ verdicts: 1, grants: 0 });
    expect(await check()).toMatchObject({ faultCount: 0, erased: 1 });
    await store.sweep({ before: Date.now() + 1 });
    await store.mint({ grant: grantOf(), codes: [], verdict: verdictOf({ at: Date.now() + 2, ok: true }) });
    await store.close();
    await other.close();
    expect(await check()).toMatchObject({ faultCount: 0, verdicts: 1 });
    tamper('UPDATE verdicts SET cause = ?', 'nothing');
    expect((await check()).faults.map(({ kind }) => kind)).toEqual(['altered']);
  });
});
