/** What the pages about grants ask for alike. */
import type { Code, Grant } from '../../core/model.ts';
import type { Allowed } from '../pages/grant-words.ts';

/** Rows that a store lists at most. */
export const MOST = 1_000;

/** The scopes of a grant, as they are written. */
export function scopesOf({ terms }: Grant): readonly string[] {
  const scope = terms['scope'];
  return Array.isArray(scope) ? scope : [];
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
