/** What several pages of the console look up alike, and count alike. */
import type { Code, Effect } from '../../core/model.ts';
import type { AppView, Operations } from '../operations.ts';
import type { Allowed } from '../pages/grant-words.ts';
import { WORDS } from '../words.ts';

/** Rows that a store lists at most. */
export const MOST = 1_000;

/** The application of this id, while it is registered. */
export async function appOf(operations: Operations, id: string | undefined): Promise<AppView | undefined> {
  return (await operations.listApps()).find((app) => app.id === id);
}

/** Grants that are looked at for holders that are no applications. */
const HOLDERS_MAX = 200;

/** Whom profiles decide for that have nothing to do with applications, of their newest grants; in order. */
export async function otherHolders(operations: Operations): Promise<readonly string[]> {
  const others = WORDS.filter(({ grants }) => grants).map(({ profile }) =>
    operations.grants({ profile, limit: HOLDERS_MAX }),
  );
  return [...new Set((await Promise.all(others)).flat().map(({ to }) => to))].toSorted();
}

/** What is still owed to devices, or to the one named: newest first, of `MOST` of them. */
export async function owedOn(operations: Operations, target?: string): Promise<readonly Effect[]> {
  const owed = await operations.effects({ state: ['due', 'undoing'], limit: MOST });
  return target === undefined ? owed : owed.filter((effect) => effect.target === target);
}

/** What each means, where it is known. */
export function allowedOf(scopes: readonly string[], means: ReadonlyMap<string, string>): readonly Allowed[] {
  return scopes.map((scope) => {
    const words = means.get(scope);
    return { scope, ...(words !== undefined && { means: words }) };
  });
}

/** How many codes wait to be redeemed, and how many tokens are in use. */
export function counted(live: readonly Code[]): { readonly codes: number; readonly tokens: number } {
  const tokens = live.filter(({ purpose }) => purpose.endsWith('_token')).length;
  return { codes: live.length - tokens, tokens };
}
