/**
 * The other lane: transactions of several statements. Refusals that are waiting go together, set by set (`refuse.ts`);
 * everything else has a transaction of its own. All of them lock in one order: budgets, coalesced verdicts, grants, codes,
 * holds, effects, the head of the chain.
 */
import type { ClientBase } from 'pg';
import type { Moment } from '../clock.ts';
import type { VerdictRow } from '../rows.ts';
import { LINK, type Trail } from './chain.ts';
import { rowsOf, type Statement } from './connection.ts';
import { momentSql } from './statement.ts';
import { arraysOf, insertInto, parameters, unnested } from './tables.ts';
import type { Writer } from './writer.ts';

/** An open transaction. */
export interface Transaction {
  readonly client: ClientBase;
  readonly moment: Moment;
  all<T>(statement: Statement, values: unknown[]): Promise<T[]>;
  /** Adds an entry to the audit trail, in this transaction. */
  note(entry: string): void;
}

/** What every transaction needs. */
export interface TransactionContext {
  readonly trail: Trail;
  readonly floor: () => number;
  readonly ownClock: boolean;
  readonly onStep: (step: 'begun' | 'applied') => void;
  /** Told of the time, once it is committed. Does not throw. */
  readonly committed: (now: number) => Promise<void>;
}

const BEGUN = {
  name: 'counterfoil-begun',
  text: `WITH moment AS (${momentSql('$5::bigint', '$6::boolean')})
UPDATE writers SET seq = seq + 1, outcome = NULL, at = moment.now FROM moment
WHERE id = $1 AND seq = $2 AND epoch = $3 AND EXISTS (SELECT 1 FROM heads WHERE chain = $4)
RETURNING moment.now, moment.generation`,
};

/** Runs `body` in a transaction. It may be run more than once, and what it changed then was undone. */
export function transact<T>(
  writer: Writer,
  body: (tx: Transaction) => Promise<T>,
  deadline: number,
  { trail, floor, ownClock, onStep, committed }: TransactionContext,
): Promise<T> {
  let answer: T;
  return writer.durably<T>(
    {
      async send(client, { id, seq, epoch }) {
        try {
          await client.query('BEGIN');
          const place = [id, seq, epoch, trail.chain, floor(), ownClock];
          const [moment] = await rowsOf<Moment>(client, BEGUN, place);
          if (!moment) {
            await client.query('ROLLBACK');
            return undefined;
          }
          onStep('begun');
          const entries: string[] = [];
          const all = <R>(statement: Statement, values: unknown[]): Promise<R[]> => rowsOf(client, statement, values);
          answer = await body({ client, moment, all, note: (entry) => entries.push(entry) });
          if (entries.length > 0) await rowsOf(client, LINK, [trail.chain, moment.now, entries.join('\n')]);
          onStep('applied');
          await client.query('COMMIT');
          await committed(moment.now);
          return answer;
        } catch (error) {
          // On a lost connection this fails as well, and there is nothing to roll back.
          await client.query('ROLLBACK').catch(() => {});
          throw error;
        }
      },
      recall: () => answer,
    },
    deadline,
  );
}

const p = parameters();
const VERDICTS = {
  name: 'counterfoil-verdicts',
  text: `${insertInto('verdicts')} FROM ${unnested('verdicts', p)} ORDER BY n.pos
ON CONFLICT (coalesce_key) WHERE coalesce_key IS NOT NULL DO NOTHING RETURNING id`,
};

/** Appends verdicts. Answers the ids of those written: one whose coalescing key is taken meanwhile is not. */
export async function insertVerdicts(tx: Transaction, rows: readonly VerdictRow[]): Promise<ReadonlySet<string>> {
  if (rows.length === 0) return new Set();
  const written = await tx.all<{ id: string }>(VERDICTS, arraysOf('verdicts', rows));
  return new Set(written.map(({ id }) => id));
}
