/**
 * Scopes in other words: what a request asks for may be a part of what is granted, listed or switched on. The profile that a
 * scope belongs to says so (`Beyond`), where the case is built; rules and snapshots know the outcome only.
 */
import type { App } from './app.ts';
import {
  type Asked,
  askedScopes,
  bound,
  type CodeFacts,
  enabledScopes,
  listOf,
  scopesOf,
  type TokenCase,
} from './case.ts';
import type { OAuthDeps } from './deps.ts';

type Knowing = Pick<OAuthDeps, 'beyond'>;

/**
 * The case, with what its client's list comes to for what it asks: parts of listed scopes stand on the list as well, switched
 * on when a part of what is switched on; and where nothing is asked for by name, scopes that must be are marked.
 */
export function withListed<C extends Asked & { readonly code?: CodeFacts }>({ beyond }: Knowing, c: C): C {
  const { client } = c;
  if (!beyond || !client) return c;
  const { scopes } = client;
  if (c.request.values['scope'] === undefined && !c.code) {
    if (!scopes.some(({ name }) => beyond.explicit(name))) return c;
    const marked = scopes.map((scope) => (beyond.explicit(scope.name) ? { ...scope, explicit: true as const } : scope));
    return { ...c, client: { ...client, scopes: marked } };
  }
  const names = scopes.map(({ name }) => name);
  const parts = partsOf(beyond, names, askedScopes(c));
  if (parts.length === 0) return c;
  const on = new Set(beyond.covered(enabledScopes(client), parts));
  const added = parts.map((name) => ({ name, enabled: on.has(name), explicit: true as const }));
  return { ...c, client: { ...client, scopes: [...scopes, ...added] } };
}

/** The case of a token request, with those of the scopes it names that are parts of granted ones. */
export function withGranted({ beyond }: Knowing, c: TokenCase): TokenCase {
  const named = scopesOf(c.request.values['scope']);
  if (!beyond || !c.code || named.length === 0) return c;
  const within = partsOf(beyond, listOf(bound(c.code, 'scope')), named);
  return within.length === 0 ? c : { ...c, within };
}

/**
 * Those of these scopes that are switched on for an application right now, to the letter or as a part of one that is. A
 * listed scope that is switched off is off, whatever else it may be a part of.
 */
export function switchedOn(deps: Knowing, app: Pick<App, 'scopes'> | undefined, scopes: readonly string[]): string[] {
  const listed = new Map(app?.scopes.map(({ name, enabled }) => [name, enabled]));
  const parts = new Set(
    partsIn(
      deps,
      enabledScopes(app),
      scopes.filter((scope) => !listed.has(scope)),
    ),
  );
  return scopes.filter((scope) => listed.get(scope) ?? parts.has(scope));
}

/** Those of these scopes that are not among the granted ones to the letter, and are a part of one. */
export function partsIn({ beyond }: Knowing, granted: readonly string[], scopes: readonly string[]): readonly string[] {
  return beyond ? partsOf(beyond, granted, scopes) : [];
}

function partsOf(
  { covered }: NonNullable<OAuthDeps['beyond']>,
  granted: readonly string[],
  scopes: readonly string[],
): readonly string[] {
  const others = [...new Set(scopes)].filter((scope) => !granted.includes(scope));
  return others.length === 0 ? others : covered(granted, others);
}
