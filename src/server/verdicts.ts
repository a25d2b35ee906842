/** Kept verdicts of every profile. A profile leaves those of the others as they are, so one more is one more line. */
import type { Verdict } from '../core/verdict.ts';
import { withChecks as ofHome } from '../profiles/home/verdicts.ts';
import { withChecks as ofOAuth } from '../profiles/oauth/verdicts.ts';
import { withChecks as ofPayments } from '../profiles/payments/verdicts.ts';

/** A kept verdict with its tree; one that was erased has none. */
export function withChecks(verdict: Verdict): Verdict {
  return ofPayments(ofHome(ofOAuth(verdict)));
}
