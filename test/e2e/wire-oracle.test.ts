/**
 * For one wire error the client gets the same bytes whatever the cause: status, header fields and body, apart from the
 * date and the opaque reference. Otherwise a stranger could tell a used code from an unknown one.
 * Here: codes and tokens; `wire-oracle-request.test.ts` has what is wrong with the request itself.
 */
// proves: A24, A25, A26, A27, C24
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addPublic,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  otherVerifier,
  refreshForm,
  type Tokens,
  tokens,
} from '../support/outside.ts';
import { drop, expectOneAnswer, type Fields, type Oracle, oracle } from './oracle.ts';

const clock = heldClock();
const APP = 'my_app_123';
const UNKNOWN = 'hap5.1-authcode:00000000000000000000000000000';
let t: TestHub;
let key: ProofKey;
let app: KeyedClient;
let thief: KeyedClient;
let post: Oracle['post'];
let get: Oracle['get'];
let spoil: Oracle['spoil'];

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP);
  await addPublic(t, 'other_app');
  key = await proofKey();
  app = keyedClient(t, key, clock.now, 'P1');
  thief = keyedClient(t, await proofKey(), clock.now, 'P1');
  ({ post, get, spoil } = oracle(t, APP));
});
afterAll(() => t.close());

const mint = (): Promise<Minted> => t.hub.operations.mint({ client: APP });
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

describe('the reference', () => {
  it('is another one each time a holder fails, and says nothing: 26 characters at random', async () => {
    const minted = await mint();
    const references = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const answer = await t.token({ ...exchangeForm(APP, minted), code_verifier: otherVerifier() });
      const { error_uri: uri } = (await answer.json()) as { error_uri: string };
      references.add(uri.slice(-26));
    }
    expect(references.size).toBe(3);
    for (const reference of references) expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });
});
