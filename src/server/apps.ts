/** Trusted Applications for the person in charge: add, edit, list, remove. What may be registered is checked here. */
import { randomBytes } from 'node:crypto';
import type { App, AppScope, AuthMethod } from '../profiles/oauth/app.ts';
import { hashSecret } from '../profiles/oauth/prove/client.ts';
import { redirectUriProblem } from '../profiles/oauth/redirect.ts';
import type { Registered, Registry } from '../store/registry.ts';
import { type AppInput, type AppView, NotFoundError, OperationError } from './operations.ts';

const CLIENT_ID = /^[A-Za-z0-9._~-]{1,100}$/;
/** RFC 6749 §3.3 `scope-token`. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
const REDIRECT_URIS_MAX = 50;
const SCOPES_MAX = 100;

/** An application as it was saved, and its secret when a new one was made. */
export interface SavedApp {
  readonly app: AppView;
  readonly secret?: string;
}

/** An application as the person in charge sees it. */
export function viewOf({ id, body }: Registered<App>): AppView {
  const { secretHash, ...rest } = body;
  return { id, ...rest, hasSecret: secretHash !== undefined };
}

/** The application, or an error that names those there are. */
export async function appNamed(registry: Registry, id: string): Promise<Registered<App>> {
  const found = await registry.get<App>('app', id);
  if (found) return found;
  const known = (await registry.list<App>('app')).map((app) => app.id);
  throw new NotFoundError(
    `no application has the id ${JSON.stringify(id)}; ${known.length > 0 ? `there are ${known.slice(0, 10).join(', ')}` : 'none is registered yet: counterfoil app add'}`,
  );
}

/** Registers a new application; without a type it is public, as an app that cannot keep a secret. */
export async function addApp(registry: Registry, id: string, input: AppInput, now: number): Promise<SavedApp> {
  if (!CLIENT_ID.test(id)) {
    throw new OperationError(`expected a client id of 1 to 100 letters, digits and . _ ~ -, got ${JSON.stringify(id)}`);
  }
  const empty: App = {
    name: id,
    type: input.type ?? (input.authMethod !== undefined && input.authMethod !== 'none' ? 'confidential' : 'public'),
    authMethod: 'none',
    redirectUris: [],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [],
    createdAt: now,
  };
  const saved = await save(registry, id, 0, empty, input);
  if (saved) return saved;
  throw new OperationError(`an application with the id ${id} is registered already: counterfoil app edit ${id}`);
}

/** Changes what `input` names and keeps the rest. */
export async function editApp(registry: Registry, id: string, input: AppInput): Promise<SavedApp> {
  for (let tries = 0; tries < 5; tries++) {
    const { rev } = await appNamed(registry, id);
    const saved = await editAppAt(registry, id, rev, input);
    if (saved) return saved;
  }
  throw new OperationError(`application ${id} is being changed by somebody else: try again`);
}

/** The same for the application as it stood at `rev`: undefined when somebody else changed it meanwhile. */
export async function editAppAt(
  registry: Registry,
  id: string,
  rev: number,
  input: AppInput,
): Promise<SavedApp | undefined> {
  const found = await appNamed(registry, id);
  return found.rev === rev ? save(registry, id, rev, found.body, input) : undefined;
}

async function save(
  registry: Registry,
  id: string,
  rev: number,
  from: App,
  input: AppInput,
): Promise<SavedApp | undefined> {
  const after = appAfter(id, from, input);
  const fresh = after.type === 'confidential' && (after.secretHash === undefined || input.rotateSecret === true);
  const secret = fresh ? `cfs_${randomBytes(32).toString('base64url')}` : undefined;
  const app: App = secret === undefined ? after : { ...after, secretHash: hashSecret(secret) };
  if (!(await registry.save('app', id, rev, app))) return undefined;
  return { app: viewOf({ id, rev, body: app }), ...(secret !== undefined && { secret }) };
}

/** The application after an edit, a new secret aside. @throws OperationError for what may not be registered */
export function appAfter(id: string, from: App, input: AppInput): App {
  const type = input.type ?? from.type;
  const authMethod = authMethodOf(type, input.authMethod, from.authMethod);
  if (type === 'public' && input.rotateSecret)
    throw new OperationError(`${id} is public and has no secret: register it with --type confidential`);
  const app: App = {
    name: input.name ?? from.name,
    type,
    authMethod,
    ...(type === 'confidential' && from.secretHash !== undefined && { secretHash: from.secretHash }),
    redirectUris: redirectUrisOf(input.redirectUris ?? from.redirectUris),
    grantTypes: input.grantTypes ?? from.grantTypes,
    scopes: scopesOf(from.scopes, input),
    ...exceptionsOf(from, input),
    createdAt: from.createdAt,
  };
  if (app.name === '' || app.name.length > 100)
    throw new OperationError('expected an application name of 1 to 100 characters');
  return app;
}

function authMethodOf(type: App['type'], wanted: AuthMethod | undefined, current: AuthMethod): AuthMethod {
  if (type === 'public') {
    if (wanted === undefined || wanted === 'none') return 'none';
    throw new OperationError(
      `a public application cannot use ${wanted}: it has no secret; register it with --type confidential`,
    );
  }
  if (wanted === 'none')
    throw new OperationError('a confidential application must authenticate: client_secret_basic or client_secret_post');
  return wanted ?? (current === 'none' ? 'client_secret_basic' : current);
}

function redirectUrisOf(uris: readonly string[]): readonly string[] {
  if (uris.length === 0)
    throw new OperationError('expected at least one redirect URI: --redirect-uri com.example.app:/callback');
  if (uris.length > REDIRECT_URIS_MAX)
    throw new OperationError(`expected at most ${REDIRECT_URIS_MAX} redirect URIs, got ${uris.length}`);
  for (const uri of uris) {
    const problem = redirectUriProblem(uri);
    if (problem !== undefined) throw new OperationError(`redirect URI ${JSON.stringify(uri)} ${problem}`);
  }
  return [...new Set(uris)];
}

/** `scopes` sets the list, `disabledScopes` the second switch; without either, nothing changes. */
function scopesOf(from: readonly AppScope[], { scopes, disabledScopes }: AppInput): readonly AppScope[] {
  const names = [...new Set(scopes ?? from.map((scope) => scope.name))];
  if (names.length > SCOPES_MAX) throw new OperationError(`expected at most ${SCOPES_MAX} scopes, got ${names.length}`);
  for (const name of [...names, ...(disabledScopes ?? [])]) {
    if (!SCOPE.test(name))
      throw new OperationError(
        `${JSON.stringify(name)} is no scope: expected up to 200 visible characters without blanks, quotes and backslashes`,
      );
  }
  const unknown = disabledScopes?.find((name) => !names.includes(name));
  if (unknown !== undefined)
    throw new OperationError(`scope ${unknown} cannot be switched off: it is not included (${names.join(' ')})`);
  const before = new Map(from.map((scope) => [scope.name, scope.enabled]));
  return names.map((name) => ({
    name,
    enabled: disabledScopes ? !disabledScopes.includes(name) : (before.get(name) ?? true),
  }));
}

function exceptionsOf(from: App, input: AppInput): Pick<App, 'exceptions'> {
  const withoutPkce = input.withoutPkce ?? from.exceptions?.withoutPkce ?? false;
  const shortCodes = input.shortCodes ?? from.exceptions?.shortCodes ?? false;
  return withoutPkce || shortCodes
    ? { exceptions: { ...(withoutPkce && { withoutPkce }), ...(shortCodes && { shortCodes }) } }
    : {};
}
