/**
 * No secret ever lands in the database file, its write-ahead log, or anything the hub prints: not on the way of a
 * sound journey, and not by the mistakes that put a secret where none belongs.
 */
// proves: C5, C24
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { proofKey, signProof } from '../support/dpop.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { exchangeForm, otherVerifier, refreshForm, type Tokens } from '../support/outside.ts';
import { signIn, type Visitor, visitor } from '../support/visitor.ts';

const APP = 'my_app_123';
const PASSWORD = 'three-random-words';
const REDIRECT = 'com.myapp:/callback';
const FORM = 'application/x-www-form-urlencoded';
let hub: HubProcess;
/** By name, so that a failure says what leaked without saying it. */
const secrets = new Map<string, string>([['password', PASSWORD]]);

beforeAll(async () => {
  hub = await startHubProcess();
  const app = ['--redirect-uri', REDIRECT, '--scope', 'lamp:read', '--scope', 'lamp:write'];
  hub.cli(['app', 'add', APP, '--public', ...app]);
  const { secret } = hub.cli<{ secret: string }>(['app', 'add', 'server_app', '--confidential', ...app]);
  secrets.set('client secret', secret);
  hub.cli(['user', 'add', 'ada', '--password-stdin'], `${PASSWORD}\n`);
});
afterAll(async () => {
  await hub?.stop();
  hub?.remove();
});

function post(body: string | Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === 'string' ? body : new URLSearchParams(body).toString();
  return fetch(`${hub.issuer}/token`, { method: 'POST', headers: { 'content-type': FORM, ...headers }, body: text });
}

function mint(name: string, client = APP): Minted {
  const minted = hub.cli<Minted>(['mint', '--client', client]);
  secrets.set(`${name}: code`, bare(minted.code)).set(`${name}: verifier`, minted.verifier ?? '');
  return minted;
}

async function took(name: string, answer: Promise<Response>): Promise<Tokens> {
  const issued = (await (await answer).json()) as Tokens;
  expect(issued.access_token, name).toBeTypeOf('string');
  secrets.set(`${name}: access token`, bare(issued.access_token));
  secrets.set(`${name}: refresh token`, bare(issued.refresh_token));
  return issued;
}

/** Without its label: what is left is the secret. */
const bare = (text: string): string => text.slice(-29);

/** Everything found anywhere, as `<secret> in <place>`. */
function leaks(): string[] {
  const places = new Map<string, Buffer>([...hub.files(), ['printed', Buffer.from(hub.printed())]]);
  return [...places].flatMap(([place, bytes]) =>
    [...secrets].filter(([, secret]) => secret !== '' && bytes.includes(secret)).map(([name]) => `${name} in ${place}`),
  );
}

describe('what the hub keeps and prints', () => {
  it('would show a secret that is there', () => {
    secrets.set('probe', APP);
    expect(leaks()).toContainEqual(expect.stringMatching(/^probe in hub\.db/));
    secrets.delete('probe');
  });

  it('holds no secret of a whole journey through pages, exchange, refresh and API', async () => {
    const person: Visitor = visitor(hub.issuer);
    const verifier = otherVerifier();
    const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString('base64url');
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: APP,
      redirect_uri: REDIRECT,
      state: 'state-0123456789-abcdefghij',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    });
    const login = await person.get(`/authorize?${query}`);
    await person.submit(login, '/login', { name: 'ada', password: `${PASSWORD}!` });
    await person.submit(login, '/login', { name: PASSWORD, password: 'ada' });
    const consent = await signIn(person, login, 'ada', PASSWORD);
    const { location = '' } = await person.submit(consent, '/authorize', { decision: 'allow' });
    const code = new URL(location).searchParams.get('code') ?? '';
    secrets.set('journey: code', bare(code)).set('journey: verifier', verifier);
    secrets.set('state', 'state-0123456789-abcdefghij');
    for (const [name, value] of person.cookies) secrets.set(`cookie ${name}`, value);

    const form = { grant_type: 'authorization_code', code, client_id: APP, redirect_uri: REDIRECT };
    await post({ ...form, code_verifier: otherVerifier() });
    const first = await took('journey', post({ ...form, code_verifier: verifier }));
    await post({ ...form, code_verifier: verifier });
    const next = await took('refreshed', post(refreshForm(APP, first.refresh_token)));
    const headers = { authorization: `Bearer ${next.access_token}` };
    expect((await fetch(`${hub.issuer}/api/state`, { headers })).status).toBe(200);
    const put = { method: 'PUT', headers, body: '{"on":true}' };
    expect((await fetch(`${hub.issuer}/api/accessories/lamp`, put)).status).toBe(200);
    expect(leaks()).toEqual([]);
  });

  it('holds no secret of a confidential app, right or wrong, in header or form', async () => {
    const secret = secrets.get('client secret') ?? '';
    const basic = (id: string, password: string) => ({
      authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`,
    });
    const form = exchangeForm('server_app', mint('server', 'server_app'));
    await post({ ...form, client_secret: secret });
    await post(form, basic('server_app', `${secret}x`));
    const issued = await took('server', post(form, basic('server_app', secret)));
    await post({ ...refreshForm('server_app', issued.refresh_token), client_secret: 'x' });
    expect(leaks()).toEqual([]);
  });

  it('holds no secret that came in the wrong place', async () => {
    const minted = mint('misplaced');
    const form = exchangeForm(APP, minted);
    const { access_token: token, refresh_token: refresh } = await took('other', post(exchangeForm(APP, mint('other'))));
    const secret = secrets.get('client secret') ?? '';
    const json = { 'content-type': 'application/json' };
    const text = { 'content-type': 'text/plain' };
    await post(JSON.stringify(form), json);
    await post(JSON.stringify(form));
    await post(
      Object.entries(form)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n'),
      text,
    );
    await post({ ...form, redirect_uri: `${REDIRECT}?code=${minted.code}&state=x` });
    await post({ ...form, redirect_uri: `${REDIRECT}?code=${encodeURIComponent(minted.code)}` });
    await post(new URLSearchParams(form).toString().replaceAll('&', ';'));
    await post(new URLSearchParams(form).toString().replaceAll('&', '\n'));
    await post(minted.code);
    await post(bare(minted.code));
    await post(refresh);
    await post(`${refresh}=`);
    await post({ ...form, grant_type: minted.code });
    await post({ ...form, scope: token });
    await post({ ...form, client_id: secret, client_secret: 'server_app' });
    await post(form, { authorization: `Basic ${Buffer.from(`${secret}:server_app`).toString('base64')}` });
    await post({ ...form, client_id: minted.code, code: APP });
    await post({ ...form, client_id: refresh });
    await post({ ...form, [minted.code]: 'x', [refresh]: 'x', [token]: 'x' });
    await post(`${new URLSearchParams(form)}&${refresh}&${refresh}`);
    await fetch(`${hub.issuer}/token?${new URLSearchParams(form)}`, { method: 'POST' });
    await fetch(`${hub.issuer}/api/state?access_token=${token}`);
    await fetch(`${hub.issuer}/api/state`, { headers: { authorization: token } });
    await fetch(`${hub.issuer}/r/${token}`);
    const key = await proofKey('ES256');
    const proof = (query: string) => signProof(key, { htm: 'POST', htu: `${hub.issuer}/token?${query}`, iat: 0 });
    await post(form, { dpop: await proof(`access_token=${token}`) });
    await post(form, { dpop: await proof(`x=${refresh}`) });
    await fetch(`${hub.issuer}/${token}`, { method: 'POST' });
    for (const name of ['client_id', 'redirect_uri', 'scope', 'response_type', 'pairing_id', 'code', 'state']) {
      await fetch(
        `${hub.issuer}/authorize?${new URLSearchParams({ client_id: APP, redirect_uri: REDIRECT, [name]: token })}`,
        {
          redirect: 'manual',
        },
      );
    }
    expect(leaks()).toEqual([]);
  });

  it('holds none when the hub has stopped, and the master key is in its own file only', async () => {
    await hub.stop();
    expect(leaks()).toEqual([]);
    const key = hub.files().get('hub.db.key')?.toString('utf8').trim() ?? '';
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    for (const [name, bytes] of hub.files()) {
      if (name === 'hub.db.key') continue;
      expect(bytes.includes(key)).toBe(false);
      expect(bytes.includes(Buffer.from(key, 'hex'))).toBe(false);
    }
  });

  it('printed no fault', () => {
    expect(hub.printed()).not.toMatch(/fault at|Error:|at .*\.ts:\d/);
  });
});
