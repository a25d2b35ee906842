/** The OAuth profile over one SQLite file that several processes share: same keys, same registrations, same clock. */
import { randomBytes } from 'node:crypto';
import type { App } from '../../src/profiles/oauth/app.ts';
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { type OpenedSqlite, openSqlite, type SqliteOptions } from '../../src/store/sqlite/open.ts';
import { CHALLENGE, CLIENT, ISSUER, REDIRECT } from '../support/oauth-case.ts';
import { exchangeForm } from '../support/oauth-hub.ts';

/** What a racer is told to do: this form, so many times at once. `id` names it in the answers. */
export interface Task {
  readonly id: string;
  readonly form: Readonly<Record<string, string>>;
  readonly racers: number;
}

/** One line of an out file: the task, the HTTP status, and what the answer said. */
export interface Line {
  readonly task: string;
  readonly status: number;
  readonly said: Readonly<Record<string, string>>;
}

/** An open file with the profile over it. */
export interface HubFile extends OpenedSqlite {
  readonly deps: OAuthDeps;
}

/** Keys of the tests, the same in every process. */
export function freshMaster(): string {
  return randomBytes(32).toString('hex');
}

/** Opens the file. Only the first to open it should `register`. */
export function openHubFile(options: SqliteOptions, master: string): HubFile {
  const opened = openSqlite(options);
  const { store, registry } = opened;
  const config = {
    issuer: ISSUER,
    aliases: [],
    codeTtlSeconds: 300,
    accessTtlSeconds: 3_600,
    refreshTtlSeconds: 86_400,
  };
  return { ...opened, deps: { store, registry, keys: deriveKeys(Buffer.from(master, 'hex')), config } };
}

/** Registers the one public application. */
export async function register({ registry }: HubFile): Promise<void> {
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

/** Mints a code; the task that exchanges it is named by the code's id. */
export async function exchangeTask({ deps, store }: HubFile, racers: number): Promise<Task> {
  const { now, generation } = await store.load({});
  const decision = { by: 'ada', clientId: CLIENT, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };
  const { code, grant, kept } = mintAuthorization(deps, now, generation, decision);
  await store.mint({ grant, codes: [kept] });
  return { id: kept.id, form: exchangeForm(code), racers };
}
