/** As `wire-oracle.test.ts`, for what is wrong with the request, the client, the scope or the proof. */
// proves: C24
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addConfidential,
  addPublic,
  basic,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  tokens,
} from '../support/outside.ts';
import { rawRequest, sendRaw } from '../support/raw-http.ts';
import { drop, expectOneAnswer, type Fields, type Oracle, oracle } from './oracle.ts';

const clock = heldClock();
const APP = 'my_app_123';
let t: TestHub;
let app: KeyedClient;
let secret: string;
let post: Oracle['post'];
let spoil: Oracle['spoil'];

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  secret = await addConfidential(t, 'server_app');
  app = keyedClient(t, await proofKey('ES256'), clock.now, 'P1');
  ({ post, spoil } = oracle(t, APP));
});
afterAll(() => t.close());

describe('one wire error, one answer', () => {
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
});

describe('the page at /authorize', () => {
  it('is the same for an unknown client and for none, and for a wrong address and for none', async () => {
    const page = async (query: Fields): Promise<string> => {
      const { body } = await sendRaw(t.hub.port, rawRequest({ target: `/authorize?${new URLSearchParams(query)}` }));
      return body.replaceAll(/[0-9A-Z]{26}(?=[<"])/g, 'REFERENCE');
    };
    expect(await page({ client_id: 'nobody', redirect_uri: 'com.myapp:/callback' })).toBe(await page({}));
    const wrong = await page({ client_id: APP, redirect_uri: 'com.myapp:/x' });
    expect(wrong).toBe(await page({ client_id: APP }));
    expect(wrong).not.toContain('com.myapp');
  });
});
