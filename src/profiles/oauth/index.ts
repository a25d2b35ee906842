/** `counterfoil/oauth`: the OAuth profile, for hubs of one's own and for judging cases without any. */
export type { App, AppScope, AuthMethod, GrantType } from './app.ts';
export type { AuthorizeCase, ResourceCase, TokenCase } from './case.ts';
export type { OAuthConfig, OAuthDeps, OAuthKeys, Pace } from './deps.ts';
export { type Action, checklistFor, judge, type PossibleCause, policy, tables } from './profile.ts';
export { challengeOf } from './prove/pkce.ts';
export { openReference } from './reference.ts';
export { type Admission, type Admitted, admit } from './resource.ts';
export { oauthRoutes } from './routes.ts';
export { type Exchanged, exchange } from './token.ts';
export { withChecks } from './verdicts.ts';
export { errorUri } from './wire.ts';
