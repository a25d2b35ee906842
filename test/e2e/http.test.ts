/** The listener under hostile bytes: media types, sizes, methods, hosts, half-sent bodies, and strange client ids. */
// proves: A6, C24, C25
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { HOSTILE } from '../support/hostile.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { addPublic, atOnce, basic, exchangeForm, refused, tokens, verdictOf } from '../support/outside.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';

const APP = 'my_app_123';
const FORM = 'application/x-www-form-urlencoded';
let t: TestHub;

beforeAll(async () => {
  t = await startTestHub();
  await addPublic(t, APP);
});
afterAll(() => t.close());
afterEach(() => expect(t.faults.map(String)).toEqual([]));

const form = async (): Promise<string> =>
  new URLSearchParams(exchangeForm(APP, await t.hub.operations.mint({ client: APP }))).toString();
const status = async (...parts: Parameters<typeof rawRequest>): Promise<number> =>
  (await sendRaw(t.hub.port, rawRequest(...parts))).status;
/** The hub still does its work. */
const works = async (): Promise<void> => {
  await tokens(t, t.token(await form()));
};

describe('the body of a token request', () => {
  it('is a form: another media type is refused and explained', async () => {
    const body = await form();
    const wire = { status: 400, error: 'invalid_request' };
    for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', `${FORM}x`, '*/*']) {
      expect(await refused(t, t.token(body, { 'content-type': type })), type).toEqual({
        ...wire,
        why: 'media-type/other',
      });
    }
    const verdict = await verdictOf(t, t.token(body, { 'content-type': 'application/json' }));
    expect(JSON.stringify(verdict.checks)).toContain(`"expected":"${FORM}"`);
    await tokens(t, t.token(body, { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=UTF-8' }));
  });

  it('in JSON is refused by its media type, and its secrets are not kept', async () => {
    const minted = await t.hub.operations.mint({ client: APP });
    const json = JSON.stringify(exchangeForm(APP, minted));
    const verdict = await verdictOf(t, t.token(json, { 'content-type': 'application/json' }));
    expect(verdict.cause).toBe('other');
    expect(JSON.stringify(verdict)).not.toContain(minted.code.slice(-29));
  });

  it('may be 65,536 bytes long; one more is 413, announced, chunked or unannounced', async () => {
    const padded = (length: number): string => `${'x=&'.repeat(90)}y=`.padEnd(length, 'y');
    expect((await refused(t, t.token(padded(65_536)))).status).toBe(400);
    expect(await refused(t, t.token(padded(65_537)))).toEqual({
      status: 413,
      error: 'invalid_request',
      why: 'form-readable/too-large',
    });
    const chunked = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 40; i++) controller.enqueue(Buffer.alloc(4_096, 'z'));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': FORM }, body: chunked, duplex: 'half' } as const;
    expect((await fetch(`${t.url}/token`, init)).status).toBe(413);
    const announced = { 'content-type': FORM, 'content-length': '10000000' };
    expect(await status({ method: 'POST', target: '/token', headers: announced, body: 'x' })).toBe(413);
    const huge = await atOnce(10, () => t.token(padded(5_000_000)));
    expect(huge.map((answer) => answer.status)).toEqual(huge.map(() => 413));
    await works();
  });

  it('has each parameter once, sound escapes, UTF-8, and bounded numbers of everything', async () => {
    const body = await form();
    const bad: readonly [string, string | Uint8Array, string][] = [
      ['a second code', `${body}&code=x`, 'parameters-once/duplicate'],
      ['a second unknown one', `${body}&x=1&x=2`, 'parameters-once/duplicate'],
      ['a second __proto__', `${body}&__proto__=1&__proto__=2`, 'parameters-once/duplicate'],
      ['half an escape', `${body}&x=%4`, 'form-readable/escape'],
      ['no escape', `${body}&x=%u0041`, 'form-readable/escape'],
      ['a lone surrogate', `${body}&x=%ED%A0%80`, 'form-readable/utf8'],
      ['an overlong slash', `${body}&x=%C0%AF`, 'form-readable/utf8'],
      ['raw bytes', Buffer.concat([Buffer.from(`${body}&x=`), Buffer.from([0xff, 0xfe])]), 'form-readable/utf8'],
      ['101 parameters', `${body}${'&x'.repeat(101)}`, 'form-readable/too-large'],
      ['a long name', `${body}&${'n'.repeat(257)}=1`, 'form-readable/too-large'],
    ];
    for (const [name, sent, why] of bad) {
      const { body: answer } = await sendRaw(
        t.hub.port,
        rawRequest({ method: 'POST', target: '/token', headers: { 'content-type': FORM }, body: sent }),
      );
      const told = await refused(t, new Response(answer, { status: 400 }));
      expect(told, name).toEqual({ status: 400, error: 'invalid_request', why });
    }
    await tokens(t, t.token(body));
  });
});

describe('methods and addresses', () => {
  it('answer 405 with Allow, or 404', async () => {
    const allowed: readonly [string, string, string][] = [
      ['GET', '/token', 'POST'],
      ['HEAD', '/token', 'POST'],
      ['OPTIONS', '/token', 'POST'],
      ['DELETE', '/authorize', 'GET, POST'],
      ['POST', '/api/state', 'GET'],
      ['GET', '/api/accessories/lamp', 'PUT'],
      ['PUT', '/.well-known/oauth-authorization-server', 'GET'],
    ];
    for (const [method, path, allow] of allowed) {
      const answer = await fetch(t.url + path, { method });
      expect([answer.status, answer.headers.get('allow')], `${method} ${path}`).toEqual([405, allow]);
    }
    for (const path of [
      '/Token',
      '/token/',
      '//token',
      '/token/x',
      '/__proto__',
      '/constructor',
      '/r/a/b',
      '/..%2ftoken',
    ]) {
      expect(await status({ method: 'POST', target: path }), path).toBe(404);
    }
  });

  it('are read from the path only: an absolute target reaches nothing', async () => {
    expect(await status({ target: 'http://evil.example/' })).toBe(404);
    expect(await status({ target: '*', method: 'OPTIONS' })).toBe(404);
  });

  it('HEAD is GET without a body', async () => {
    const answer = await fetch(`${t.url}/`, { method: 'HEAD' });
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(1_000);
  });
});

describe('the Host', () => {
  it('must be one of ours: a rebound name is answered 421 and nothing else', async () => {
    const foreign = [
      'evil.example',
      'localhost.evil.example',
      'evil-localhost',
      '127.0.0.2',
      '[::1]',
      '2130706433',
      'localhost.',
    ];
    for (const host of [...foreign, 'localhost:1:2', 'localhost@evil.example', `evil.example:${t.hub.port}`]) {
      for (const target of ['/', '/token', '/api/state', '/nothing']) {
        const answer = await sendRaw(t.hub.port, rawRequest({ target, headers: { host } }));
        expect(answer.status, host).toBe(421);
        expect(answer.head.join()).not.toMatch(/set-cookie/i);
      }
    }
    for (const host of [
      'localhost',
      `127.0.0.1:${t.hub.port}`,
      'hub.home.local',
      'HUB.Home.Local',
      'counterfoil.local:80',
    ]) {
      expect(await status({ headers: { host } }), host).toBe(200);
    }
  });

  it('must be there', async () => {
    const none = await sendRaw(t.hub.port, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n');
    expect(none.status).toBe(400);
    const old = await sendRaw(t.hub.port, 'GET / HTTP/1.0\r\n\r\n');
    expect(old.status).toBe(421);
  });

  it('names no other: the redirect and the metadata speak of the issuer, whatever the Host', async () => {
    const { body } = await sendRaw(
      t.hub.port,
      rawRequest({ target: '/.well-known/oauth-authorization-server', headers: { host: 'hub.home.local' } }),
    );
    expect(body).toContain(`"issuer":"${t.hub.issuer}"`);
    expect(body).not.toContain('hub.home.local');
  });
});

describe('the listener', () => {
  it('listens on no other address than loopback, and says why and what to do', async () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.com', '']) {
      const opened = openMemory({});
      const starting = startHub({ ...opened, keys: deriveKeys(Buffer.alloc(32)), data: 'x', port: 0, host });
      await expect(starting, host).rejects.toThrow(
        /expected 127\.0\.0\.1, because .* unencrypted; until the hub speaks TLS/,
      );
      await opened.store.close();
    }
  });

  it('says when its port is taken', async () => {
    const opened = openMemory({});
    const starting = startHub({ ...opened, keys: deriveKeys(Buffer.alloc(32)), data: 'x', port: t.hub.port });
    await expect(starting).rejects.toThrow(/port \d+ is taken.*--port/);
    await opened.store.close();
  });

  it('refuses smuggling and half-broken requests, and goes on', async () => {
    const both = { 'content-type': FORM, 'transfer-encoding': 'chunked', 'content-length': '3' };
    expect(await status({ method: 'POST', target: '/token', headers: both, body: '0\r\n\r\n' })).toBe(400);
    expect((await sendRaw(t.hub.port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX: \0\r\n\r\n')).status).toBe(400);
    expect((await sendRaw(t.hub.port, 'GARBAGE\r\n\r\n')).status).toBe(400);
    expect(await status({ headers: { x: 'y'.repeat(20_000) } })).toBe(431);
    expect(await status({ target: `/${'a'.repeat(20_000)}` })).toBe(431);
    await works();
  });

  it('is not hurt by clients that send half a body and go, or never send the rest', async () => {
    const head = `POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\nContent-Length: 100\r\n\r\ncode=`;
    const open = (): Promise<Socket> =>
      new Promise((resolve) => {
        const socket = connect(t.hub.port, '127.0.0.1', () => socket.write(head, () => resolve(socket)));
        socket.on('error', () => undefined);
      });
    const leaving = await atOnce(50, open);
    const staying = await atOnce(100, open);
    await works();
    for (const socket of leaving) socket.resetAndDestroy();
    await pause(50);
    await works();
    for (const socket of staying) socket.destroy();
    await pause(50);
    await works();
  });

  it('is not hurt by answers that nobody reads', async () => {
    const request = Buffer.from(rawRequest({ target: '/', headers: { connection: 'keep-alive' } }));
    const socket = connect(t.hub.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    for (let i = 0; i < 500; i++) socket.write(request);
    await works();
    socket.resetAndDestroy();
    await pause(50);
    await works();
  });
});

describe('hostile values', () => {
  const IDS = [
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(10_000),
    '\u0000',
    '../../etc',
    "' OR 1=1 --",
    ...HOSTILE,
  ];

  it('as client_id are unknown clients at /token, in the form and in the header', async () => {
    for (const id of IDS) {
      const sent = id.toWellFormed();
      const answer = await t.token({ grant_type: 'authorization_code', code: 'x', client_id: sent });
      // The snapshot keeps what came, byte for byte, for replaying; what is shown of it is safe.
      const { snapshot: _, ...parts } = await verdictOf(t, answer);
      expect(await refused(t, answer), sent.slice(0, 40)).toMatchObject({ status: 401, why: 'client-known/unknown' });
      expect(JSON.stringify(parts)).not.toMatch(/\p{Cc}|\p{Cf}/u);
      const header = await t.token({ grant_type: 'authorization_code', code: 'x' }, basic(sent.slice(0, 2_000), 's'));
      expect(await refused(t, header)).toMatchObject({ status: 401, why: 'client-known/unknown' });
    }
  });

  it('as client_id, redirect_uri, scope, state or anything at /authorize give a page without them', async () => {
    const names = ['client_id', 'redirect_uri', 'scope', 'state', 'response_type', 'code_challenge', 'pairing_id'];
    for (const id of IDS) {
      const query = new URLSearchParams(names.map((name) => [name, id.toWellFormed().slice(0, 1_000)]));
      const answer = await fetch(`${t.url}/authorize?${query}`, { redirect: 'manual' });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('location')).toBeNull();
      expect(await answer.text()).not.toContain(id.slice(0, 20));
    }
  });

  it('as code, refresh token, verifier, secret and API token are refused without a fault', async () => {
    for (const value of IDS) {
      const text = value.toWellFormed();
      const all = { client_id: APP, redirect_uri: text, code_verifier: text, scope: text, [text.slice(0, 200)]: text };
      expect((await t.token({ ...all, grant_type: 'authorization_code', code: text })).status).toBeGreaterThanOrEqual(
        400,
      );
      expect((await t.token({ ...all, grant_type: 'refresh_token', refresh_token: text })).status).toBe(400);
      expect((await t.token({ ...all, grant_type: text, client_secret: text })).status).toBeGreaterThanOrEqual(400);
      const token = encodeURIComponent(text).slice(0, 8_000);
      const headers = { authorization: `Bearer ${token}`, dpop: token };
      expect((await fetch(`${t.url}/api/state`, { headers })).status).toBe(401);
    }
  });
});

describe('the source of a request', () => {
  it.each([
    [true, '192.0.2.1'],
    [false, '127.0.0.1'],
  ])('behind a proxy that is trusted (%s) is %s', async (trustProxy, source) => {
    const { store, registry } = openMemory();
    const options = { store, registry, keys: deriveKeys(Buffer.alloc(32, 9)), data: 'test', port: 0 };
    const hub = await startHub({ ...options, ...(trustProxy && { trustProxy }) });
    const headers = { 'x-forwarded-for': '203.0.113.9, 192.0.2.1' };
    await fetch(`http://127.0.0.1:${hub.port}/token`, { method: 'POST', headers, body: 'x=1' });
    expect((await store.find('verdicts', {})).map((verdict) => verdict.source)).toEqual([source]);
    await hub.close();
  });
});
