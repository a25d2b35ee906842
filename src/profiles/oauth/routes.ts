/** The profile's endpoints that need no page. `/authorize` has pages and is mounted by the server. */
import type { Route } from '../../protocols/http/exchange.ts';
import { isSealed } from '../../protocols/sealed/hub.ts';
import type { OAuthDeps } from './deps.ts';
import { metadata } from './metadata.ts';
import { exchangeSealed, SEALING_PATH, sealingStatement } from './sealed.ts';
import { exchange } from './token.ts';

/** `POST /token`, the metadata document, and the statement of the sealing key where there is one. */
export function oauthRoutes(deps: OAuthDeps, scopes: readonly string[]): readonly Route[] {
  const { sealing } = deps.keys;
  return [
    {
      method: 'POST',
      path: '/token',
      steady: true,
      handle: async (request) =>
        sealing && isSealed(request) ? exchangeSealed(deps, sealing, request) : (await exchange(deps, request)).answer,
    },
    { method: 'GET', path: '/.well-known/oauth-authorization-server', handle: () => metadata(deps, scopes) },
    ...(sealing
      ? ([{ method: 'GET', path: SEALING_PATH, handle: () => sealingStatement(deps, sealing) }] as const)
      : []),
  ];
}
