/** Secure unless told: what is not secure needs a switch per application, and each use of a switch is logged. */
// proves: C24, C4, X2, X3, A10, A14, A18
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hub, startHub } from '../../src/server/hub.ts';
import { deriveKeys } from '../../src/server/keys.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import { REDIRECT_URI } from '../support/outside.ts';

const APP = 'old_app';
const log: string[] = [];
const opened = openMemory({});
let hub: Hub;
let url: string;

beforeAll(async () => {
  hub = await startHub({
    ...opened,
    keys: deriveKeys(randomBytes(32)),
    data: 'test',
    port: 0,
    log: (line) => log.push(line),
  });
  url = `http://127.0.0.1:${hub.port}`;
});
afterAll(async () => {
  await hub.close();
  await opened.store.close();
});

const add = (id: string, input = {}) =>
  hub.operations.addApp(id, { redirectUris: [REDIRECT_URI], scopes: ['lamp:read'], ...input });

async function errorAt(extra: Record<string, string>): Promise<string | null> {
  const query = new URLSearchParams({ response_type: 'code', client_id: APP, redirect_uri: REDIRECT_URI, ...extra });
  const answer = await fetch(`${url}/authorize?${query}`, { redirect: 'manual' });
  const location = answer.headers.get('location');
  return location === null ? null : new URL(location).searchParams.get('error');
}

async function exchange(code: string): Promise<number> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    client_id: APP,
    redirect_uri: REDIRECT_URI,
  });
  return (await fetch(`${url}/token`, { method: 'POST', body })).status;
}

describe('PKCE', () => {
  it('is required of a public app until its switch is thrown, which is logged, and again afterwards', async () => {
    await add(APP);
    expect(await errorAt({})).toBe('invalid_request');
    expect(log).toEqual([]);
    await hub.operations.editApp(APP, { withoutPkce: true });
    expect(log).toEqual([expect.stringMatching(/security switch.*old_app.*without PKCE/)]);
    expect(await errorAt({})).toBeNull();
    expect(await exchange((await hub.operations.mint({ client: APP })).code)).toBe(200);

    const late = await hub.operations.mint({ client: APP });
    await hub.operations.editApp(APP, { withoutPkce: false });
    expect(await exchange(late.code)).toBe(400);
    expect(await errorAt({})).toBe('invalid_request');
  });

  it('is S256 and never plain, switch or no switch', async () => {
    const challenge = randomBytes(32).toString('base64url');
    for (const withoutPkce of [true, false]) {
      await hub.operations.editApp(APP, { withoutPkce });
      expect(await errorAt({ code_challenge: challenge, code_challenge_method: 'plain' })).toBe('invalid_request');
      expect(await errorAt({ code_challenge: challenge })).toBe('invalid_request');
      expect(await errorAt({ code_challenge: challenge, code_challenge_method: 'S256' })).toBeNull();
    }
  });
});

describe('16-character codes', () => {
  it('need their switch, which is logged, and a key or PKCE beside it', async () => {
    await expect(hub.operations.mint({ client: APP, short: true })).rejects.toThrow('--short-codes');
    const before = log.length;
    await hub.operations.editApp(APP, { shortCodes: true });
    expect(log.slice(before)).toEqual([expect.stringMatching(/security switch.*old_app.*16-character/)]);
    expect((await hub.operations.mint({ client: APP, short: true })).code).toMatch(/:[0-9A-Za-z]{16}$/);
    await hub.operations.editApp(APP, { withoutPkce: true });
    await expect(hub.operations.mint({ client: APP, short: true })).rejects.toThrow(
      'bound to a key or a PKCE challenge',
    );
  });
});

describe('codes', () => {
  it('are random in every character: no two alike, and no place with a habit', async () => {
    await hub.operations.editApp(APP, { withoutPkce: false });
    const bodies = await Promise.all(
      Array.from({ length: 2_000 }, async () => (await hub.operations.mint({ client: APP })).code.slice(-27)),
    );
    expect(new Set(bodies).size).toBe(2_000);
    for (let place = 0; place < 27; place++) {
      const counts = new Map<string, number>();
      for (const body of bodies) counts.set(body[place] ?? '', (counts.get(body[place] ?? '') ?? 0) + 1);
      // 2,000 draws of 62 give 32 each, give or take 5.6; nine times that does not happen by chance.
      expect(counts.size, `place ${place}`).toBe(62);
      expect(Math.max(...counts.values()), `place ${place}`).toBeLessThan(83);
    }
  });
});

describe('what may be registered', () => {
  it('is no redirect URI that could lead elsewhere', async () => {
    const bad = [
      'http://app.example/cb',
      'javascript:alert(1)',
      'data:text/html,x',
      'myapp:/callback',
      'com.myapp:/callback#x',
      'https://app.example/*\u0000',
      'https:app.example',
      'HTTPS://app.example/cb',
      '/callback',
      'com.myapp:/call back',
      'https://app.example/?code=1',
      'http://127.0.0.1.evil.example/cb',
      'http://localhost@evil.example/cb',
      '',
    ];
    for (const uri of bad) await expect(add('bad_app', { redirectUris: [uri] }), uri).rejects.toThrow(/redirect URI/);
    await expect(add('bad_app', { redirectUris: [] })).rejects.toThrow('at least one');
    for (const uri of ['com.myapp:/callback', 'https://app.example/cb', 'http://127.0.0.1/cb', 'http://[::1]:1/cb']) {
      await hub.operations.editApp(APP, { redirectUris: [uri] });
    }
  });

  it('is no public app with a secret, and no confidential app without one', async () => {
    await expect(add('x', { type: 'public', authMethod: 'client_secret_post' })).rejects.toThrow('has no secret');
    await expect(add('x', { type: 'confidential', authMethod: 'none' })).rejects.toThrow('must authenticate');
    await expect(hub.operations.editApp(APP, { rotateSecret: true })).rejects.toThrow('public');
    const { app, secret } = await add('sound', { type: 'confidential' });
    expect(app).toMatchObject({ authMethod: 'client_secret_basic', hasSecret: true });
    expect(secret).toMatch(/^cfs_[\w-]{43}$/);
    expect(JSON.stringify(await hub.operations.showApp('sound'))).not.toMatch(/secretHash|cfs_/);
  });
});
