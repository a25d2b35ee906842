/** Revoking. A grant's state decides for all of its codes, so its end is one row however many codes it has. */
import { keptEntry } from '../audit.ts';
import { revokedBy } from '../bounds.ts';
import type { Revocation, Revoked } from '../port.ts';
import { verdictRow } from '../rows.ts';
import { asGiven, keepable } from './tables.ts';
import { insertVerdicts, type Transaction } from './transaction.ts';

const NOT_FOUND: Revoked = { found: false, revokedCodes: 0, undoing: 0 };
const UNCHANGED: Revoked = { found: true, revokedCodes: 0, undoing: 0 };

/** Parameters: `$2` generation, `$3` now. */
const ALIVE = `codes.state = 'live' AND codes.generation = $2 AND codes.ends > $3
  AND (codes.total IS NULL OR codes.used < codes.total)`;

const FAMILY = {
  name: 'counterfoil-family',
  text: `SELECT id, state FROM grants WHERE id IN (
  WITH RECURSIVE below (id) AS (SELECT $1::text COLLATE "C" UNION SELECT g.id FROM grants g JOIN below b ON g.parent = b.id)
  SELECT id FROM below) ORDER BY id FOR NO KEY UPDATE`,
};
const END = {
  name: 'counterfoil-end',
  text: `WITH ended AS (
  UPDATE grants SET state = 'revoked', ended_at = $3, ended_by = $4, rev = rev + 1 WHERE id = ANY($1::text[])),
undone AS (
  UPDATE effects SET state = 'undoing', next_at = $3, attempts = 0, last_error = NULL, rev = rev + 1
  WHERE grant_id = ANY($1::text[]) AND state IN ('due', 'done') RETURNING 1)
SELECT (SELECT count(*) FROM codes WHERE grant_id = ANY($1::text[]) AND ${ALIVE}) AS codes,
  (SELECT count(*) FROM undone) AS undoing`,
};
const END_CODE = {
  name: 'counterfoil-end-code',
  text: `WITH held AS MATERIALIZED (
  SELECT state FROM grants WHERE id = (SELECT grant_id FROM codes WHERE id = $1) FOR SHARE),
ended AS (
  UPDATE codes SET state = 'revoked', rev = rev + 1
  WHERE id = $1 AND ${ALIVE} AND EXISTS (SELECT 1 FROM held WHERE state IN ('pending', 'active')) RETURNING 1)
SELECT (SELECT count(*) FROM codes WHERE id = $1) AS found, (SELECT count(*) FROM ended) AS ended`,
};

/** Locks a grant and every grant below it; answers those that are open. Undefined when there is no such grant. */
export async function lockFamily(
  tx: Transaction,
  id: string,
): Promise<{ open: string[]; isOpen: boolean } | undefined> {
  const rows = await tx.all<{ id: string; state: string }>(FAMILY, [keepable(id)]);
  const open = rows.filter(({ state }) => state === 'pending' || state === 'active').map((row) => row.id);
  const known = rows.some((row) => asGiven(row.id) === id);
  return known ? { open, isOpen: open.some((one) => asGiven(one) === id) } : undefined;
}

/** Ends a grant and every open grant below it. What is redeemed at the same time is through before, or stale after. */
export async function revokeGrant(tx: Transaction, id: string, cause: string): Promise<Revoked> {
  const family = await lockFamily(tx, id);
  if (!family) return NOT_FOUND;
  if (!family.isOpen) return UNCHANGED;
  const { now, generation } = tx.moment;
  const values = [family.open, generation, now, keepable(cause)];
  const [counts] = await tx.all<{ codes: number; undoing: number }>(END, values);
  return { found: true, revokedCodes: counts?.codes ?? 0, undoing: counts?.undoing ?? 0 };
}

async function revokeCode(tx: Transaction, id: string): Promise<Revoked> {
  const { now, generation } = tx.moment;
  const [row] = await tx.all<{ found: number; ended: number }>(END_CODE, [keepable(id), generation, now]);
  return row?.found ? { found: true, revokedCodes: row.ended, undoing: 0 } : NOT_FOUND;
}

/** Ends either target; the verdict is kept when that changed something. */
export async function revoke(tx: Transaction, { target, cause, verdict }: Revocation): Promise<Revoked> {
  let changes: boolean;
  let revoked: Revoked;
  if ('code' in target) {
    revoked = await revokeCode(tx, target.code);
    changes = revoked.revokedCodes > 0;
  } else {
    changes = (await lockFamily(tx, target.grant))?.isOpen ?? false;
    revoked = await revokeGrant(tx, target.grant, cause);
  }
  if (verdict && changes) {
    const row = verdictRow(verdict, { consequence: revokedBy(revoked) });
    await insertVerdicts(tx, [row]);
    tx.note(keptEntry(row));
  }
  return revoked;
}
