/** The profile's endpoints that need no page. `/authorize` has pages and is mounted by the server. */
import type { Route } from '../../protocols/http/exchange.ts';
import type { OAuthDeps } from './deps.ts';
import { metadata } from './metadata.ts';
import { exchange } from './token.ts';

/** `POST /token` and the metadata document. */
export function oauthRoutes(deps: OAuthDeps, scopes: readonly string[]): readonly Route[] {
  return [
    { method: 'POST', path: '/token', steady: true, handle: async (request) => (await exchange(deps, request)).answer },
    { method: 'GET', path: '/.well-known/oauth-authorization-server', handle: () => metadata(deps, scopes) },
  ];
}
