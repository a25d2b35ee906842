/**
 * Stopping a hub loses nothing: what was answered is in the store, what was cut off can be told, and nobody gets half an
 * answer. A real process, asked with SIGTERM while clients hammer it; and the parts of it one by one.
 */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { mintAuthorization } from '../../src/profiles/oauth/mint.ts';
import { codeId, readCode } from '../../src/protocols/typed-code/typed-code.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { openEvents } from '../support/event-stream.ts';
import { startTestHub } from '../support/hub.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { CHALLENGE, REDIRECT } from '../support/oauth-case.ts';
import { exchangeForm } from '../support/oauth-hub.ts';
import { addPublic, exchangeForm as exchangeOf, tokens } from '../support/outside.ts';
import { rawRequest } from '../support/raw-http.ts';

const APP = 'my_app_123';
const FORM = 'application/x-www-form-urlencoded';
const CLIENTS = 32;
const CODES = 6_000;

let hub: HubProcess;
const started = new Set<HubProcess>();
afterEach(async () => {
  for (const one of started) {
    one.signal('SIGKILL');
    await one.ended;
    one.remove();
  }
  started.clear();
});

/** Starts a hub in a process of its own, with one app; its port. */
async function start(): Promise<number> {
  hub = await startHubProcess();
  started.add(hub);
  hub.cli(['app', 'add', APP, '--redirect-uri', REDIRECT, '--scope', 'lamp:read']);
  return Number(new URL(hub.issuer).port);
}

/** Opens the hub's file beside it, or after it. */
async function withStore<T>(work: (store: Store) => Promise<T>): Promise<T> {
  const { store } = openSqlite({ path: hub.db });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Fresh codes: the string, and the id it is kept under. */
async function mint(store: Store, count: number): Promise<(readonly [code: string, id: string])[]> {
  const config = { issuer: 'x', aliases: [], codeTtlSeconds: 300, accessTtlSeconds: 1, refreshTtlSeconds: 1 };
  const { now, generation } = await store.load({});
  const decision = { by: 'ada', clientId: APP, scopes: ['lamp:read'], redirectUri: REDIRECT, challenge: CHALLENGE };
  return Promise.all(
    Array.from({ length: count }, async () => {
      const { code, grant, kept } = mintAuthorization({ config } as never, now, generation, decision);
      await store.mint({ grant, codes: [kept] });
      return [code, kept.id] as const;
    }),
  );
}

/** What a client heard of one exchange: an answer, half of one, or nothing at all. */
interface Heard {
  readonly id: string;
  readonly status?: number;
  readonly body?: string;
  readonly half?: true;
}

function exchangeOnce(port: number, agent: Agent, code: string, id: string): Promise<Heard> {
  return new Promise((resolve) => {
    const body = new URLSearchParams(exchangeForm(code, { client_id: APP })).toString();
    const headers = { 'content-type': FORM, 'content-length': Buffer.byteLength(body) };
    const req = request({ port, host: '127.0.0.1', path: '/token', method: 'POST', headers, agent }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      const whole = (): Heard => ({ id, status: res.statusCode ?? 0, body: text });
      res.on('close', () => resolve(res.complete ? whole() : { id, half: true }));
    });
    req.on('error', () => resolve({ id }));
    req.end(body);
  });
}

describe('SIGTERM in the middle of it all', () => {
  it('loses no answer, halves none, and leaves every code either used with its verdict or not used', async () => {
    const port = await start();
    const codes = await withStore((store) => mint(store, CODES));
    const heard: Heard[] = [];
    let next = 0;
    let refusedAt = Number.POSITIVE_INFINITY;
    const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
    const client = async (): Promise<void> => {
      while (next < codes.length && heard.length < refusedAt) {
        const [code = '', id = ''] = codes[next++] ?? [];
        const one = await exchangeOnce(port, agent, code, id);
        heard.push(one);
        if (heard.length === 500) hub.signal('SIGTERM');
        // Once it cannot be reached any more, a few more tries of everybody, and that is all.
        if (one.status === undefined && refusedAt === Number.POSITIVE_INFINITY) refusedAt = heard.length + 5 * CLIENTS;
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    agent.destroy();
    expect(await hub.ended).toEqual({ code: 0, signal: null });
    const answered = heard.filter((one) => one.status !== undefined);
    const cut = heard.filter((one) => one.status === undefined);
    expect(heard.filter((one) => one.half)).toEqual([]);
    expect(new Set(answered.map((one) => one.status))).toEqual(new Set([200]));
    // It was stopped in the middle: there were answers after the signal was sent, and then there were none.
    expect(answered.length).toBeGreaterThanOrEqual(500);
    expect(cut.length).toBeGreaterThan(0);
    const unheard = await withStore((store) => expectWhole(store, heard));
    console.log(`${answered.length} heard, ${cut.length} cut off, ${unheard} of those used all the same`);
    expect(hub.printed()).not.toMatch(/fault/);
  });
});

/** Every exchange is whole in the store; answers how many were done although nobody heard of it. */
async function expectWhole(store: Store, heard: readonly Heard[]): Promise<number> {
  let unheard = 0;
  for (const { id, status, body = '{}' } of heard) {
    const { codes } = await store.load({ codes: [id] });
    const code = codes.get(id);
    const issued = (await store.find('codes', { grant: code?.grant ?? '' })).filter((one) => one.id !== id);
    const won = (await store.find('verdicts', { grant: code?.grant ?? '' })).filter((verdict) => verdict.ok);
    if (status === 200) {
      const said = JSON.parse(body) as Readonly<Record<string, string>>;
      const ids = (['access_token', 'refresh_token'] as const).map((purpose) => {
        const read = readCode(purpose, said[purpose] ?? '');
        return read.ok ? codeId(purpose, read.body) : '';
      });
      expect(issued.map((one) => one.id).sort()).toEqual(ids.sort());
    }
    expect([code?.used, won.length, issued.length]).toEqual(code?.used === 1 || status === 200 ? [1, 1, 2] : [0, 0, 0]);
    if (status === undefined) unheard += code?.used ?? 0;
  }
  return unheard;
}

/** A connection, and everything that came over it once it has ended. */
async function talk(port: number, bytes: string): Promise<{ readonly socket: Socket; readonly said: Promise<string> }> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  const said = once(socket, 'close').then(() => text);
  await once(socket, 'connect');
  if (bytes !== '') await new Promise((resolve) => socket.write(bytes, resolve));
  return { socket, said };
}

/** Resolves when the port takes no more connections. */
const unreachable = (port: number): Promise<void> =>
  vi.waitFor(
    async () => {
      const socket = connect(port, '127.0.0.1');
      const reached = await Promise.race([
        once(socket, 'connect').then(() => true),
        once(socket, 'error').then(
          () => false,
          () => false,
        ),
      ]).catch(() => false);
      socket.destroy();
      expect(reached).toBe(false);
    },
    { timeout: 30_000, interval: 20 },
  );

describe('a hub that was asked to stop', () => {
  it('finishes a request that it has half of, and says that the connection closes; idle ones end at once', async () => {
    const port = await start();
    const [[code = ''] = []] = await withStore((store) => mint(store, 1));
    const form = new URLSearchParams(exchangeForm(code, { client_id: APP })).toString();
    const headers = { 'content-type': FORM, connection: 'keep-alive' };
    const whole = Buffer.from(rawRequest({ method: 'POST', target: '/token', headers, body: form })).toString('latin1');
    const silent = await talk(port, '');
    const idle = await talk(port, 'GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(idle.socket, 'data');
    const { socket, said } = await talk(port, whole.slice(0, -20));
    // Its half must have been read: the hub has then answered somebody who came later.
    expect((await fetch(`${hub.issuer}/`)).status).toBe(200);
    hub.signal('SIGTERM');
    await unreachable(port);
    expect(await idle.said).toMatch(/^HTTP\/1\.1 404 /);
    expect(await silent.said).toBe('');
    socket.write(whole.slice(-20));
    expect(await said).toMatch(
      /^HTTP\/1\.1 200 OK\r\n(?:.+\r\n)*connection: close\r\n(?:.+\r\n)*\r\n\{"access_token":/i,
    );
    expect(await hub.ended).toEqual({ code: 0, signal: null });
  });

  it('ends event streams', async () => {
    const port = await start();
    const [[code = ''] = []] = await withStore((store) => mint(store, 1));
    const body = new URLSearchParams(exchangeForm(code, { client_id: APP })).toString();
    const answer = await fetch(`${hub.issuer}/token`, { method: 'POST', headers: { 'content-type': FORM }, body });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    const stream = await openEvents(`http://127.0.0.1:${port}/api/events`, { authorization: `Bearer ${token}` });
    await stream.until(1);
    hub.signal('SIGTERM');
    await stream.ended;
    expect(await hub.ended).toEqual({ code: 0, signal: null });
  });

  it.each([
    ['SIGTERM', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
  ] as const)('by %s ends at once by a second signal, %s, though somebody keeps it waiting', async (first, second) => {
    const port = await start();
    const head = `POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ncode=`;
    const { said } = await talk(port, head);
    expect((await fetch(`${hub.issuer}/`)).status).toBe(200);
    hub.signal(first);
    await unreachable(port);
    hub.signal(second);
    expect(await hub.ended).toEqual({ code: null, signal: second });
    expect(await said).toBe('');
  });

  it('waits no longer than it says: who sends half a request for ever is cut off, and a store that hangs is left', async () => {
    let stuck = false;
    const between = (store: Store): Store => ({
      ...store,
      load: (ask) => (stuck ? new Promise(() => undefined) : store.load(ask)),
    });
    const t = await startTestHub({ store: 'memory', between, limits: { drainMs: 200 } });
    await addPublic(t, APP);
    const minted = await t.hub.operations.mint({ client: APP });
    await tokens(t, t.token(exchangeOf(APP, minted)));
    const half = await talk(t.hub.port, `POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\ncode=`);
    stuck = true;
    const hanging = t.token(exchangeOf(APP, minted)).catch(() => 'cut off');
    await vi.waitFor(async () => expect((await fetch(`${t.url}/`)).status).toBe(200));
    await t.close();
    expect(await half.said).toBe('');
    expect(await hanging).toBe('cut off');
    expect(t.faults).toEqual([]);
  });
});
