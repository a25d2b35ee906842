/** What a code, token or grant is good for at a moment, in one word. The command line and the pages say the same ones. */
import type { Code, Grant } from '../core/model.ts';

/** Used rows are kept, so the ends differ. `restored`: from before a backup was brought back. */
export type CodeStanding = 'live' | 'used' | 'expired' | 'burned' | 'revoked' | 'superseded' | 'restored';

/** Where a grant stands; `expired` where its own time is over. */
export type GrantStanding = 'live' | 'expired' | 'pending' | 'denied' | 'revoked';

/** Beside the code: the store's clock in milliseconds and its generation, and the grant where it is at hand. */
export interface StandingAt {
  readonly now: number;
  readonly grant?: Pick<Grant, 'state'> | undefined;
  readonly generation: number;
}

/** The store's clock and generation. */
export type ClockAt = Omit<StandingAt, 'grant'>;

/** A code of a revoked grant is `revoked`: it died with it, though its own row is untouched. */
export function codeStanding(code: Code, { now, grant, generation }: StandingAt): CodeStanding {
  if (code.state !== 'live') return code.state;
  if (code.total !== null && code.used >= code.total) return 'used';
  if (grant?.state === 'revoked') return 'revoked';
  if (now > code.until) return 'expired';
  return code.generation !== generation ? 'restored' : 'live';
}

/** A hundred years and more are no time that anybody waits for. */
const ENDLESS_MS = 36_500 * 86_400_000;

/** Is it good until somebody revokes it? */
export function isEndless({ from, until }: Pick<Code, 'from' | 'until'>): boolean {
  return until - from >= ENDLESS_MS;
}

/** The grant's own state. */
export function grantStanding({ state, until }: Pick<Grant, 'state' | 'until'>, now: number): GrantStanding {
  if (state !== 'active') return state;
  return until !== null && now >= until ? 'expired' : 'live';
}
