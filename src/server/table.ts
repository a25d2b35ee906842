/** Which route a request is for. */
import type { Route } from '../protocols/http/exchange.ts';

/** Looks a route up; for a path without this method, the methods it has. */
export type Table = (method: string, path: string) => Route | 'not-found' | readonly string[];

/** Exact paths first, then the few that end in a name. */
export function tableOf(routes: readonly Route[]): Table {
  const exact = new Map<string, Map<string, Route>>();
  for (const route of routes) {
    const key = route.path.replace(/:[a-z]+$/, ':');
    exact.set(key, (exact.get(key) ?? new Map()).set(route.method, route));
  }
  return (method, path) => {
    const methods = exact.get(path) ?? exact.get(`${path.slice(0, path.lastIndexOf('/') + 1)}:`);
    if (!methods) return 'not-found';
    return methods.get(method === 'HEAD' ? 'GET' : method) ?? [...methods.keys()];
  };
}
