/**
 * The file's history, oldest first. A released entry is never edited: a change of the schema is one more entry.
 *
 * Every table is a rowid table: appended rows land side by side, and the text keys begin with a coarse time bucket, so
 * their indexes grow at the right edge as well. Columns are what SQL must see; all the rest of a row is JSON in `body`,
 * so that a field added to the model needs no migration. `grant_no` is the row number of the grant: indexes on it grow
 * where the grants are new, which writes a third fewer pages per redemption than indexes on the text. There is no index
 * that only `find` would use, except where a listing would otherwise read a whole table.
 */
import type { DatabaseSync } from 'node:sqlite';
import { StoreFileError } from '../errors.ts';

/** One step of the schema. `version` counts up by one; `sql` may hold many statements. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** `CFIL`: tells our files from everybody else's (SQLite header, offset 68). */
export const APPLICATION_ID = 0x4346494c;

/** All steps. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, clock INTEGER NOT NULL) STRICT;
INSERT INTO meta (id, generation, clock) VALUES (1, 1, 0);

CREATE TABLE grants (
  id TEXT NOT NULL PRIMARY KEY, parent TEXT, client TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER,
  state TEXT NOT NULL, ended_at INTEGER, ended_by TEXT, rev INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
CREATE INDEX grants_parent ON grants (parent) WHERE parent IS NOT NULL;
CREATE INDEX grants_client ON grants (client);

CREATE TABLE codes (
  id TEXT NOT NULL PRIMARY KEY, grant_id TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
  total INTEGER, used INTEGER NOT NULL, used_at INTEGER, state TEXT NOT NULL, next TEXT,
  generation INTEGER NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL, grant_no INTEGER NOT NULL) STRICT;
CREATE INDEX codes_grant ON codes (grant_no);

CREATE TABLE holds (key TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL, rev INTEGER NOT NULL) STRICT;
CREATE TABLE hits (budget TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX hits_budget ON hits (budget, at);
CREATE TABLE once (key TEXT NOT NULL PRIMARY KEY, until INTEGER NOT NULL) STRICT;

CREATE TABLE effects (
  id TEXT NOT NULL PRIMARY KEY, grant_id TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL, next_at INTEGER NOT NULL, last_error TEXT, rev INTEGER NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE INDEX effects_grant ON effects (grant_id);
CREATE INDEX effects_open ON effects (next_at) WHERE state IN ('due', 'undoing');

CREATE TABLE verdicts (
  id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, last_at INTEGER NOT NULL, subject TEXT, decisive TEXT, cause TEXT,
  grant_id TEXT, code_id TEXT, coalesce_key TEXT, times INTEGER NOT NULL, consequence TEXT, body TEXT NOT NULL,
  grant_no INTEGER) STRICT;
CREATE INDEX verdicts_at ON verdicts (at);
CREATE INDEX verdicts_grant ON verdicts (grant_no) WHERE grant_no IS NOT NULL;
CREATE INDEX verdicts_unkept ON verdicts (grant_id) WHERE grant_no IS NULL AND grant_id IS NOT NULL;
CREATE UNIQUE INDEX verdicts_coalesce ON verdicts (coalesce_key) WHERE coalesce_key IS NOT NULL;

CREATE TABLE records (
  kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id)) STRICT;
`,
  },
  {
    version: 2,
    sql: `
ALTER TABLE meta ADD COLUMN records INTEGER NOT NULL DEFAULT 0;

CREATE TABLE audit (
  chain TEXT NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, prev TEXT NOT NULL, hash TEXT NOT NULL,
  body TEXT NOT NULL) STRICT;
CREATE TABLE checkpoints (
  chain TEXT NOT NULL, seq INTEGER NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, signature TEXT NOT NULL) STRICT;
`,
  },
  { version: 3, sql: 'ALTER TABLE holds ADD COLUMN body TEXT' },
];

/**
 * Brings the file to the newest version, in one exclusive transaction: all of it, or nothing.
 *
 * @throws StoreFileError when the file is not ours or is newer than `migrations`
 */
export function migrate(db: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = migrations.at(-1)?.version ?? 0;
  if (versionOf(db, newest) === newest) return;
  db.exec('BEGIN EXCLUSIVE');
  try {
    // Read again under the lock: another process may have brought the file up meanwhile.
    const version = versionOf(db, newest);
    for (const step of migrations) if (step.version > version) db.exec(step.sql);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${newest}; COMMIT`);
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/**
 * The file's version; 0 for an empty one. Reads only, so that a stranger's file stays byte for byte as it is.
 *
 * @throws StoreFileError when the file is another application's, or newer than `newest`
 */
export function versionOf(db: DatabaseSync, newest: number): number {
  const { application, version, tables } = marksOf(db);
  if (application === 0 && version === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) {
    const [ours, came] = [APPLICATION_ID, application >>> 0].map((id) => `0x${id.toString(16)}`);
    throw new StoreFileError(
      `expected a Counterfoil database (application id ${ours}), got another application's (${came}); name another file`,
    );
  }
  if (version > newest) {
    throw new StoreFileError(
      `expected a database of version ${newest} or older, got version ${version}; upgrade Counterfoil or name another file`,
    );
  }
  return version;
}

/** All three of one moment: another process may be making the file meanwhile. */
function marksOf(db: DatabaseSync): {
  readonly application: number;
  readonly version: number;
  readonly tables: number;
} {
  const read = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0]);
  const own = !db.isTransaction;
  if (own) db.exec('BEGIN');
  try {
    // The table is read first: that is what takes the snapshot, and a pragma alone would not keep it.
    const tables = read('SELECT count(*) FROM sqlite_schema');
    return { tables, application: read('PRAGMA application_id'), version: read('PRAGMA user_version') };
  } finally {
    if (own) db.exec('COMMIT');
  }
}
