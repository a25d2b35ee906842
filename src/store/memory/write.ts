/** Minting and redeeming. Everything is checked before the first write; nothing else runs in between. */
import { checkMinting, checkRedemption, holdRev } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import { StoreFaultError } from '../errors.ts';
import type { Minting, Redemption, Won } from '../port.ts';
import { verdictRow } from '../rows.ts';
import { expectFresh, kept, noteVerdict, type Tables, usable } from './tables.ts';

/** Writes a decision and its codes. */
export function mint(tables: Tables, minting: Minting, { generation }: Moment): Won {
  checkMinting(minting);
  const { grant, codes, supersedes, verdict } = minting;
  const fresh = grant ? [grant.id] : [];
  for (const code of codes) expectGrant(tables, code.grant, fresh);
  const old = supersedes && tables.codes.get(supersedes.code);
  if (supersedes) {
    if (!old || old.rev !== supersedes.rev || !usable(old, generation)) return 'stale';
    if (tables.grants.get(old.grant)?.state !== 'active') return 'stale';
  }
  expectFresh(tables.grants, fresh);
  expectFresh(
    tables.codes,
    codes.map((code) => code.id),
  );
  expectFresh(tables.verdicts, verdict ? [verdict.id] : []);

  const successor = codes[0];
  if (old && successor) {
    tables.codes.set(old.id, { ...old, state: 'superseded', next: successor.id, rev: old.rev + 1 });
  }
  if (grant) tables.grants.set(grant.id, kept(grant));
  for (const code of codes) tables.codes.set(code.id, kept(code));
  if (verdict) noteVerdict(tables, verdictRow(verdict));
  return 'done';
}

/** Uses a code up and writes what follows, if all that was read still holds. */
export function redeem(tables: Tables, redemption: Redemption, { now, generation }: Moment): Won {
  checkRedemption(redemption);
  const { grant, spend, issue, once = [], holds = [], effects = [], verdict } = redemption;
  if (!asserted(tables, redemption)) return 'stale';
  for (const code of issue) expectGrant(tables, code.grant, []);
  const spent = spend && tables.codes.get(spend.code);
  if (spend) {
    if (!spent || spent.rev !== spend.rev || spent.grant !== grant.id || !usable(spent, generation)) return 'stale';
  }
  expectFresh(
    tables.codes,
    issue.map((code) => code.id),
  );
  expectFresh(
    tables.effects,
    effects.map((effect) => effect.id),
  );
  expectFresh(tables.verdicts, verdict ? [verdict.id] : []);

  if (spend && spent) {
    const next = spend.next ?? spent.next;
    const used = { used: spent.used + 1, usedAt: redemption.now, rev: spent.rev + 1 };
    tables.codes.set(spent.id, { ...spent, ...used, ...(next !== undefined && { next }) });
  }
  for (const code of issue) tables.codes.set(code.id, kept(code));
  for (const { key, until } of once) tables.once.set(key, until);
  for (const { key, rev, set } of holds) if (set) tables.holds.set(key, { key, ...set, rev: holdRev(rev, now) });
  for (const effect of effects) tables.effects.set(effect.id, { effect: kept(effect), at: now });
  if (verdict) noteVerdict(tables, verdictRow(verdict));
  return 'done';
}

function asserted(tables: Tables, { grant, unchanged = [], holds = [], once = [] }: Redemption): boolean {
  const read = tables.grants.get(grant.id);
  return (
    read?.rev === grant.rev &&
    read.state === 'active' &&
    unchanged.every(({ code, rev }) => tables.codes.get(code)?.rev === rev) &&
    holds.every(({ key, rev }) => (tables.holds.get(key)?.rev ?? null) === rev) &&
    once.every(({ key }) => !tables.once.has(key))
  );
}

function expectGrant(tables: Tables, id: string, fresh: readonly string[]): void {
  if (tables.grants.has(id) || fresh.includes(id)) return;
  throw new StoreFaultError(`expected a code for a grant that is kept, got one for ${id}; mint the grant with it`);
}
