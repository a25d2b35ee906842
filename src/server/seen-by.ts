/**
 * What somebody who is signed in may see of the ledger. Every page, every answer as JSON and every live row goes through
 * here: an operator sees all, a developer the refusals of their own applications without what is the owner's. Not here:
 * what of a check is the owner's (`open` of its rule, `src/core/withhold.ts`).
 */
import type { Phase } from '../core/rule.ts';
import { show } from '../core/show.ts';
import type { Verdict } from '../core/verdict.ts';
import { type Opening, withhold } from '../core/withhold.ts';
import { tables as home } from '../profiles/home/profile.ts';
import { tables as oauth } from '../profiles/oauth/profile.ts';
import { tables as payments } from '../profiles/payments/profile.ts';
import type { Query } from '../store/port.ts';
import type { Viewer } from './users.ts';

/** Every rule of every profile by its id; one more profile is one more name here. */
export const RULES: ReadonlyMap<string, Opening> = new Map(
  [oauth, home, payments].flatMap((tables) =>
    Object.values(tables as Readonly<Record<string, readonly Phase<never>[]>>).flatMap((phases) =>
      phases.flatMap(({ rules }) => rules.map((rule): [string, Opening] => [rule.id, rule])),
    ),
  ),
);

/** The verdict as the viewer may see it; undefined when it is none of theirs: say then that there is no such verdict. */
export function seenBy(viewer: Viewer, verdict: Verdict): Verdict | undefined {
  if (viewer.role === 'operator') return verdict;
  return isAbout(viewer.apps, verdict) ? withhold(verdict, RULES) : undefined;
}

/** The part of a store query that finds what the viewer may see, of verdicts and of tallies alike. */
export function ownRefusals(viewer: Viewer): Pick<Query, 'client'> {
  return viewer.role === 'operator' ? {} : { client: viewer.apps };
}

/** Rows name the application as it was shown. */
function isAbout(apps: readonly string[], { subject }: Verdict): boolean {
  return subject !== undefined && apps.some((app) => show(app) === subject);
}
