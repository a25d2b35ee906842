/** The registry on PostgreSQL: the table `records` of the same schema. */
import { PASSING, type Registered, type Registry } from '../registry.ts';
import { type Connections, reading, rowsOf, type Statement } from './connection.ts';
import { givenRow, keepable } from './tables.ts';
import type { Transaction } from './transaction.ts';

interface RecordRow {
  readonly id: string;
  readonly rev: number;
  readonly body: string;
}

const ONE = { name: 'counterfoil-record', text: 'SELECT id, rev, body FROM records WHERE kind = $1 AND id = $2' };
const ALL = { name: 'counterfoil-records', text: 'SELECT id, rev, body FROM records WHERE kind = $1 ORDER BY id' };

/** A change of a record, and the count of changes; answers a row when there was something to change. */
function counted(name: string, change: string): Statement {
  const text = `WITH changed AS (${change} RETURNING 1),
counted AS (UPDATE meta SET records = records + 1 WHERE id = 1 AND $1 NOT IN (${[...PASSING].map((kind) => `'${kind}'`).join(', ')}) AND EXISTS (SELECT 1 FROM changed))
SELECT 1 FROM changed`;
  return { name: `counterfoil-${name}-record`, text };
}

const CREATE = counted(
  'create',
  'INSERT INTO records (kind, id, rev, body) VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING',
);
const SAVE = counted('save', 'UPDATE records SET rev = rev + 1, body = $3 WHERE kind = $1 AND id = $2 AND rev = $4');
const REMOVE = counted('remove', 'DELETE FROM records WHERE kind = $1 AND id = $2');

/** Builds the registry; `opened` throws once it is closed, `submit` runs a transaction. */
export function postgresRegistry(
  connections: Connections,
  opened: () => void,
  submit: <T>(run: (tx: Transaction) => Promise<T>) => Promise<T>,
): Registry {
  const toRecord = <T>(row: RecordRow): Registered<T> => {
    const { id, rev, body } = givenRow(row);
    return { id, rev, body: JSON.parse(body) as T };
  };
  return {
    async get<T>(kind: string, id: string) {
      opened();
      const rows = await reading(connections, () => rowsOf<RecordRow>(connections.cold, ONE, [kind, keepable(id)]));
      return rows[0] && toRecord<T>(rows[0]);
    },
    async list<T>(kind: string) {
      opened();
      const rows = await reading(connections, () => rowsOf<RecordRow>(connections.cold, ALL, [kind]));
      return rows.map((row) => toRecord<T>(row));
    },
    async save(kind, id, rev, body) {
      const text = keepable(JSON.stringify(body));
      return submit(async (tx) => {
        const rows =
          rev === 0
            ? await tx.all(CREATE, [kind, keepable(id), text])
            : await tx.all(SAVE, [kind, keepable(id), text, rev]);
        return rows.length > 0;
      });
    },
    remove: (kind, id) => submit(async (tx) => (await tx.all(REMOVE, [kind, keepable(id)])).length > 0),
  };
}
