/** The same apps over real HTTP: a whole hub behind a flaky TCP proxy, on the clock on the wall, restarted meanwhile. */
import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { random } from '../../fuzz/random.ts';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { type Hub, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { CHALLENGE, REDIRECT } from '../support/oauth-case.ts';
import { exchangeForm } from '../support/oauth-hub.ts';
import {
  CLIENT_OF,
  type Heard,
  headersOf,
  KINDS,
  named,
  refresh,
  type Session,
  thumbprint,
  type World,
} from './sessions-app.ts';
import { appOf, type Ground, type Ledger } from './sessions-hub.ts';
import { expectWhole, newSession } from './sessions-life.ts';
import { SESSION_FIELD, startProxy, type Trick } from './sessions-proxy.ts';
import type { Time } from './sessions-time.ts';

/** What a population over HTTP came to. */
export interface HttpOutcome {
  readonly loggedOut: readonly Session[];
  readonly tricks: Readonly<Record<Trick, number>>;
  readonly issued: number;
  readonly restarts: number;
  readonly faults: readonly unknown[];
}

const TIME: Time = { now: Date.now, sleep: async (ms) => void (await sleep(ms)) };
/** Sessions begin within so long, so that the hub has them all at once but not in one instant. */
const ARRIVAL_MS = 6_000;

/** Posts a form to whoever listens at `port`; nothing is kept alive, so each try is a connection of its own. */
function post(
  port: number,
  session: Session,
  form: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>>,
): Promise<Heard> {
  return new Promise((resolve) => {
    const body = new URLSearchParams(form).toString();
    const asked = httpRequest(
      {
        port,
        host: '127.0.0.1',
        path: '/token',
        method: 'POST',
        agent: false,
        headers: {
          host: 'localhost',
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': body.length,
          connection: 'close',
          [SESSION_FIELD]: String(session.id),
          ...headers,
        },
      },
      (res) => {
        let text = '';
        res.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        res.on('error', () => resolve('broken'));
        res.on('end', () => {
          if (!res.complete) return resolve('broken');
          const { 'dpop-nonce': nonce, date = '' } = res.headers;
          resolve({
            status: res.statusCode ?? 0,
            body: JSON.parse(text),
            nonce: nonce?.toString(),
            date: Date.parse(date),
          });
        });
      },
    );
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED' ? 'unsent' : 'broken'));
    asked.end(body);
  });
}

/** Lives through `cycles` refreshes by `count` apps, with a restart of the hub in the middle of each but the last. */
export async function liveOverHttp(ground: Ground, count: number, cycles: number): Promise<HttpOutcome> {
  const from = random(5_151);
  const keys = deriveKeys(randomBytes(32));
  const faults: unknown[] = [];
  const ledgers = new Map<string, Ledger>();
  const start = async (port: number): Promise<{ hub: Hub; store: Awaited<ReturnType<Ground['open']>>['store'] }> => {
    const opened = await ground.open(Date.now);
    const { registry } = opened;
    for (const kind of ['bearer', 'basic', 'post'] as const)
      await registry.save('app', CLIENT_OF[kind], 0, appOf(kind));
    const hub = await startHub({
      ...opened,
      keys,
      data: 'sessions',
      port,
      onFault: (error) => faults.push(error),
      onVerdict: ({ ok, action, grant = '' }) => {
        const ledger = ledgers.get(grant);
        if (ledger && ok && action === 'token') ledger.issued += 1;
      },
    });
    return { hub, store: opened.store };
  };
  let now = await start(0);
  const { port, issuer } = now.hub;
  const proxy = await startProxy(() => port, from);
  const htu = `${issuer}/token`;

  const signIn = async (session: Session): Promise<Ledger> => {
    const { now: at, generation } = await now.store.load({});
    const jkt = session.key && thumbprint(session.key);
    const decision = {
      by: 'ada',
      clientId: CLIENT_OF[session.kind],
      scopes: ['lamp:read'],
      redirectUri: REDIRECT,
      challenge: CHALLENGE,
    };
    const minted = mintAuthorization(now.hub.oauth, at, generation, { ...decision, ...(jkt !== undefined && { jkt }) });
    await now.store.mint({ grant: minted.grant, codes: [minted.kept] });
    const ledger: Ledger = { grant: minted.grant.id, issued: 0, verdicts: new Set() };
    ledgers.set(ledger.grant, ledger);
    for (let tries = 0; tries < 5; tries++) {
      const heard = await post(
        port,
        session,
        { ...exchangeForm(minted.code), ...named(session) },
        headersOf(session, htu, TIME),
      );
      if (typeof heard !== 'object') continue;
      session.nonce = heard.nonce;
      if (heard.body['error'] === 'invalid_dpop_proof') session.learnedMs = Date.now() + session.offsetMs - heard.date;
      session.shared.refresh = heard.body['refresh_token'] ?? '';
      if (heard.status === 200) return ledger;
    }
    throw new Error(`expected tokens for a fresh code of a ${session.kind} app`);
  };

  const sessions = Array.from({ length: count }, (_, i) => newSession(i, KINDS[i % KINDS.length] ?? 'bearer', from));
  const mine = new Map<Session, Ledger>();
  for (const session of sessions) mine.set(session, await signIn(session));
  const worldOf = (session: Session): World => ({
    time: TIME,
    from,
    htu,
    send: (form, headers) => post(proxy.port, session, form, headers),
  });
  let restarts = 0;
  for (let cycle = 0; cycle < cycles; cycle++) {
    const all = sessions.map(async (session) => {
      session.shared.until = 0;
      await sleep(from.nat(ARRIVAL_MS));
      const tabs = Array.from({ length: 1 + from.nat(3) }, async () => {
        await sleep(from.nat(500));
        await refresh(session, worldOf(session));
      });
      await Promise.all(tabs);
    });
    if (cycle < cycles - 1) {
      await sleep(ARRIVAL_MS / 2);
      await now.hub.close();
      await now.store.close();
      now = await start(port);
      restarts += 1;
    }
    await Promise.all(all);
  }
  await proxy.close();
  for (const session of sessions) {
    session.shared.until = 0;
    await refresh(session, { ...worldOf(session), send: (form, headers) => post(port, session, form, headers) });
  }
  for (const [session, ledger] of mine) await expectWhole(now.store, session, ledger);
  await now.hub.close();
  await now.store.close();
  return {
    loggedOut: sessions.filter((session) => session.loggedOut !== undefined),
    tricks: proxy.tricks,
    issued: [...mine.values()].reduce((sum, ledger) => sum + ledger.issued, 0),
    restarts,
    faults,
  };
}
