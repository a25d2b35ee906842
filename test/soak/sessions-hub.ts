/** The hub of simulated sessions: the profile's own `exchange` over any store, that can be restarted under its callers. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from '../../src/profiles/oauth/app.ts';
import type { OAuthDeps } from '../../src/profiles/oauth/deps.ts';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { hashSecret } from '../../src/profiles/oauth/prove/client.ts';
import { exchange } from '../../src/profiles/oauth/token.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import type { Registry } from '../../src/store/registry.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { CHALLENGE, ISSUER, REDIRECT } from '../support/oauth-case.ts';
import { exchangeForm, SECRET, tokenRequest } from '../support/oauth-hub.ts';
import { startPostgres } from '../support/postgres.ts';
import { CLIENT_OF, type Heard, headersOf, type Kind, named, type Session, thumbprint } from './sessions-app.ts';
import type { VirtualTime } from './sessions-time.ts';

/** A database that can be opened again and again, with a clock of the test's. */
export interface Ground {
  readonly name: string;
  /** Can it be closed and opened with all that was in it? */
  readonly lasts: boolean;
  open(clock: () => number): Promise<{ readonly store: Store; readonly registry: Registry }>;
  remove(): Promise<void>;
}

/** A SQLite file in a folder of its own. */
export async function sqliteGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'counterfoil-sessions-'));
  return {
    name: 'SQLite',
    lasts: true,
    open: async (clock) => openSqlite({ path: join(folder, 'sessions.db'), clock }),
    remove: async () => rmSync(folder, { recursive: true }),
  };
}

/** A PostgreSQL server of its own. */
export async function postgresGround(): Promise<Ground> {
  const server = await startPostgres();
  const place = server.place();
  return {
    name: 'PostgreSQL',
    lasts: true,
    open: (clock) => openPostgres({ ...place, clock }),
    remove: () => server.stop(),
  };
}

/** Memory: for what does not depend on the store. */
export function memoryGround(): Ground {
  return { name: 'memory', lasts: false, open: async (clock) => openMemory({ clock }), remove: async () => undefined };
}

/** Where proofs are for. */
export const HTU: string = `${ISSUER}/token`;

/** What the hub kept of one session's requests, by its own word. */
export interface Ledger {
  grant: string;
  /** Answers with tokens, heard or not. */
  issued: number;
  readonly verdicts: Set<string>;
}

/** A hub. */
export interface SoakHub {
  readonly store: () => Store;
  /** One request, as it arrives. No answer when the hub was stopped meanwhile. @throws for any other fault */
  ask(
    ledger: Ledger,
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>>,
  ): Promise<Heard>;
  /** Signs a session in: consent, code, exchange. */
  signIn(session: Session): Promise<Ledger>;
  /** Closes the database under whatever is under way, and opens it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The registration of a kind. */
export function appOf(kind: Kind): App {
  const authMethod = (
    { bearer: 'none', key: 'none', basic: 'client_secret_basic', post: 'client_secret_post' } as const
  )[kind];
  return {
    name: kind,
    type: authMethod === 'none' ? 'public' : 'confidential',
    authMethod,
    ...(authMethod !== 'none' && { secretHash: hashSecret(SECRET) }),
    redirectUris: [REDIRECT],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: [{ name: 'lamp:read', enabled: true }],
    createdAt: 0,
  };
}

/** Opens one. */
export async function openSoakHub(ground: Ground, time: VirtualTime): Promise<SoakHub> {
  const keys = deriveKeys(randomBytes(32));
  const config = {
    issuer: ISSUER,
    aliases: [],
    codeTtlSeconds: 300,
    accessTtlSeconds: 3_600,
    refreshTtlSeconds: 30 * 86_400,
  };
  let life = 0;
  let down = false;
  const start = async (): Promise<OAuthDeps> => ({ ...(await ground.open(time.now)), keys, config });
  let deps = await start();
  for (const kind of ['bearer', 'basic', 'post'] as const)
    await deps.registry.save('app', CLIENT_OF[kind], 0, appOf(kind));

  const asked: SoakHub['ask'] = async (ledger, form, headers) => {
    // nobody listens
    if (down) return 'unsent';
    const began = life;
    try {
      const { answer, verdict } = await exchange(deps, tokenRequest(form, headers));
      if (answer.status === 200) ledger.issued += 1;
      if (verdict !== '') ledger.verdicts.add(verdict);
      const body = JSON.parse(answer.body) as Record<string, string>;
      return { status: answer.status, body, nonce: answer.headers['dpop-nonce'], date: time.now() };
    } catch (error) {
      if (life !== began) return 'broken';
      throw error;
    }
  };
  const ask: SoakHub['ask'] = (...asking) => time.hold(asked(...asking));

  return {
    store: () => deps.store,
    ask,
    async signIn(session) {
      const { now, generation } = await time.hold(deps.store.load({}));
      const clientId = CLIENT_OF[session.kind];
      const jkt = session.key && thumbprint(session.key);
      const decision = { by: 'ada', clientId, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };
      const { code, grant, kept } = mintAuthorization(deps, now, generation, {
        ...decision,
        ...(jkt !== undefined && { jkt }),
      });
      await time.hold(deps.store.mint({ grant, codes: [kept] }));
      const ledger: Ledger = { grant: grant.id, issued: 0, verdicts: new Set() };
      for (let tries = 0; tries < 5; tries++) {
        const answer = await ask(ledger, { ...exchangeForm(code), ...named(session) }, headersOf(session, HTU, time));
        if (typeof answer !== 'object') continue;
        session.nonce = answer.nonce;
        if (answer.body['error'] === 'invalid_dpop_proof')
          session.learnedMs = time.now() + session.offsetMs - answer.date;
        if (answer.status !== 200) continue;
        session.shared.refresh = answer.body['refresh_token'] ?? '';
        session.shared.until = time.now() + Number(answer.body['expires_in']) * 1_000;
        return ledger;
      }
      throw new Error(`expected tokens for a fresh code of a ${session.kind} app`);
    },
    async restart() {
      if (!ground.lasts) return;
      life += 1;
      down = true;
      await time.hold(
        (async () => {
          await deps.store.close();
          deps = await start();
          down = false;
        })(),
      );
    },
    close: () => deps.store.close(),
  };
}
