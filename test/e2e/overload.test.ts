/**
 * More than the hub can do: bounded places with 503 and Retry-After, the pace of one grant, and floods of strangers that
 * cost little and lock nobody out. Rates and waiting times are `test/soak/overload.soak.ts`.
 */
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { heldClock, startTestHub, type TestHub, type TestHubOptions } from '../support/hub.ts';
import { addPublic, atOnce, exchangeForm, otherVerifier, refreshForm, refused, tokens } from '../support/outside.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';

const APP = 'my_app_123';
const FORM = 'application/x-www-form-urlencoded';
let t: TestHub;

async function start(options: TestHubOptions = {}): Promise<void> {
  t = await startTestHub(options);
  await addPublic(t, APP);
}
afterEach(async () => {
  await t.close();
  expect(t.faults.map(String)).toEqual([]);
});

/** A store whose reads wait for as long as the gate is shut. */
function gate(): { readonly between: (store: Store) => Store; shut(): void; open(): void } {
  let opened = Promise.resolve();
  let open = (): void => undefined;
  return {
    between: (store) => ({ ...store, load: (ask) => opened.then(() => store.load(ask)) }),
    shut: () => {
      opened = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => open(),
  };
}

describe('requests beyond the places', () => {
  it('are answered 503 with Retry-After at once, while those in flight wait; nothing of theirs is used up', async () => {
    const held = gate();
    const logged: string[] = [];
    await start({
      store: 'memory',
      between: held.between,
      limits: { inFlightMax: 8 },
      log: (line) => logged.push(line),
    });
    const minted = await atOnce(60, () => t.hub.operations.mint({ client: APP }));
    held.shut();
    let busy = 0;
    const answers = minted.map(async (one) => {
      const answer = await t.token(exchangeForm(APP, one));
      if (answer.status === 503 && ++busy === 52) held.open();
      return { one, answer };
    });
    // Only when all others have been turned away do the eight get what they wait for.
    const all = await Promise.all(answers);
    expect(all.filter(({ answer }) => answer.status === 200)).toHaveLength(8);
    const away = all.filter(({ answer }) => answer.status !== 200);
    for (const { answer } of away) {
      expect(answer.status).toBe(503);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'retry-after': '1',
        'content-type': 'application/json',
        'cache-control': 'no-store',
      });
      expect(await answer.text()).toBe('{"error":"temporarily_unavailable"}');
    }
    for (const { one } of away) await tokens(t, t.token(exchangeForm(APP, one)));
    expect(logged).toEqual([expect.stringMatching(/^overload: a request turned away with 503/)]);
  });

  it('are turned away before their bodies are read, and on a connection that stays good', async () => {
    const held = gate();
    await start({ store: 'memory', between: held.between, limits: { inFlightMax: 1 } });
    const [first, second] = await atOnce(2, () => t.hub.operations.mint({ client: APP }));
    if (!first || !second) throw new Error('two codes were minted');
    held.shut();
    const waiting = t.token(exchangeForm(APP, first));
    const away = async (): Promise<number> => (await fetch(`${t.url}/`)).status;
    while ((await away()) !== 503);
    const form = new URLSearchParams(exchangeForm(APP, second)).toString();
    const headers = { 'content-type': FORM, connection: 'keep-alive' };
    const [socket, next] = await talker(t.hub.port);
    const bytes = Buffer.from(rawRequest({ method: 'POST', target: '/token', headers, body: form })).toString();
    socket.write(bytes.slice(0, bytes.indexOf('\r\n\r\n') + 4));
    expect(await next()).toMatch(/^HTTP\/1\.1 503 /);
    socket.write(form);
    held.open();
    expect((await waiting).status).toBe(200);
    socket.write(bytes);
    expect(await next()).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });

  it('are none of those who send slowly: half a request holds no place', async () => {
    await start({ limits: { inFlightMax: 2 } });
    const head = `POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ncode=`;
    const slow = await atOnce(50, async () => {
      const [socket] = await talker(t.hub.port);
      await new Promise((resolve) => socket.write(head, resolve));
      return socket;
    });
    await tokens(t, t.token(exchangeForm(APP, await t.hub.operations.mint({ client: APP }))));
    for (const socket of slow) socket.destroy();
  });

  it('hold no place for ever by hanging up while they wait', async () => {
    const held = gate();
    await start({ store: 'memory', between: held.between, limits: { inFlightMax: 4 } });
    const request = rawRequest({ method: 'POST', target: '/token', headers: { 'content-type': FORM }, body: 'code=x' });
    for (let round = 0; round < 3; round++) {
      held.shut();
      const sockets = await atOnce(4, async () => (await talker(t.hub.port))[0]);
      for (const socket of sockets) socket.write(request);
      while ((await fetch(`${t.url}/`)).status !== 503);
      for (const socket of sockets) socket.resetAndDestroy();
      held.open();
      while ((await fetch(`${t.url}/`)).status !== 200);
    }
  });
});

describe('a grant that is refreshed without pause', () => {
  const clock = heldClock();

  it('is told 429 and when to come back; nothing is lost, one row counts, and no other grant is hurt', async () => {
    await start({ clock: clock.now, limits: { refreshBurst: 5, refreshEveryMs: 10_000 } });
    const family = async () => tokens(t, t.token(exchangeForm(APP, await t.hub.operations.mint({ client: APP }))));
    let { refresh_token: token } = await family();
    const other = await family();
    const refresh = () => t.token(refreshForm(APP, token));
    for (let i = 0; i < 5; i++) token = (await tokens(t, refresh())).refresh_token;
    const before = (await t.hub.operations.codes({ limit: 1_000 })).length;
    for (let i = 0; i < 20; i++) {
      const answer = await refresh();
      expect(answer.headers.get('retry-after')).toBe('10');
      expect(await refused(t, answer)).toEqual({ status: 429, error: 'slow_down', why: 'refresh-pace/too-often' });
    }
    expect((await t.hub.operations.codes({ limit: 1_000 })).length).toBe(before);
    expect((await t.hub.operations.verdicts({ cause: 'too-often' })).map((row) => row.times)).toEqual([20]);
    await tokens(t, t.token(refreshForm(APP, other.refresh_token)));
    clock.move(10_000);
    const { refresh_token: next } = await tokens(t, refresh());
    expect(next).not.toBe(token);
    expect((await t.token(refreshForm(APP, next))).status).toBe(429);
  });

  it('is told so only if it would be served: with a wrong client it hears what everybody hears', async () => {
    await start({ clock: clock.now, limits: { refreshBurst: 1, refreshEveryMs: 10_000 } });
    await addPublic(t, 'other_app');
    const first = await tokens(t, t.token(exchangeForm(APP, await t.hub.operations.mint({ client: APP }))));
    const { refresh_token: token } = await tokens(t, t.token(refreshForm(APP, first.refresh_token)));
    expect(await refused(t, t.token(refreshForm('other_app', token)))).toEqual({
      status: 400,
      error: 'invalid_grant',
      why: 'code-client/other-app',
    });
    expect((await t.token(refreshForm(APP, token))).status).toBe(429);
  });

  it('grows the ledger by no more than its pace, repeats within the grace included', async () => {
    await start({ clock: clock.now, limits: { refreshBurst: 10, refreshEveryMs: 10_000 } });
    const minted = await t.hub.operations.mint({ client: APP });
    const { refresh_token: token } = await tokens(t, t.token(exchangeForm(APP, minted)));
    const answers = await atOnce(200, () => t.token(refreshForm(APP, token)));
    const statuses = answers.map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(10);
    // The code, its two tokens, ten access tokens and one successor at most.
    expect((await t.hub.operations.codes({ grant: minted.grant, limit: 1_000 })).length).toBeLessThanOrEqual(14);
  });
});

describe("strangers' guesses", () => {
  it('cost one write for many, and the rightful app at the same address always gets through', async () => {
    let writes = 0;
    const between = (store: Store): Store => ({
      ...store,
      refuse: (refusal) => {
        writes += 1;
        return store.refuse(refusal);
      },
    });
    await start({ between, limits: { failureBurst: 10 } });
    const form = exchangeForm(APP, await t.hub.operations.mint({ client: APP }));
    const guess = (i: number) => `hap5.1-authcode:${String(i).padStart(29, '0')}`;
    const rightful = await atOnce(20, async () => exchangeForm(APP, await t.hub.operations.mint({ client: APP })));
    const flood = atOnce(400, (i) => t.token({ ...form, code: guess(i), code_verifier: otherVerifier() }));
    const served = await Promise.all(rightful.map((one) => t.token(one)));
    expect(served.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    const answers = await flood;
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([400]));
    const rows = await t.hub.operations.verdicts({ cause: 'unknown', limit: 100 });
    expect(rows.reduce((sum, row) => sum + row.times, 0)).toBe(400);
    expect(rows.length).toBeLessThanOrEqual(2);
    expect(writes).toBeLessThan(200);
  });

  it('hear the same bytes as ever, whether one by one or in a flood', async () => {
    await start();
    const form = exchangeForm(APP, await t.hub.operations.mint({ client: APP }));
    const spent = exchangeForm(APP, await t.hub.operations.mint({ client: APP }));
    await tokens(t, t.token(spent));
    const post = (fields: Readonly<Record<string, string>>): Promise<string> =>
      sendRaw(
        t.hub.port,
        rawRequest({
          method: 'POST',
          target: '/token',
          headers: { 'content-type': FORM },
          body: new URLSearchParams(fields).toString(),
        }),
      ).then(({ head, body }) =>
        [...head.filter((line) => !line.startsWith('Date:')), body.replace(/\/r\/[0-9A-Z]{26}/, '/r/…')].join('\n'),
      );
    const guess = { ...form, code: `hap5.1-authcode:${'0'.repeat(29)}` };
    const alone = await post(guess);
    const flood = await atOnce(150, (i) => post(i % 3 === 0 ? spent : guess));
    expect(new Set(flood)).toEqual(new Set([alone]));
    expect(alone).toContain('"error":"invalid_grant"');
  });
});

/** A connection, and what comes over it, one answer with a body of known length after the other. */
function talker(port: number): Promise<[Socket, () => Promise<string>]> {
  return new Promise((resolve, reject) => {
    let text = '';
    let told = (): void => undefined;
    const socket = connect(port, '127.0.0.1', () => resolve([socket, next]));
    const next = async (): Promise<string> => {
      for (;;) {
        const length = Number(/\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1] ?? Number.NaN);
        const end = text.indexOf('\r\n\r\n') + 4 + length;
        if (text.length >= end) {
          const answer = text.slice(0, end);
          text = text.slice(end);
          return answer;
        }
        if (socket.destroyed) throw new Error(`expected an answer, got ${JSON.stringify(text)}`);
        await new Promise<void>((more) => {
          told = more;
        });
      }
    };
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      told();
    });
    socket.on('close', () => told());
    socket.on('error', (error) => reject(error));
  });
}
