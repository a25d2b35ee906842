/**
 * A process of its own on a SQLite file, run as `node child.ts <job> <file> [...]` by the tests beside it.
 *
 *   open  FILE GO            waits for the file GO, opens FILE, writes one grant
 *   race  FILE GO OUT        waits for GO, then tries every live code in FILE, several racers each; wins go to OUT
 *   spend FILE OUT           redeems without end; what was acknowledged goes to OUT, one line each, until it is killed
 *   hold  FILE OUT           holds the write lock of FILE until it is killed; that OUT exists says that it has it
 */
import { existsSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Code } from '../../src/core/model.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { codeOf, grantOf, verdictOf } from './fixtures.ts';

const RACERS = 3;
const SPENDERS = 16;

async function started(go: string): Promise<void> {
  while (!existsSync(go)) await sleep(1);
}

async function open(file: string, go: string): Promise<void> {
  await started(go);
  const { store } = openSqlite({ path: file });
  await store.mint({ grant: grantOf(), codes: [] });
  await store.close();
}

async function race(file: string, go: string, out: string): Promise<void> {
  const { store } = openSqlite({ path: file });
  const codes = [...(await store.find('codes', { limit: 1_000 }))].reverse();
  // That OUT exists tells the test that this process is ready.
  const wins = openSync(out, 'a');
  await started(go);
  for (const { id } of codes) {
    const attempt = async (): Promise<void> => {
      const { codes, grants, now } = await store.load({ codes: [id] });
      const code = codes.get(id) as Code;
      if (code.used > 0) return;
      const grant = { id: code.grant, rev: grants.get(code.grant)?.rev ?? 0 };
      const issue = [codeOf(code.grant, { purpose: 'access_token', total: null })];
      const verdict = verdictOf({ ok: true, code: id });
      const won = await store.redeem({ now, grant, spend: { code: id, rev: code.rev }, issue, verdict });
      if (won === 'done') writeSync(wins, `${id}\n`);
    };
    await Promise.all(Array.from({ length: RACERS }, attempt));
  }
  await store.close();
}

async function spend(file: string, out: string): Promise<void> {
  const { store } = openSqlite({ path: file });
  const acknowledged = openSync(out, 'a');
  const spender = async (): Promise<never> => {
    for (;;) {
      const grant = grantOf();
      const code = codeOf(grant.id);
      await store.mint({ grant, codes: [code] });
      const token = codeOf(grant.id, { purpose: 'access_token', total: null });
      const verdict = verdictOf({ ok: true, grant: grant.id, code: code.id, snapshot: { token: token.id } });
      const redemption = { now: Date.now(), grant: { id: grant.id, rev: 1 }, issue: [token], verdict };
      const won = await store.redeem({ ...redemption, spend: { code: code.id, rev: 1, next: token.id } });
      // One write call: a kill leaves either the whole line or none of it.
      if (won === 'done') writeSync(acknowledged, `${code.id} ${token.id} ${verdict.id}\n`);
    }
  };
  await Promise.all(Array.from({ length: SPENDERS }, spender));
}

async function hold(file: string, out: string): Promise<void> {
  const db = new DatabaseSync(file);
  db.exec('BEGIN IMMEDIATE');
  writeFileSync(out, '');
  // Without the reference to `db` after the wait, it could be collected, and the lock with it.
  for (;;) await sleep(60_000, db);
}

const [job, file = '', ...rest] = process.argv.slice(2);
if (job === 'open') await open(file, rest[0] ?? '');
else if (job === 'race') await race(file, rest[0] ?? '', rest[1] ?? '');
else if (job === 'spend') await spend(file, rest[0] ?? '');
else if (job === 'hold') await hold(file, rest[0] ?? '');
else throw new Error(`expected open, race, spend or hold, got ${job}`);
