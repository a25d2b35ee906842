/** Revoking. A grant's state decides for all of its codes; they are counted, not touched. */
import type { Code } from '../../core/model.ts';
import { revokedBy } from '../bounds.ts';
import type { Moment } from '../clock.ts';
import type { Revocation, Revoked } from '../port.ts';
import { verdictRow } from '../rows.ts';
import { expectFresh, noteVerdict, type Tables, usable } from './tables.ts';

const NOT_FOUND: Revoked = { found: false, revokedCodes: 0, undoing: 0 };
const UNCHANGED: Revoked = { found: true, revokedCodes: 0, undoing: 0 };

/** Ends a grant or a code; the verdict is kept when that changed something. */
export function revoke(tables: Tables, { target, cause, verdict }: Revocation, moment: Moment): Revoked {
  const changes = 'grant' in target ? isOpen(tables, target.grant) : canEnd(tables, target.code, moment);
  if (verdict && changes) expectFresh(tables.verdicts, [verdict.id]);
  const revoked =
    'grant' in target ? revokeGrant(tables, target.grant, cause, moment) : revokeCode(tables, target.code, moment);
  if (verdict && changes) noteVerdict(tables, verdictRow(verdict, { consequence: revokedBy(revoked) }));
  return revoked;
}

/** Ends a grant and every grant below it. */
export function revokeGrant(tables: Tables, id: string, cause: string, { now, generation }: Moment): Revoked {
  if (!tables.grants.has(id)) return NOT_FOUND;
  if (!isOpen(tables, id)) return UNCHANGED;
  let revokedCodes = 0;
  let undoing = 0;
  for (const below of family(tables, id)) {
    const grant = tables.grants.get(below);
    if (!grant || !isOpen(tables, below)) continue;
    for (const code of tables.codes.values())
      if (code.grant === below && alive(code, now, generation)) revokedCodes += 1;
    tables.grants.set(below, { ...grant, state: 'revoked', endedAt: now, endedBy: cause, rev: grant.rev + 1 });
    for (const { effect, at } of tables.effects.values()) {
      if (effect.grant !== below || (effect.state !== 'due' && effect.state !== 'done')) continue;
      const { lastError: _, ...rest } = effect;
      const undo = { ...rest, state: 'undoing', nextAt: now, attempts: 0, rev: effect.rev + 1 } as const;
      tables.effects.set(effect.id, { effect: undo, at });
      undoing += 1;
    }
  }
  return { found: true, revokedCodes, undoing };
}

function revokeCode(tables: Tables, id: string, moment: Moment): Revoked {
  const code = tables.codes.get(id);
  if (!code) return NOT_FOUND;
  if (!canEnd(tables, id, moment)) return UNCHANGED;
  tables.codes.set(id, { ...code, state: 'revoked', rev: code.rev + 1 });
  return { found: true, revokedCodes: 1, undoing: 0 };
}

function canEnd(tables: Tables, id: string, { now, generation }: Moment): boolean {
  const code = tables.codes.get(id);
  return code !== undefined && isOpen(tables, code.grant) && alive(code, now, generation);
}

/** The grant and all below it, each once. */
function family(tables: Tables, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (const parent of found) {
    for (const grant of tables.grants.values()) if (grant.parent === parent) found.add(grant.id);
  }
  return found;
}

function isOpen(tables: Tables, grant: string): boolean {
  const state = tables.grants.get(grant)?.state;
  return state === 'active' || state === 'pending';
}

function alive(code: Code, now: number, generation: number): boolean {
  return usable(code, generation) && code.until > now;
}
