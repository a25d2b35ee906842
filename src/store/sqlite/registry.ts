/** The registry on SQLite: the table `records` of the same file. */
import type { DatabaseSync } from 'node:sqlite';
import { closed } from '../errors.ts';
import { PASSING, type Registered, type Registry } from '../registry.ts';
import type { Queue } from './queue.ts';

interface RecordRow {
  readonly id: string;
  readonly rev: number;
  readonly body: string;
}

/** Builds the registry of an open file. */
export function sqliteRegistry(db: DatabaseSync, queue: Queue): Registry {
  const one = db.prepare('SELECT id, rev, body FROM records WHERE kind = ? AND id = ?');
  const all = db.prepare('SELECT id, rev, body FROM records WHERE kind = ? ORDER BY id');
  const create = db.prepare('INSERT INTO records VALUES (?, ?, 1, ?) ON CONFLICT DO NOTHING');
  const update = db.prepare('UPDATE records SET rev = rev + 1, body = ? WHERE kind = ? AND id = ? AND rev = ?');
  const remove = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?');
  const changed = db.prepare('UPDATE meta SET records = records + 1');
  const toRecord = <T>({ id, rev, body }: RecordRow): Registered<T> => ({ id, rev, body: JSON.parse(body) });
  const opened = (): void => {
    if (!db.isOpen) throw closed();
  };
  return {
    async get<T>(kind: string, id: string) {
      opened();
      const row = one.get(kind, id) as unknown as RecordRow | undefined;
      return row && toRecord<T>(row);
    },
    async list<T>(kind: string) {
      opened();
      return (all.all(kind) as unknown as RecordRow[]).map((row) => toRecord<T>(row));
    },
    async save(kind, id, rev, body) {
      const text = JSON.stringify(body);
      return queue.submit(() => {
        const { changes } = rev === 0 ? create.run(kind, id, text) : update.run(text, kind, id, rev);
        if (changes > 0 && !PASSING.has(kind)) changed.run();
        return changes > 0;
      });
    },
    remove: (kind, id) =>
      queue.submit(() => {
        const { changes } = remove.run(kind, id);
        if (changes > 0 && !PASSING.has(kind)) changed.run();
        return changes > 0;
      }),
  };
}
