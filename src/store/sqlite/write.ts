/** Minting and redeeming. Everything asserted is checked before the first write; see `queue.ts` for why. */
import type { DatabaseSync } from 'node:sqlite';
import { checkMinting, checkRedemption, holdRev } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import { StoreFaultError } from '../errors.ts';
import type { Minting, Redemption, Won } from '../port.ts';
import { type Inserts, KEEP_HOLD } from './tables.ts';

/** What it takes for a code to be used or superseded, besides its `rev`. One parameter: the generation. */
const USABLE = `state = 'live' AND generation = ? AND (total IS NULL OR used < total)`;

/** Prepares minting. */
export function minter(db: DatabaseSync, insert: Inserts): (minting: Minting, moment: Moment) => Won {
  const grantExists = db.prepare('SELECT 1 FROM grants WHERE id = ?');
  const supersede = db.prepare(
    `UPDATE codes SET state = 'superseded', next = ?, rev = rev + 1 WHERE id = ? AND rev = ? AND ${USABLE}
     AND EXISTS (SELECT 1 FROM grants WHERE grants.id = codes.grant_id AND grants.state = 'active')`,
  );
  return (minting, { generation }) => {
    checkMinting(minting);
    const { grant, codes, supersedes, verdict } = minting;
    for (const code of codes) {
      if (code.grant !== grant?.id && !grantExists.get(code.grant)) throw unknownGrant(code.grant);
    }
    if (supersedes) {
      const { changes } = supersede.run(codes[0]?.id ?? null, supersedes.code, supersedes.rev, generation);
      if (changes === 0) return 'stale';
    }
    const at = grant && insert.grant(grant);
    for (const code of codes) insert.code(code, at);
    if (verdict) insert.verdict(verdict, {}, at);
    return 'done';
  };
}

/** Prepares redeeming: the reads that assert, then the one conditional update that decides, then the rest. */
export function redeemer(db: DatabaseSync, insert: Inserts): (redemption: Redemption, moment: Moment) => Won {
  const grantExists = db.prepare('SELECT 1 FROM grants WHERE id = ?');
  const grantAt = db.prepare(`SELECT rowid AS no FROM grants WHERE id = ? AND rev = ? AND state = 'active'`);
  const codeAt = db.prepare('SELECT 1 FROM codes WHERE id = ? AND rev = ?');
  const holdOf = db.prepare('SELECT rev FROM holds WHERE key = ?');
  const keepHold = db.prepare(KEEP_HOLD);
  const onceTaken = db.prepare('SELECT 1 FROM once WHERE key = ?');
  const takeOnce = db.prepare('INSERT INTO once VALUES (?, ?)');
  const spendCode = db.prepare(
    `UPDATE codes SET used = used + 1, used_at = ?, next = coalesce(?, next), rev = rev + 1
     WHERE id = ? AND grant_id = ? AND rev = ? AND ${USABLE}`,
  );

  function asserted({ unchanged = [], holds = [], once = [] }: Redemption): boolean {
    return (
      unchanged.every(({ code, rev }) => codeAt.get(code, rev) !== undefined) &&
      holds.every(({ key, rev }) => ((holdOf.get(key) as { rev: number } | undefined)?.rev ?? null) === rev) &&
      once.every(({ key }) => onceTaken.get(key) === undefined)
    );
  }

  return (redemption, { now, generation }) => {
    checkRedemption(redemption);
    const { grant, spend, issue, once = [], holds = [], effects = [], verdict } = redemption;
    const found = grantAt.get(grant.id, grant.rev) as { no: number } | undefined;
    if (!found || !asserted(redemption)) return 'stale';
    for (const code of issue) {
      if (code.grant !== grant.id && !grantExists.get(code.grant)) throw unknownGrant(code.grant);
    }
    if (spend) {
      const next = spend.next ?? null;
      const { changes } = spendCode.run(redemption.now, next, spend.code, grant.id, spend.rev, generation);
      if (changes === 0) return 'stale';
    }
    const at = { id: grant.id, no: found.no };
    for (const code of issue) insert.code(code, at);
    for (const { key, until } of once) takeOnce.run(key, until);
    for (const { key, rev, set } of holds) if (set) keepHold.run(key, set.until, holdRev(rev, now), set.data);
    for (const effect of effects) insert.effect(effect, now);
    if (verdict) insert.verdict(verdict, {}, at);
    return 'done';
  };
}

function unknownGrant(id: string): StoreFaultError {
  return new StoreFaultError(`expected a code for a grant that is kept, got one for ${id}; mint the grant with it`);
}
