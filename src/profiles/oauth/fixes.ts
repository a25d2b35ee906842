/**
 * What the person in charge could change about an application's registration so that a refused request would not be refused
 * for that again: the change, what it means, what could go wrong, what stays. Words and values only; the server applies it
 * under the same checks as typed input (`src/server/apps.ts`).
 *
 * A value comes from the kept case, byte for byte, never from a shown string. What would weaken an application (no PKCE, no
 * secret) is left to its settings: a verdict is what a stranger brought about, and must not be a way to such a button.
 *
 * To add one: an entry in `MAKERS`, by rule and cause, and its test.
 */
import { leaves, type Verdict } from '../../core/verdict.ts';
import type { App, AppScope, AuthMethod, GrantType } from './app.ts';
import { askedScopes, type Case, type ClientFacts } from './case.ts';
import { isRegistered, redirectUriProblem } from './redirect.ts';

/** A change of a registration; what it does not name stays. */
export interface AppEdit {
  readonly redirectUris?: readonly string[];
  readonly scopes?: readonly string[];
  readonly disabledScopes?: readonly string[];
  readonly grantTypes?: readonly GrantType[];
  readonly authMethod?: AuthMethod;
  readonly rotateSecret?: true;
}

/** `means`: what follows from it. `risk`: what to be sure of before. `stays`: what it does not touch. */
export interface Impact {
  readonly kind: 'means' | 'risk' | 'stays';
  readonly say: string;
}

/** One change that would take a cause away. */
export interface Proposal {
  /** Unique among the proposals of a verdict; lower-case words and hyphens. */
  readonly id: string;
  /** The rule whose failed check it is about. */
  readonly rule: string;
  /** What it does, as a button says it. */
  readonly say: string;
  readonly edit: AppEdit;
  readonly impact: readonly Impact[];
  /** How the application gets through afterwards. */
  readonly then: string;
  /** Whether the request would pass then depends on a secret, which is never kept. */
  readonly unkept?: true;
}

/** The application as it is registered now, and what is alive for it. */
export interface Standing {
  readonly app: Pick<App, 'type' | 'authMethod' | 'redirectUris' | 'grantTypes' | 'scopes'>;
  /** Active grants, and codes and tokens that can be used; `more`: there are more than were counted. */
  readonly holds: { readonly grants: number; readonly live: number; readonly more?: true };
}

/** The proposals for a refusal, in the order of its checks. None for what a registration cannot take away, or has already. */
export function proposals(
  verdict: Pick<Verdict, 'profile' | 'snapshot' | 'checks' | 'erased'>,
  standing: Standing,
): readonly Proposal[] {
  if (verdict.profile !== 'oauth' || verdict.erased) return [];
  const c = verdict.snapshot as Case;
  const made = new Map<string, Proposal>();
  for (const { id: rule, outcome, cause } of leaves(verdict.checks ?? [])) {
    if (outcome !== 'fail' || !cause) continue;
    const proposal = MAKERS[`${rule}/${cause.id}`]?.(c, standing);
    if (proposal && !made.has(proposal.id)) made.set(proposal.id, { ...proposal, rule });
  }
  return [...made.values()];
}

/** The client id that a case is about, where it was one that is registered: whose settings a proposal changes. */
export function clientOf(c: Case): string | undefined {
  if ('request' in c) return c.client?.id;
  const owner = c.code?.bindings.find(({ fact }) => fact === 'client_id')?.expected;
  return typeof owner === 'string' ? owner : undefined;
}

type Maker = (c: Case, standing: Standing) => Omit<Proposal, 'rule'> | undefined;

const MAKERS: Readonly<Record<string, Maker>> = {
  'oauth.redirect-uri-registered/unregistered': registerUri,
  'oauth.scope-included/not-included': includeScopes,
  'oauth.scope-enabled/disabled': (c, standing) => enableScopes(asked(c), standing),
  'oauth.scope-sufficient/switched-off': (c, standing) => enableScopes('needs' in c ? c.needs : [], standing),
  'oauth.grant-type-enabled/disabled': enableGrantType,
  'oauth.client-secret/mismatch': replaceSecret,
  'oauth.client-auth-method/method': changeMethod,
};

const AGAIN = 'nothing to change in the app: let it start again at /authorize';

function registerUri(c: Case, { app, holds }: Standing): ReturnType<Maker> {
  const uri = 'request' in c ? c.request.values['redirect_uri'] : undefined;
  if (uri === undefined || redirectUriProblem(uri) !== undefined || isRegistered(app.redirectUris, uri))
    return undefined;
  return {
    id: 'register-redirect-uri',
    say: 'register this redirect URI',
    edit: { redirectUris: [...app.redirectUris, uri] },
    impact: [
      { kind: 'means', say: 'codes of this app may be sent to this address, from the next request on' },
      { kind: 'means', say: 'nobody gets one by this alone: a person still has to sign in and agree' },
      {
        kind: 'risk',
        say: 'whoever controls this address receives codes of this app; add it only if you know that it is the app’s',
      },
      ...whereTo(uri, app.redirectUris),
      {
        kind: 'stays',
        say: `${counted(app.redirectUris.length, 'registered redirect URI')} as before: take a wrong one away in the settings`,
      },
      untouched(holds),
    ],
    then: AGAIN,
  };
}

/** What an address says of who may receive what is sent there. */
function whereTo(uri: string, registered: readonly string[]): Impact[] {
  const { protocol, hostname } = new URL(uri);
  const risk = (say: string): Impact[] => [{ kind: 'risk', say }];
  if (protocol === 'http:')
    return risk('it is a loopback address: any program on the person’s machine can listen there');
  if (protocol !== 'https:')
    return risk('any app on a device can claim this scheme: PKCE is what keeps a code from being used there');
  const known = new Set(registered.filter((one) => URL.canParse(one)).map((one) => new URL(one).hostname));
  return known.has(hostname) ? [] : risk(`its host, ${hostname}, is none that is registered for this app so far`);
}

function includeScopes(c: Case, { app, holds }: Standing): ReturnType<Maker> {
  const listed = new Set([...app.scopes, ...(client(c)?.scopes ?? [])].map(({ name }) => name));
  const missing = [...new Set(asked(c))].filter((name) => !listed.has(name));
  if (missing.length === 0) return undefined;
  const names = app.scopes.map(({ name }) => name);
  return {
    id: 'include-scopes',
    say: `include ${missing.length === 1 ? 'this scope' : 'these scopes'}`,
    edit: { scopes: [...names, ...missing], disabledScopes: off(app.scopes) },
    impact: [
      { kind: 'means', say: 'this app may ask for it; each person sees it when asked, and has to agree' },
      { kind: 'risk', say: 'an app that may ask for more than it needs loses more when it is taken over' },
      { kind: 'stays', say: 'what was granted before: no grant and no token carries more than a person agreed to' },
      untouched(holds),
    ],
    then: AGAIN,
  };
}

function enableScopes(names: readonly string[], { app, holds }: Standing): ReturnType<Maker> {
  const wanted = off(app.scopes).filter((name) => names.includes(name));
  if (wanted.length === 0) return undefined;
  return {
    id: 'enable-scopes',
    say: `switch ${wanted.length === 1 ? 'this scope' : 'these scopes'} on`,
    edit: { disabledScopes: off(app.scopes).filter((name) => !wanted.includes(name)) },
    impact: [
      { kind: 'means', say: 'this app may ask for it again' },
      {
        kind: 'means',
        say: `tokens that carry it open the API with it again, at once; alive of this app: ${alive(holds)}`,
      },
      { kind: 'risk', say: 'somebody switched it off: find out why before you switch it on' },
      { kind: 'stays', say: 'what people agreed to: a token without it does not get it' },
    ],
    then: 'nothing to change in the app: let it send the request again',
  };
}

function enableGrantType(c: Case, { app, holds }: Standing): ReturnType<Maker> {
  const type = 'intent' in c ? c.intent : 'authorization_code';
  if (app.grantTypes.includes(type)) return undefined;
  const refreshes = type === 'refresh_token';
  return {
    id: 'enable-grant-type',
    say: `enable the grant type ${type}`,
    edit: { grantTypes: [...app.grantTypes, type] },
    impact: [
      refreshes
        ? { kind: 'means', say: 'each exchange also hands out a refresh token, and those handed out before work again' }
        : { kind: 'means', say: 'this app may send people to /authorize and exchange codes' },
      refreshes
        ? { kind: 'risk', say: 'refresh tokens live for weeks: the app has to keep them where nobody else reads them' }
        : { kind: 'risk', say: 'an app that never needed codes has a new way to get tokens' },
      untouched(holds),
    ],
    then: refreshes ? 'the app may send its refresh token again; without one, let it start again at /authorize' : AGAIN,
  };
}

function replaceSecret(_c: Case, { app, holds }: Standing): ReturnType<Maker> {
  if (app.type !== 'confidential') return undefined;
  return {
    id: 'rotate-secret',
    say: 'make a new secret',
    edit: { rotateSecret: true },
    impact: [
      { kind: 'means', say: 'the new secret is shown once, right after; only its hash is kept' },
      {
        kind: 'means',
        say: 'the old secret dies at once: every server of this app is refused until it has the new one',
      },
      {
        kind: 'risk',
        say: 'if somebody else was guessing, the app itself is fine and this stops it for nothing: look where the request came from',
      },
      {
        kind: 'stays',
        say: `what is alive of this app, ${alive(holds)}: access tokens work to their end, refresh tokens with the new secret`,
      },
    ],
    then: 'put the new secret into the app server’s configuration, and let it send the request again',
    unkept: true,
  };
}

function changeMethod(c: Case, { app, holds }: Standing): ReturnType<Maker> {
  const method = 'auth' in c ? c.auth.method : undefined;
  if (app.type !== 'confidential' || method === app.authMethod) return undefined;
  if (method !== 'client_secret_basic' && method !== 'client_secret_post') return undefined;
  return {
    id: 'change-auth-method',
    say: `take the secret by ${method}`,
    edit: { authMethod: method },
    impact: [
      { kind: 'means', say: `from the next request on the secret is taken ${WAYS[method]}, and no other way` },
      { kind: 'risk', say: 'servers of this app that send it the old way are refused from then on' },
      { kind: 'stays', say: 'the secret itself' },
      untouched(holds),
    ],
    then: 'nothing to change in the app: let it send the request again',
    unkept: true,
  };
}

const WAYS: Readonly<Record<Exclude<AuthMethod, 'none'>, string>> = {
  client_secret_basic: 'in the Authorization header',
  client_secret_post: 'in the form',
};

function client(c: Case): ClientFacts | undefined {
  return 'request' in c ? c.client : undefined;
}

function asked(c: Case): readonly string[] {
  return 'request' in c ? askedScopes(c) : [];
}

function off(scopes: readonly AppScope[]): string[] {
  return scopes.flatMap(({ name, enabled }) => (enabled ? [] : [name]));
}

function untouched(holds: Standing['holds']): Impact {
  return { kind: 'stays', say: `what is alive of this app: ${alive(holds)}` };
}

function alive({ grants, live, more }: Standing['holds']): string {
  if (grants === 0 && live === 0) return 'nothing';
  const words = `${counted(grants, 'active grant')} and ${counted(live, 'code or token', 'codes and tokens')}`;
  return more ? `at least ${words}` : words;
}

function counted(n: number, one: string, many: string = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
