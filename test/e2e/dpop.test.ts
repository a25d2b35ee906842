/** DPoP at `/token` and at the API (RFC 9449): the time window, the nonce, one use, and what a proof is tied to. */
// proves: C6, C9, X2, X3
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Minted } from '../../src/server/operations.ts';
import { type ProofKey, proofKey, signProof } from '../support/dpop.ts';
import { heldClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  addPublic,
  atOnce,
  callApi,
  DIRECT_SCOPES,
  exchangeForm,
  type KeyedClient,
  keyedClient,
  nonceAt,
  refused,
  type Tokens,
  tokens,
} from '../support/outside.ts';

const clock = heldClock();
const APP = 'my_app_123';
const PAIRING = 'A1B2C3D4';
let t: TestHub;
let key: ProofKey;
let app: KeyedClient;
let thief: KeyedClient;
let minted: Minted;
let form: Record<string, string>;

const seconds = (): number => Math.floor(clock.now() / 1_000);
const mint = (): Promise<Minted> =>
  t.hub.operations.mint({ client: APP, jkt: key.jkt, pairingId: PAIRING, scopes: DIRECT_SCOPES });
const invalidProof = (why: string) => ({ status: 400, error: 'invalid_dpop_proof', why });

beforeAll(async () => {
  t = await startTestHub({ clock: clock.now });
  await addPublic(t, APP, { scopes: DIRECT_SCOPES });
  key = await proofKey('EdDSA');
  app = keyedClient(t, key, clock.now, PAIRING);
  thief = keyedClient(t, await proofKey('EdDSA'), clock.now, PAIRING);
});
afterAll(() => t.close());
beforeEach(async () => {
  minted = await mint();
  form = exchangeForm(APP, minted);
});

describe('the time window of a proof', () => {
  it('takes a proof 60 s old and refuses one 61 s old', async () => {
    expect(await refused(t, app.token(form, { iat: seconds() - 61 }))).toEqual(invalidProof('dpop-fresh/old'));
    await tokens(t, app.token(form, { iat: seconds() - 60 }));
  });

  it('takes a proof 10 s ahead and refuses one 11 s ahead', async () => {
    expect(await refused(t, app.token(form, { iat: seconds() + 11 }))).toEqual(invalidProof('dpop-fresh/ahead'));
    await tokens(t, app.token(form, { iat: seconds() + 10 }));
  });

  it('refuses absurd times', async () => {
    for (const iat of [0, -1, Number.MAX_SAFE_INTEGER, clock.now()]) {
      expect((await refused(t, app.token(form, { iat }))).why, String(iat)).toMatch(/^dpop-fresh\//);
    }
    for (const iat of ['now', 1.5, null, {}]) {
      expect(await refused(t, app.token(form, { iat })), String(iat)).toEqual(
        invalidProof('dpop-wellformed/malformed'),
      );
    }
  });
});

describe("the hub's nonce", () => {
  it('is asked for, and handed out with the refusal', async () => {
    const answer = await app.token(form, { nonce: undefined });
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'use_dpop_nonce', why: 'dpop-nonce/missing' });
    await tokens(t, app.token(form, { nonce: answer.headers.get('dpop-nonce') }));
  });

  it('lives one to two minutes', async () => {
    const nonce = await nonceAt(t, '/token');
    clock.move(60_000);
    await tokens(t, app.token(form, { nonce }));
    clock.move(60_000);
    const later = exchangeForm(APP, await mint());
    const answer = app.token(later, { nonce });
    expect(await refused(t, answer)).toEqual({ status: 400, error: 'use_dpop_nonce', why: 'dpop-nonce/other' });
  });

  it("of the API is not one of /token's, and neither takes a made-up one", async () => {
    const nonces = ['guess', '', 'x'.repeat(5_000), 7, await nonceAt(t, '/api/state')];
    for (const nonce of nonces) expect((await refused(t, app.token(form, { nonce }))).error).toBe('use_dpop_nonce');
    await tokens(t, app.token(form));
  });
});

describe('a proof works once', () => {
  it('and not for a second code', async () => {
    const proof = await app.proof();
    await tokens(t, t.token(form, { dpop: proof }));
    const second = exchangeForm(APP, await mint());
    expect(await refused(t, t.token(second, { dpop: proof }))).toEqual(invalidProof('dpop-once/replayed'));
    await tokens(t, app.token(second));
  });

  it('lets one of 20 parallel exchanges of 20 codes with one proof win, and the other codes stay good', async () => {
    const proof = await app.proof();
    const forms = await atOnce(20, async () => exchangeForm(APP, await mint()));
    const answers = await Promise.all(forms.map((one) => t.token(one, { dpop: proof })));
    const lost = forms.filter((_, i) => answers[i]?.status !== 200);
    expect(lost).toHaveLength(19);
    for (const answer of answers.filter((one) => one.status !== 200)) {
      expect(await refused(t, answer)).toEqual(invalidProof('dpop-once/replayed'));
    }
    for (const one of lost) await tokens(t, app.token(one));
  });

  it('lets one of 20 parallel exchanges of one code with 20 proofs win, and owes one pairing', async () => {
    const answers = await atOnce(20, () => app.token(form));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect((await t.hub.operations.timeline(minted.grant)).effects).toHaveLength(1);
  });

  it('counts jti per key: the same jti of another key is another proof', async () => {
    await tokens(t, app.token(form, { jti: 'the-one' }));
    const other = await proofKey('EdDSA');
    const theirs = await t.hub.operations.mint({ client: APP, jkt: other.jkt });
    await tokens(t, keyedClient(t, other, clock.now).token(exchangeForm(APP, theirs), { jti: 'the-one' }));
  });
});

describe('what a proof is tied to', () => {
  it('is the method and the address of the request', async () => {
    const issuer = t.hub.issuer;
    expect(await refused(t, app.token(form, { htm: 'GET' }))).toEqual(invalidProof('dpop-target/method'));
    expect(await refused(t, app.token(form, { htm: 'post' }))).toEqual(invalidProof('dpop-target/method'));
    const others = [`${issuer}/Token`, `${issuer}/token/`, `${issuer}/token?x=1`, `${issuer}/api/state`, '/token', ''];
    for (const htu of [...others, 'https://evil.example/token']) {
      expect(await refused(t, app.token(form, { htu })), htu).toEqual(invalidProof('dpop-target/uri'));
    }
    await tokens(t, app.token(form, { htu: 'http://hub.home.local/token' }));
  });

  it('is the key: a sound proof by another key is refused', async () => {
    const why = 'pairing-key/other-key';
    expect(await refused(t, thief.token(form))).toEqual({ status: 400, error: 'invalid_grant', why });
  });

  it('is the pairing as well: another pairing id by the same key, and the same by another key, are refused', async () => {
    const grant = { status: 400, error: 'invalid_grant' };
    const other = app.token(form, { pairing_id: 'A1B2C3D5' });
    expect(await refused(t, other)).toEqual({ ...grant, why: 'pairing-id/other-pairing' });
    const none = app.token(form, { pairing_id: undefined });
    expect(await refused(t, none)).toEqual({ ...grant, why: 'pairing-id/missing' });
    expect(await refused(t, thief.token(form))).toEqual({ ...grant, why: 'pairing-key/other-key' });
    await tokens(t, app.token(form));
  });

  it('cannot be left out for a code that is bound to a key', async () => {
    expect((await refused(t, t.token(form))).why).toBe('pairing-key/missing');
  });
});

describe('a proof that is none', () => {
  it('is refused: no key, a private key, a symmetric or slow algorithm, a foreign type, a broken signature', async () => {
    const claims = { htm: 'POST', htu: `${t.hub.issuer}/token`, iat: seconds(), nonce: await nonceAt(t, '/token') };
    const slow = await proofKey('RS256');
    const sound = await signProof(key, { ...claims, pairing_id: PAIRING });
    const [head = '', body = '', signature = ''] = sound.split('.');
    const none = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'none', jwk: key.jwk })).toString('base64url');
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
    const proofs: readonly [string, string, string][] = [
      ['no key', await signProof(key, claims, { jwk: undefined }), 'dpop-wellformed/malformed'],
      ['a private key', await signProof(key, claims, { jwk: key.secretJwk }), 'dpop-wellformed/malformed'],
      ['a slow algorithm', await signProof(slow, claims), 'dpop-wellformed/algorithm'],
      ['another type', await signProof(key, claims, { typ: 'JWT' }), 'dpop-wellformed/malformed'],
      ['no algorithm', `${none}.${body}.`, 'dpop-wellformed/algorithm'],
      ['a broken signature', `${head}.${body}.${flipped}`, 'dpop-signature/invalid'],
      ['two proofs', `${sound}, ${sound}`, 'dpop-wellformed/several'],
      ['no JWT', 'x', 'dpop-wellformed/malformed'],
      ['too long', 'x'.repeat(9_000), 'dpop-wellformed/malformed'],
    ];
    for (const [name, dpop, why] of proofs) {
      expect(await refused(t, t.token(form, { dpop })), name).toEqual(invalidProof(why));
    }
    await tokens(t, t.token(form, { dpop: sound }));
  });

  it('never counts against the code', async () => {
    for (let i = 0; i < 4; i++) await app.token(form, { iat: 0 });
    for (let i = 0; i < 4; i++) await t.token(form, { dpop: 'x' });
    await tokens(t, app.token(form));
  });
});

describe('a code without a key, exchanged with a proof', () => {
  it('gives a token bound to the key of the proof', async () => {
    const bare = exchangeForm(APP, await t.hub.operations.mint({ client: APP }));
    const issued = await tokens(t, app.token(bare));
    expect(issued.token_type).toBe('DPoP');
    expect((await callApi(t, issued.access_token)).status).toBe(401);
    expect((await app.api(issued.access_token)).status).toBe(200);
  });
});

describe('at the API', () => {
  let issued: Tokens;
  beforeEach(async () => {
    issued = await tokens(t, app.token(form));
  });
  const unauthorized = (error: string, why: string) => ({ status: 401, error, why });

  it('a key-bound token sent as a bearer token is refused', async () => {
    const answer = await callApi(t, issued.access_token);
    expect(await refused(t, answer)).toEqual(unauthorized('invalid_token', 'token-scheme/downgraded'));
    const withProof = app.api(issued.access_token, { scheme: 'Bearer' });
    expect(await refused(t, withProof)).toEqual(unauthorized('invalid_token', 'token-scheme/downgraded'));
  });

  it('a bearer token sent under DPoP is refused', async () => {
    const { access_token: bearer } = await tokens(
      t,
      t.token(exchangeForm(APP, await t.hub.operations.mint({ client: APP }))),
    );
    expect(await refused(t, app.api(bearer))).toEqual(unauthorized('invalid_token', 'token-scheme/unbound'));
  });

  it('the proof must be there, by the bound key, and name this token', async () => {
    const token = issued.access_token;
    const bare = fetch(`${t.url}/api/state`, { headers: { authorization: `DPoP ${token}` } });
    expect(await refused(t, bare)).toEqual(unauthorized('invalid_token', 'pairing-key/missing'));
    expect(await refused(t, thief.api(token))).toEqual(unauthorized('invalid_token', 'pairing-key/other-key'));
    const bad = (why: string) => unauthorized('invalid_dpop_proof', why);
    expect(await refused(t, app.api(token, { claims: { ath: undefined } }))).toEqual(bad('dpop-token-hash/absent'));
    expect(await refused(t, app.api(token, { claims: { ath: 'x' } }))).toEqual(bad('dpop-token-hash/mismatch'));
    expect(await refused(t, app.api(token, { claims: { htm: 'PUT' } }))).toEqual(bad('dpop-target/method'));
    expect(await refused(t, app.api(token, { claims: { iat: seconds() - 61 } }))).toEqual(bad('dpop-fresh/old'));
    expect((await app.api(token)).status).toBe(200);
  });

  it("the nonce must be the API's own", async () => {
    const token = issued.access_token;
    for (const nonce of [undefined, await nonceAt(t, '/token')]) {
      const answer = await app.api(token, { claims: { nonce } });
      expect(answer.headers.get('www-authenticate')).toContain('DPoP error="use_dpop_nonce"');
      expect(answer.headers.get('dpop-nonce')).not.toBe('');
      expect(answer.status).toBe(401);
    }
  });

  it('one of 20 parallel calls with one proof is let in', async () => {
    const token = issued.access_token;
    const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url');
    const proof = await app.proof({
      htm: 'GET',
      htu: `${t.hub.issuer}/api/state`,
      ath,
      nonce: await nonceAt(t, '/api/state'),
    });
    const answers = await atOnce(20, () => app.api(token, { proof }));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, ...Array<number>(19).fill(401)]);
    const [late] = answers.filter((answer) => answer.status === 401);
    expect((await refused(t, late as Response)).why).toBe('dpop-once/replayed');
  });

  it('a proof that somebody else used up in vain is still good for its owner', async () => {
    const token = issued.access_token;
    const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url');
    const nonce = await nonceAt(t, '/api/state');
    const proof = await app.proof({ htm: 'GET', htu: `${t.hub.issuer}/api/state`, ath, nonce });
    expect((await app.api('cfa_00000000000000000000000000000', { proof })).status).toBe(401);
    expect((await app.api(token, { proof })).status).toBe(200);
  });
});
