/** Mintings and redemptions, ready to be sent. */
import { checkMinting, checkRedemption } from '../bounds.ts';
import type { Minting, Redemption } from '../port.ts';
import {
  type CodeRow,
  codeRow,
  type EffectRow,
  effectRow,
  type GrantRow,
  grantRow,
  type VerdictRow,
  verdictRow,
} from '../rows.ts';

/** A minting or a redemption, ready to be sent: a copy, so that the caller may change its own. */
export interface Draft {
  /** The grant that must be active at `rev`; a minting asserts none. */
  readonly grant?: { readonly id: string; readonly rev: number };
  readonly spend?: Redemption['spend'];
  /** `spend` is superseded instead of used. */
  readonly supersedes: boolean;
  readonly usedAt: number;
  readonly unchanged: NonNullable<Redemption['unchanged']>;
  readonly holds: NonNullable<Redemption['holds']>;
  readonly once: NonNullable<Redemption['once']>;
  readonly grants: readonly GrantRow[];
  readonly codes: readonly CodeRow[];
  readonly effects: readonly EffectRow[];
  readonly verdict?: VerdictRow;
}

/** A minting as a draft. @throws StoreFaultError when it contradicts itself */
export function mintDraft(minting: Minting): Draft {
  checkMinting(minting);
  const { grant, codes, supersedes, verdict } = minting;
  const next = codes[0]?.id;
  return {
    ...(supersedes && { spend: { ...supersedes, ...(next !== undefined && { next }) } }),
    supersedes: supersedes !== undefined,
    usedAt: 0,
    unchanged: [],
    holds: [],
    once: [],
    grants: grant ? [grantRow(grant)] : [],
    codes: codes.map(codeRow),
    effects: [],
    ...(verdict && { verdict: verdictRow(verdict) }),
  };
}

/** A redemption as a draft. @throws StoreFaultError when it contradicts itself */
export function redeemDraft(redemption: Redemption): Draft {
  checkRedemption(redemption);
  const { now, grant, spend, unchanged = [], holds = [], issue, once = [], effects = [], verdict } = redemption;
  return {
    grant: { ...grant },
    ...(spend && { spend: { ...spend } }),
    supersedes: false,
    usedAt: now,
    unchanged: [...unchanged],
    holds: [...holds],
    once: [...once],
    grants: [],
    codes: issue.map(codeRow),
    effects: effects.map((effect) => effectRow(effect, 0)),
    ...(verdict && { verdict: verdictRow(verdict) }),
  };
}

/** Grants that must be kept already: those of the codes, but for the one that is minted with them. */
export function groundsOf({ grant, grants, codes }: Draft): string[] {
  const known = grant?.id ?? grants[0]?.id;
  return [...new Set(codes.map((code) => code.grant_id))].filter((id) => id !== known);
}
