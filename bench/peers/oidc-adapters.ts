/**
 * Adapters for oidc-provider, after its published contract (`example/my_adapter.js`: `consume` answers nothing, so that
 * an adapter has no way to say that somebody else was first). For the race: they show what a database does to it.
 */
import { DatabaseSync } from 'node:sqlite';

/** The part of the contract that a code or refresh exchange uses. */
export interface Adapter {
  upsert(id: string, payload: object, expiresInSeconds?: number): Promise<void>;
  find(id: string): Promise<object | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}

/** One turn of the event loop: what the driver of any database takes at the least. */
const aTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** What a database on the network takes at the least. */
export const aMillisecond = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

/** The same adapter, later. */
export function slowed(adapter: Adapter, wait: () => Promise<void>): Adapter {
  return {
    upsert: (...args) => wait().then(() => adapter.upsert(...args)),
    find: (id) => wait().then(() => adapter.find(id)),
    consume: (id) => wait().then(() => adapter.consume(id)),
    destroy: (id) => wait().then(() => adapter.destroy(id)),
    revokeByGrantId: (id) => wait().then(() => adapter.revokeByGrantId(id)),
  };
}

/** On a SQLite file, `synchronous=FULL`, each call a statement of its own that comes back a turn later. */
export function sqliteAdapter(file: string): (model: string) => Adapter {
  const db = new DatabaseSync(file);
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS entries (
      model TEXT, id TEXT, grant_id TEXT, expires INTEGER, payload TEXT, PRIMARY KEY (model, id)) STRICT`);
  const upsert = db.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?, ?)');
  const find = db.prepare('SELECT payload FROM entries WHERE model = ? AND id = ? AND expires > ?');
  const consume = db.prepare(
    "UPDATE entries SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?",
  );
  const destroy = db.prepare('DELETE FROM entries WHERE model = ? AND id = ?');
  const revoke = db.prepare('DELETE FROM entries WHERE grant_id = ?');
  const seconds = (): number => Math.floor(Date.now() / 1_000);
  const inFile = (model: string): Adapter => ({
    async upsert(id, payload, expiresIn = 0) {
      const grant = 'grantId' in payload ? String(payload.grantId) : null;
      upsert.run(model, id, grant, seconds() + expiresIn, JSON.stringify(payload));
    },
    async find(id) {
      const row = find.get(model, id, seconds());
      return row && JSON.parse(String(row['payload']));
    },
    async consume(id) {
      consume.run(seconds(), model, id);
    },
    async destroy(id) {
      destroy.run(model, id);
    },
    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    },
  });
  return (model) => slowed(inFile(model), aTurn);
}
