/**
 * The schema's history, oldest first, as in SQLite: a released entry is never edited. Versions are of this adapter alone.
 *
 * Text is compared byte by byte (`COLLATE "C"`), JSON is kept as text so that it comes back as it was, numbers are BIGINT.
 * `no` is the order of writing. Keys begin with a coarse time bucket, so indexes grow at their right edge.
 *
 * Beside the tables that every store has: `budgets` keeps all hits of a budget in one row, so that two nodes that count at
 * once meet there. `writers` has a row for each connection that writes, which says whether its last batch was committed
 * (`writer.ts`). `heads` has the newest link of each process's chain.
 */
import type { ClientBase } from 'pg';
import { StoreFileError } from '../errors.ts';
import { quoted } from './connection.ts';

/** One step of the schema. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

const NO = 'no BIGINT GENERATED ALWAYS AS IDENTITY';
const TEXT = 'TEXT COLLATE "C"';

/** All steps. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE grants (
  id ${TEXT} PRIMARY KEY, parent ${TEXT}, client ${TEXT} NOT NULL, starts BIGINT NOT NULL, ends BIGINT,
  state ${TEXT} NOT NULL, ended_at BIGINT, ended_by ${TEXT}, rev BIGINT NOT NULL, body ${TEXT} NOT NULL, ${NO});
CREATE INDEX grants_no ON grants (no);
CREATE INDEX grants_parent ON grants (parent) WHERE parent IS NOT NULL;
CREATE INDEX grants_client ON grants (client);

CREATE TABLE codes (
  id ${TEXT} PRIMARY KEY, grant_id ${TEXT} NOT NULL, starts BIGINT NOT NULL, ends BIGINT NOT NULL, total BIGINT,
  used BIGINT NOT NULL, used_at BIGINT, state ${TEXT} NOT NULL, next ${TEXT}, generation BIGINT NOT NULL,
  rev BIGINT NOT NULL, body ${TEXT} NOT NULL, ${NO});
CREATE INDEX codes_no ON codes (no);
CREATE INDEX codes_grant ON codes (grant_id);

CREATE TABLE holds (key ${TEXT} PRIMARY KEY, until BIGINT NOT NULL, rev BIGINT NOT NULL);
CREATE TABLE budgets (budget ${TEXT} PRIMARY KEY, times ${TEXT} NOT NULL, until BIGINT NOT NULL);
CREATE TABLE once (key ${TEXT} PRIMARY KEY, until BIGINT NOT NULL);

CREATE TABLE effects (
  id ${TEXT} PRIMARY KEY, grant_id ${TEXT} NOT NULL, at BIGINT NOT NULL, state ${TEXT} NOT NULL,
  attempts BIGINT NOT NULL, next_at BIGINT NOT NULL, last_error ${TEXT}, rev BIGINT NOT NULL, body ${TEXT} NOT NULL, ${NO});
CREATE INDEX effects_no ON effects (no);
CREATE INDEX effects_grant ON effects (grant_id);
CREATE INDEX effects_open ON effects (next_at) WHERE state IN ('due', 'undoing');

CREATE TABLE verdicts (
  id ${TEXT} PRIMARY KEY, at BIGINT NOT NULL, last_at BIGINT NOT NULL, subject ${TEXT}, decisive ${TEXT}, cause ${TEXT},
  grant_id ${TEXT}, code_id ${TEXT}, coalesce_key ${TEXT}, times BIGINT NOT NULL, consequence ${TEXT},
  body ${TEXT} NOT NULL, ${NO});
CREATE INDEX verdicts_at ON verdicts (at);
CREATE INDEX verdicts_grant ON verdicts (grant_id) WHERE grant_id IS NOT NULL;
CREATE UNIQUE INDEX verdicts_coalesce ON verdicts (coalesce_key) WHERE coalesce_key IS NOT NULL;

CREATE TABLE records (
  kind ${TEXT} NOT NULL, id ${TEXT} NOT NULL, rev BIGINT NOT NULL, body ${TEXT} NOT NULL, PRIMARY KEY (kind, id));

CREATE TABLE audit (
  chain ${TEXT} NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, prev ${TEXT} NOT NULL, hash ${TEXT} NOT NULL,
  body ${TEXT} NOT NULL, ${NO} PRIMARY KEY, UNIQUE (chain, seq));
CREATE TABLE checkpoints (
  chain ${TEXT} NOT NULL, seq BIGINT NOT NULL, hash ${TEXT} NOT NULL, at BIGINT NOT NULL, signature ${TEXT} NOT NULL,
  ${NO} PRIMARY KEY);
CREATE TABLE heads (chain ${TEXT} PRIMARY KEY, seq BIGINT NOT NULL, hash ${TEXT} NOT NULL, at BIGINT NOT NULL);
CREATE TABLE writers (
  id ${TEXT} PRIMARY KEY, seq BIGINT NOT NULL, epoch BIGINT NOT NULL, outcome ${TEXT}, at BIGINT NOT NULL);
`,
  },
  { version: 2, sql: `ALTER TABLE holds ADD COLUMN body ${TEXT}` },
];

const META = `
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1), product ${TEXT} NOT NULL, version BIGINT NOT NULL, generation BIGINT NOT NULL,
  clock BIGINT NOT NULL, records BIGINT NOT NULL);
INSERT INTO meta (id, product, version, generation, clock, records) VALUES (1, 'counterfoil', 0, 1, 0, 0);`;

/** `CFIL`: nodes that start at once bring the schema up one after the other. */
const LOCK = 0x4346494c;

/**
 * Brings the schema to the newest version, in one transaction under a lock: all of it, or nothing.
 *
 * @throws StoreFileError when the schema is not ours or is newer than `migrations`; it is left as it is
 */
export async function migrate(
  client: ClientBase,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const newest = migrations.at(-1)?.version ?? 0;
  if ((await versionOf(client, schema, newest)) === newest) return;
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    // Read again under the lock: another node may have brought the schema up meanwhile.
    const version = await versionOf(client, schema, newest);
    if (version === undefined) {
      const { rowCount } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
      if (rowCount === 0) await client.query(`CREATE SCHEMA ${quoted(schema)}`);
      await client.query(META);
    }
    for (const step of migrations) if (step.version > (version ?? 0)) await client.query(step.sql);
    await client.query('UPDATE meta SET version = $1', [newest]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** The schema's version; undefined for an empty or missing one. Reads only. */
async function versionOf(client: ClientBase, schema: string, newest: number): Promise<number | undefined> {
  const { rows } = await client.query<{ tablename: string }>('SELECT tablename FROM pg_tables WHERE schemaname = $1', [
    schema,
  ]);
  if (rows.length === 0) return undefined;
  const ours = rows.some(({ tablename }) => tablename === 'meta') ? await productOf(client) : undefined;
  if (ours?.product !== 'counterfoil') {
    throw new StoreFileError(
      `expected the schema ${schema} to be Counterfoil's or empty, got another application's; name another schema`,
    );
  }
  if (ours.version > newest) {
    throw new StoreFileError(
      `expected a database of version ${newest} or older, got version ${ours.version}; upgrade Counterfoil or name another schema`,
    );
  }
  return ours.version;
}

async function productOf(client: ClientBase): Promise<{ product: string; version: number } | undefined> {
  const { rows: columns } = await client.query(
    `SELECT 1 FROM information_schema.columns
     WHERE table_schema = current_schema() AND table_name = 'meta' AND column_name IN ('product', 'version')`,
  );
  if (columns.length !== 2) return undefined;
  const { rows } = await client.query<{ product: string; version: number }>('SELECT product, version FROM meta');
  return rows[0];
}
