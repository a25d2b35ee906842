/** Behind a proxy that speaks TLS: one issuer that is not the hub's own port. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hub, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';

const ISSUER = 'https://hub.example';
let hub: Hub;
let close: () => Promise<void>;

beforeAll(async () => {
  const opened = openMemory();
  hub = await startHub({ ...opened, keys: deriveKeys(Buffer.alloc(32, 7)), data: 'test', port: 0, issuer: ISSUER });
  close = async () => {
    await hub.close();
    await opened.store.close();
  };
});
afterAll(() => close());

/** A request as the proxy hands it on. */
const asked = (target: string, host = 'hub.example', headers: Record<string, string> = {}) =>
  sendRaw(hub.port, rawRequest({ target, headers: { host, ...headers } }));

describe('a hub with an https issuer', () => {
  it('says so in its metadata, and answers to that host name, and to no other one', async () => {
    const path = '/.well-known/oauth-authorization-server';
    for (const host of ['hub.example', 'HUB.example:443', 'localhost']) {
      const { status, body } = await asked(path, host);
      expect(status).toBe(200);
      expect(JSON.parse(body)).toMatchObject({ issuer: ISSUER, token_endpoint: `${ISSUER}/token` });
    }
    expect((await asked(path, 'evil.example')).status).toBe(421);
    expect((await asked(path, 'x.hub.example')).status).toBe(421);
  });

  it('gives cookies that browsers send over TLS only, and to this host only', async () => {
    const { path } = await hub.sessions.issueLink('owner');
    const [login, signedIn] = [await asked('/login'), await asked(path)];
    const cookies = [...login.head, ...signedIn.head].filter((line) => /^set-cookie:/i.test(line));
    expect(cookies).toHaveLength(2);
    for (const cookie of cookies)
      expect(cookie).toMatch(/: __Host-counterfoil_(visit|session)=.*; Path=\/;.*; Secure$/);
    const [, session = ''] = /(__Host-counterfoil_session=[^;]+)/.exec(cookies[1] ?? '') ?? [];
    expect((await asked('/', 'hub.example', { cookie: session })).body).toContain('Signed in as');
    const plain = session.replace('__Host-', '');
    expect((await asked('/', 'hub.example', { cookie: plain })).body).not.toContain('Signed in as');
  });

  it('links from a refusal to itself, where people reach it', async () => {
    const { body } = await sendRaw(
      hub.port,
      rawRequest({
        method: 'POST',
        target: '/token',
        headers: { host: 'hub.example', 'content-type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=authorization_code&code=x&client_id=y&redirect_uri=z',
      }),
    );
    expect((JSON.parse(body) as { error_uri: string }).error_uri).toMatch(/^https:\/\/hub\.example\/r\//);
  });

  it('does not start with an issuer that would send tokens in the clear', async () => {
    const starting = startHub({
      ...openMemory(),
      keys: deriveKeys(Buffer.alloc(32)),
      data: 'x',
      port: 0,
      issuer: 'http://hub.example',
    });
    await expect(starting).rejects.toThrow(/plain http only on this machine/);
  });
});
