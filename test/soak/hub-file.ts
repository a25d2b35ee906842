/** The OAuth profile over one database that several processes share: same keys, same registrations, same clock. */
import { randomBytes } from 'node:crypto';
import type { App } from '../../src/profiles/oauth/app.ts';
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { type Decision, type MintedCode, mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { codeId, readCode } from '../../src/protocols/typed-code/typed-code.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import type { Registry } from '../../src/store/registry.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import type { Upkeep } from '../../src/store/upkeep.ts';
import { CHALLENGE, CLIENT, ISSUER, REDIRECT } from '../support/oauth-case.ts';
import { exchangeForm } from '../support/oauth-hub.ts';
import type { Target } from './targets.ts';

/** What a racer is told to do: this form, so many times at once. `id` names it in the answers. */
export interface Task {
  readonly id: string;
  readonly form: Readonly<Record<string, string>>;
  readonly racers: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** How often every tenth racer goes on at once with the refresh token it got; these answers are `ID+1`, `ID+2` ... */
  readonly hops?: number;
  /** A busy store is what an app hears as 503: the racer tries again until it gets an answer. */
  readonly insist?: boolean;
}

/** One line of an out file: the task, the HTTP status, and what the answer said. */
export interface Line {
  readonly task: string;
  readonly status: number;
  readonly said: Readonly<Record<string, string>>;
}

/** A hub without sockets: the profile, and the database it stands on. */
export interface StoredHub {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  readonly deps: OAuthDeps;
  close(): Promise<void>;
}

/** Keys of the tests, the same in every process. */
export function freshMaster(): string {
  return randomBytes(32).toString('hex');
}

function depsOf(store: Store, registry: Registry, master: string): OAuthDeps {
  const config = {
    issuer: ISSUER,
    aliases: [],
    codeTtlSeconds: 300,
    accessTtlSeconds: 3_600,
    refreshTtlSeconds: 86_400,
  };
  return { store, registry, keys: deriveKeys(Buffer.from(master, 'hex')), config };
}

/**
 * Opens a database; only the first to open it should `register`. `onStep` is told of each named step of a transaction,
 * before the next one begins.
 */
export async function openHub(target: Target, master: string, onStep?: (step: string) => void): Promise<StoredHub> {
  const steps = onStep && { onStep };
  const opened =
    target.store === 'sqlite'
      ? openSqlite({ path: target.path, ...steps })
      : await openPostgres({ url: target.url, ...steps });
  const { store, registry, upkeep, close } = opened;
  return { store, registry, upkeep, close, deps: depsOf(store, registry, master) };
}

/** Registers the one public application. */
export async function register({ registry }: Pick<StoredHub, 'registry'>): Promise<void> {
  const app: App = {
    name: 'My App',
    type: 'public',
    authMethod: 'none',
    redirectUris: [REDIRECT],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [{ name: 'lamp:read', enabled: true }],
    createdAt: Date.now(),
  };
  await registry.save('app', CLIENT, 0, app);
}

/** Mints a code for it, bound to a key where one is named. */
export async function freshCode(deps: OAuthDeps, bound: Pick<Decision, 'jkt'> = {}): Promise<MintedCode> {
  const { now, generation } = await deps.store.load({});
  const decision = { by: 'ada', clientId: CLIENT, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };
  const minted = mintAuthorization(deps, now, generation, { ...decision, ...bound });
  await deps.store.mint({ grant: minted.grant, codes: [minted.kept] });
  return minted;
}

/** Mints a code; the task that exchanges it is named by the code's id. */
export async function exchangeTask(
  { deps }: Pick<StoredHub, 'deps'>,
  racers: number,
  { jkt, ...rest }: Partial<Task> & Pick<Decision, 'jkt'> = {},
): Promise<Task> {
  const { code, kept } = await freshCode(deps, jkt === undefined ? {} : { jkt });
  return { id: kept.id, form: exchangeForm(code), racers, ...rest };
}

/** The form of a refresh by the one application. */
export function refreshForm(token: string): Record<string, string> {
  return { grant_type: 'refresh_token', refresh_token: token, client_id: CLIENT };
}

/** The id under which a token is kept; empty when it is none. */
export function tokenId(purpose: 'access_token' | 'refresh_token', token: string | undefined): string {
  const read = readCode(purpose, token ?? '');
  return read.ok ? codeId(purpose, read.body) : '';
}
