/**
 * For one wire error the client gets the same bytes whatever the cause: status, header fields and body, apart from the
 * date and the opaque reference. Otherwise a stranger could tell a used code from an unknown one.
 */
// proves: A24, A25, A26, A27, C24
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addConfidential,
  addPublic,
  basic,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  otherVerifier,
  refreshForm,
  type Tokens,
  tokens,
  verdictAt,
} from '../support/outside.ts';
import { type RawRequest, rawRequest, sendRaw } from '../support/raw-http.ts';

const clock = heldClock();
const APP = 'my_app_123';
const FORM = 'application/x-www-form-urlencoded';
const UNKNOWN = 'hap5.1-authcode:00000000000000000000000000000';
type Fields = Readonly<Record<string, string>>;
let t: TestHub;
let key: ProofKey;
let app: KeyedClient;
let thief: KeyedClient;
let secret: string;

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  await addPublic(t, 'other_app');
  secret = await addConfidential(t, 'server_app');
  key = await proofKey('ES256');
  app = keyedClient(t, key, clock.now, 'P1');
  thief = keyedClient(t, await proofKey('ES256'), clock.now, 'P1');
});
afterAll(() => t.close());

/** An answer's bytes, the date and the reference blanked out; and the cause behind the reference. */
interface Heard {
  readonly bytes: string;
  readonly why: string;
}

async function hear(request: RawRequest): Promise<Heard> {
  const { head, body } = await sendRaw(t.hub.port, rawRequest(request));
  const text = [...head, '', body].join('\n');
  const uri = /http:\/\/localhost:\d+\/r\/([0-9A-Z]{10})/.exec(text)?.[0] ?? '';
  const { decisive, cause } = await verdictAt(t, uri);
  const bytes = text.replace(/^date: .*$/im, 'date').replaceAll(/\/r\/[0-9A-Z]{10}/g, '/r/REFERENCE');
  return { bytes, why: `${decisive?.replace('oauth.', '')}/${cause}` };
}

const post = (form: Fields | string | Uint8Array, headers: Fields = {}): Promise<Heard> => {
  const body = typeof form === 'string' || form instanceof Uint8Array ? form : new URLSearchParams(form).toString();
  return hear({ method: 'POST', target: '/token', headers: { 'content-type': FORM, ...headers }, body });
};
const get = (headers: Fields): Promise<Heard> => hear({ target: '/api/state', headers });

/** All heard the same, and for as many causes as there are names. */
function expectOneAnswer(heard: readonly Heard[], causes: readonly string[]): void {
  expect([...new Set(heard.map((one) => one.why))].sort()).toEqual([...causes].sort());
  expect([...new Set(heard.map((one) => one.bytes))]).toEqual([heard[0]?.bytes]);
}

const mint = (): Promise<Minted> => t.hub.operations.mint({ client: APP });
const spoil = async (change: Fields): Promise<Fields> => ({ ...exchangeForm(APP, await mint()), ...change });
const drop = (form: Fields, name: string): Fields =>
  Object.fromEntries(Object.entries(form).filter(([n]) => n !== name));
async function issued(): Promise<Tokens & { readonly grant: string; readonly form: Fields }> {
  const minted = await mint();
  const form = exchangeForm(APP, minted);
  return { ...(await tokens(t, t.token(form))), grant: minted.grant, form };
}

describe('one wire error, one answer', () => {
  it('invalid_grant for a code is the same whatever the cause', async () => {
    const used = await issued();
    const raced = await post(used.form);
    const revoked = await mint();
    await t.hub.operations.revoke(revoked.id);
    const ended = await mint();
    await t.hub.operations.revoke(ended.grant);
    const updated = await mint();
    await t.hub.operations.upd(updated.id);
    const burned = await mint();
    for (let i = 0; i < 3; i++) await post({ ...exchangeForm(APP, burned), code_verifier: otherVerifier() });
    const bound = await t.hub.operations.mint({ client: APP, jkt: key.jkt });
    const heard = [
      raced,
      await post(await spoil({ code: UNKNOWN })),
      await post(await spoil({ code: 'x' })),
      await post(await spoil({ code: 'cfr_0' })),
      await post(await spoil({ code: 'hap5.1-authcode:é' })),
      await post(await spoil({ client_id: 'other_app' })),
      await post(await spoil({ redirect_uri: 'com.myapp:/Callback' })),
      await post(drop(await spoil({}), 'redirect_uri')),
      await post(await spoil({ code_verifier: otherVerifier() })),
      await post(await spoil({ code_verifier: 'short' })),
      await post(drop(await spoil({}), 'code_verifier')),
      await post(exchangeForm(APP, revoked)),
      await post(exchangeForm(APP, ended)),
      await post(exchangeForm(APP, updated)),
      await post(exchangeForm(APP, burned)),
      await post(exchangeForm(APP, bound)),
    ];
    const old = exchangeForm(APP, await mint());
    clock.move(300_001);
    heard.push(await post(old), await post({ ...used.form, code_verifier: otherVerifier() }), await post(used.form));
    expectOneAnswer(heard, [
      'code-unused/lost-race',
      'code-known/unknown',
      'code-wellformed/length',
      'code-wellformed/label',
      'code-wellformed/character',
      'code-client/other-app',
      'redirect-uri-exact/differs',
      'redirect-uri-exact/missing',
      'code-verifier/mismatch',
      'code-verifier/malformed',
      'code-verifier/missing',
      'code-standing/revoked',
      'code-standing/grant-ended',
      'code-standing/superseded',
      'code-standing/burned',
      'pairing-key/missing',
      'code-unexpired/expired',
      'code-unused/replay-unproven',
      'code-unused/replay',
    ]);
  });

  it('invalid_grant for a refresh token is the same whatever the cause', async () => {
    const live = await issued();
    const reused = await issued();
    await tokens(t, t.token(refreshForm(APP, reused.refresh_token)));
    const ended = await issued();
    await t.hub.operations.revoke(ended.grant);
    clock.move(60_000);
    const heard = [
      await post(refreshForm(APP, 'cfr_00000000000000000000000000000')),
      await post(refreshForm(APP, 'x')),
      await post(refreshForm('other_app', live.refresh_token)),
      await post(refreshForm(APP, reused.refresh_token)),
      await post(refreshForm(APP, ended.refresh_token)),
    ];
    clock.move(30 * 86_400_000);
    heard.push(await post(refreshForm(APP, live.refresh_token)));
    expectOneAnswer(heard, [
      'code-known/unknown',
      'code-wellformed/length',
      'code-client/other-app',
      'code-unused/refresh-reused',
      'code-standing/grant-ended',
      'code-unexpired/token-expired',
    ]);
  });

  it('invalid_grant under a sound proof is the same whatever the cause', async () => {
    const bound = () => t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: 'P1' });
    const form = async () => exchangeForm(APP, await bound());
    const heard = [
      await post(await form(), { dpop: await thief.proof() }),
      await post(await form(), { dpop: await app.proof({ pairing_id: 'P2' }) }),
      await post(await form(), { dpop: await app.proof({ pairing_id: undefined }) }),
      await post({ ...(await form()), code: UNKNOWN }, { dpop: await app.proof() }),
    ];
    const causes = ['pairing-key/other-key', 'pairing-id/other-pairing', 'pairing-id/missing', 'code-known/unknown'];
    expectOneAnswer(heard, causes);
  });

  it('invalid_client is the same whatever the cause', async () => {
    const form = exchangeForm('server_app', await t.hub.operations.mint({ client: 'server_app' }));
    const anonymous = drop(form, 'client_id');
    expectOneAnswer(
      [
        await post({ ...form, client_id: 'nobody' }),
        await post({ ...form, client_id: 'nobody', client_secret: secret }),
        await post(anonymous),
        await post(form),
        await post({ ...form, client_secret: 'wrong' }),
        await post(anonymous, basic('server_app', secret)),
        await post({ ...form, client_secret: secret }, basic('server_app', secret)),
        await post(form, { authorization: 'Basic !' }),
        await post(await spoil({ client_secret: 'x' })),
      ],
      [
        'client-known/unknown',
        'client-known/missing',
        'client-auth-method/secret-missing',
        'client-secret/mismatch',
        'client-auth-method/method',
        'client-auth-method/several',
        'client-auth-method/malformed',
        'client-auth-method/secret-from-public',
      ],
    );
  });

  it('invalid_request is the same whatever the cause', async () => {
    const form = await spoil({});
    const body = new URLSearchParams(form).toString();
    expectOneAnswer(
      [
        await post(body, { 'content-type': 'application/json' }),
        await post(body, { 'content-type': '' }),
        await post(`${body}&code=x`),
        await post(`${body}&x=%zz`),
        await post(`${body}&x=%ff`),
        await post(Buffer.from(`${body}&x=\xff`, 'latin1')),
        await post(`${body}&x=${'x'.repeat(20_000)}`),
        await post(drop(form, 'grant_type')),
        await post(drop(form, 'code')),
      ],
      [
        'media-type/other',
        'media-type/missing',
        'parameters-once/duplicate',
        'form-readable/escape',
        'form-readable/utf8',
        'form-readable/too-large',
        'parameters-present/grant-type',
        'parameters-present/code',
      ],
    );
  });

  it('invalid_scope is the same whatever the cause', async () => {
    await addPublic(t, 'scoped');
    const form = async () =>
      exchangeForm('scoped', await t.hub.operations.mint({ client: 'scoped', scopes: ['lamp:read'] }));
    const heard = [await post({ ...(await form()), scope: 'lamp:write' })];
    const later = await form();
    await t.hub.operations.editApp('scoped', { disabledScopes: ['lamp:read'] });
    heard.push(await post(later));
    await t.hub.operations.editApp('scoped', { scopes: ['lamp:write'], disabledScopes: [] });
    heard.push(await post(later));
    expectOneAnswer(heard, ['scope-granted/wider', 'scope-enabled/disabled', 'scope-included/not-included']);
  });

  it('invalid_dpop_proof is the same whatever the cause', async () => {
    const spent = await app.proof();
    await tokens(t, t.token(await spoil({}), { dpop: spent }));
    const proofs = [
      spent,
      'x',
      'x'.repeat(9_000),
      'a.b.c, d.e.f',
      await app.proof({ htm: 'GET' }),
      await app.proof({ htu: 'x' }),
      await app.proof({ iat: 0 }),
      await app.proof({ iat: clock.now() }),
    ];
    expectOneAnswer(await Promise.all(proofs.map(async (dpop) => post(await spoil({}), { dpop }))), [
      'dpop-once/replayed',
      'dpop-wellformed/malformed',
      'dpop-wellformed/several',
      'dpop-target/method',
      'dpop-target/uri',
      'dpop-fresh/old',
      'dpop-fresh/ahead',
    ]);
  });

  it('invalid_token at the API is the same whatever the cause', async () => {
    const bearer = (token: string) => get({ authorization: `Bearer ${token}` });
    const ended = await issued();
    await t.hub.operations.revoke(ended.grant);
    const old = await issued();
    clock.move(3_600_001);
    const bound = await tokens(t, app.token(await spoil({})));
    const heard = [
      await bearer(ended.access_token),
      await bearer(old.access_token),
      await bearer(bound.access_token),
      await bearer('cfa_00000000000000000000000000000'),
      await bearer('x'),
      await bearer(old.refresh_token),
      await get({ authorization: `DPoP ${bound.access_token}` }),
      await get({ authorization: 'Basic eDp5' }),
    ];
    expectOneAnswer(heard, [
      'code-standing/grant-ended',
      'code-unexpired/token-expired',
      'token-scheme/downgraded',
      'code-known/unknown',
      'code-wellformed/length',
      'code-wellformed/label',
      'pairing-key/missing',
      'token-scheme/other',
    ]);
  });
});

describe('the page at /authorize', () => {
  it('is the same for an unknown client and for none, and for a wrong address and for none', async () => {
    const page = async (query: Fields): Promise<string> => {
      const { body } = await sendRaw(t.hub.port, rawRequest({ target: `/authorize?${new URLSearchParams(query)}` }));
      return body.replaceAll(/[0-9A-Z]{10}(?=[<"])/g, 'REFERENCE');
    };
    expect(await page({ client_id: 'nobody', redirect_uri: 'com.myapp:/callback' })).toBe(await page({}));
    const wrong = await page({ client_id: APP, redirect_uri: 'com.myapp:/x' });
    expect(wrong).toBe(await page({ client_id: APP }));
    expect(wrong).not.toContain('com.myapp');
  });
});

describe('the reference', () => {
  it('is another one each time a holder fails, and says nothing: ten characters at random', async () => {
    const minted = await mint();
    const references = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const answer = await t.token({ ...exchangeForm(APP, minted), code_verifier: otherVerifier() });
      const { error_uri: uri } = (await answer.json()) as { error_uri: string };
      references.add(uri.slice(-10));
    }
    expect(references.size).toBe(3);
    for (const reference of references) expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
  });
});
