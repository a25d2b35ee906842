/** The registry in memory. */
import { PASSING, type Registered, type Registry } from '../registry.ts';
import { kept, type Tables } from './tables.ts';

/** Builds the registry over `tables`; `opened` throws once it is closed. */
export function memoryRegistry(tables: Tables, opened: () => void): Registry {
  const keyOf = (kind: string, id: string): string => `${kind} ${id}`;
  return {
    async get<T>(kind: string, id: string) {
      opened();
      return tables.records.get(keyOf(kind, id)) as Registered<T> | undefined;
    },
    async list<T>(kind: string) {
      opened();
      return [...tables.records]
        .filter(([key]) => key.startsWith(keyOf(kind, '')))
        .map(([, record]) => record as Registered<T>)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    async save(kind, id, rev, body) {
      opened();
      const key = keyOf(kind, id);
      if ((tables.records.get(key)?.rev ?? 0) !== rev) return false;
      if (!PASSING.has(kind)) tables.recordsRev += 1;
      tables.records.set(key, kept({ id, rev: rev + 1, body }));
      return true;
    },
    async remove(kind, id) {
      opened();
      const removed = tables.records.delete(keyOf(kind, id));
      if (removed && !PASSING.has(kind)) tables.recordsRev += 1;
      return removed;
    },
  };
}
