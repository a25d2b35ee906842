/** Revoking. A grant's state decides for all of its codes, so its end is one row however many codes it has. */
import type { DatabaseSync } from 'node:sqlite';
import { revokedBy } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Revocation, Revoked } from '../port.ts';
import type { Inserts } from './tables.ts';

/** Parameters: generation, now. */
const ALIVE = `state = 'live' AND generation = ? AND ends > ? AND (total IS NULL OR used < total)`;

const NOT_FOUND: Revoked = { found: false, revokedCodes: 0, undoing: 0 };
const UNCHANGED: Revoked = { found: true, revokedCodes: 0, undoing: 0 };

/** Prepares the end of a grant and of every grant below it. */
export function grantRevoker(db: DatabaseSync): (id: string, cause: string, moment: Moment) => Revoked {
  const stateOf = db.prepare('SELECT state FROM grants WHERE id = ?');
  const openBelow = db.prepare(
    `WITH RECURSIVE below (id) AS (SELECT ? UNION SELECT g.id FROM grants g JOIN below b ON g.parent = b.id)
     SELECT g.id FROM below b JOIN grants g ON g.id = b.id WHERE g.state IN ('pending', 'active')`,
  );
  const aliveCodes = db.prepare(
    `SELECT count(*) AS n FROM codes
     WHERE grant_no = (SELECT rowid FROM grants WHERE id = ?) AND ${ALIVE}`,
  );
  const end = db.prepare(`UPDATE grants SET state = 'revoked', ended_at = ?, ended_by = ?, rev = rev + 1 WHERE id = ?`);
  const undo = db.prepare(
    `UPDATE effects SET state = 'undoing', next_at = ?, attempts = 0, last_error = NULL, rev = rev + 1
     WHERE grant_id = ? AND state IN ('due', 'done')`,
  );
  return (id, cause, { now, generation }) => {
    const target = stateOf.get(id) as { state: string } | undefined;
    if (!target) return NOT_FOUND;
    if (target.state !== 'active' && target.state !== 'pending') return UNCHANGED;
    let revokedCodes = 0;
    let undoing = 0;
    for (const grant of openBelow.all(id) as { id: string }[]) {
      revokedCodes += (aliveCodes.get(grant.id, generation, now) as { n: number }).n;
      end.run(now, cause, grant.id);
      undoing += Number(undo.run(now, grant.id).changes);
    }
    return { found: true, revokedCodes, undoing };
  };
}

/** Prepares revoking of either target. */
export function revoker(
  db: DatabaseSync,
  insert: Inserts,
  revokeGrant: (id: string, cause: string, moment: Moment) => Revoked,
): (revocation: Revocation, moment: Moment) => Revoked {
  const grantState = db.prepare('SELECT state FROM grants WHERE id = ?');
  const codeExists = db.prepare('SELECT 1 FROM codes WHERE id = ?');
  const endCode = db.prepare(
    `UPDATE codes SET state = 'revoked', rev = rev + 1 WHERE id = ? AND ${ALIVE}
     AND EXISTS (SELECT 1 FROM grants WHERE grants.id = codes.grant_id AND grants.state IN ('pending', 'active'))`,
  );

  function revokeCode(id: string, { now, generation }: Moment): Revoked {
    if (!codeExists.get(id)) return NOT_FOUND;
    const revokedCodes = Number(endCode.run(id, generation, now).changes);
    return { found: true, revokedCodes, undoing: 0 };
  }

  return ({ target, cause, verdict }, moment) => {
    if ('code' in target) {
      const revoked = revokeCode(target.code, moment);
      if (verdict && revoked.revokedCodes > 0) insert.verdict(verdict, { consequence: revokedBy(revoked) });
      return revoked;
    }
    const before = (grantState.get(target.grant) as { state: string } | undefined)?.state;
    const revoked = revokeGrant(target.grant, cause, moment);
    if (verdict && (before === 'active' || before === 'pending'))
      insert.verdict(verdict, { consequence: revokedBy(revoked) });
    return revoked;
  };
}
