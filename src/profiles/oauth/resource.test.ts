import { createHash, createSecretKey, randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ProofKey, proofKey, signProof } from '../../../test/support/dpop.ts';
import { ISSUER } from '../../../test/support/oauth-case.ts';
import { exchangeForm, type OAuthHub, oauthHub } from '../../../test/support/oauth-hub.ts';
import type { Incoming } from '../../protocols/http/exchange.ts';
import type { Redemption, Store } from '../../store/port.ts';
import type { OAuthDeps } from './deps.ts';
import type { TokenResponse } from './issue.ts';
import { dpopNonce } from './prove/dpop.ts';
import { createReplayCache, type ReplayCache } from './prove/replay-cache.ts';
import { type Admission, admit, stillAdmitted } from './resource.ts';

let hub: OAuthHub;
let key: ProofKey;
beforeEach(async () => {
  hub = await oauthHub();
  key = await proofKey();
});

const api = (headers: Readonly<Record<string, string>>): Incoming => ({
  method: 'GET',
  path: '/api/state',
  query: '',
  headers,
  body: '',
  source: '192.0.2.1',
});
const prove = (claims: Readonly<Record<string, unknown>>, by = key) =>
  signProof(by, { iat: hub.now() / 1000, ...claims });
const apiProof = (token: string, claims: Readonly<Record<string, unknown>> = {}, by = key) =>
  prove(
    {
      htm: 'GET',
      htu: `${ISSUER}/api/state`,
      nonce: dpopNonce(hub.deps.keys.apiNonce, hub.now()),
      ath: createHash('sha256').update(token).digest('base64url'),
      ...claims,
    },
    by,
  );

/** An access token, bound to `key` when asked for with a proof. */
async function access(keyed: boolean): Promise<string> {
  const dpop = await prove({ htm: 'POST', htu: `${ISSUER}/token`, nonce: dpopNonce(hub.deps.keys.nonce, hub.now()) });
  const { answer } = await hub.post(exchangeForm(await hub.mint()), keyed ? { dpop } : {});
  return (JSON.parse(answer.body) as TokenResponse).access_token;
}

/** A cache that counts what it was given. */
function watched(): { readonly seen: ReplayCache; taken: number } {
  const cache = createReplayCache();
  const watch = {
    taken: 0,
    seen: {
      take: (...of: Parameters<ReplayCache['take']>) => {
        watch.taken++;
        return cache.take(...of);
      },
    },
  };
  return watch;
}

describe('the gate of the protected API', () => {
  it('admits a bearer token until it ends', async () => {
    const token = await access(false);
    const seen = createReplayCache();
    const admission = await admit(hub.deps, seen, api({ authorization: `Bearer ${token}` }), ['lamp:read']);
    if (!admission.ok) throw new Error(admission.answer.body);
    expect(await stillAdmitted(hub.deps, admission)).toBe(true);
    hub.pass(3_600_001);
    expect(await stillAdmitted(hub.deps, admission)).toBe(false);
    expect((await admit(hub.deps, seen, api({ authorization: `Bearer ${token}` }), ['lamp:read'])).ok).toBe(false);
  });

  it('admits nobody once the grant is revoked', async () => {
    const token = await access(false);
    const admission = await admit(hub.deps, createReplayCache(), api({ authorization: `Bearer ${token}` }), []);
    if (!admission.ok) throw new Error(admission.answer.body);
    await hub.deps.store.revoke({ target: { grant: admission.grant.id }, cause: 'test' });
    expect(await stillAdmitted(hub.deps, admission)).toBe(false);
  });

  it('admits a key-bound token with a proof, once for each proof', async () => {
    const token = await access(true);
    const seen = createReplayCache();
    const request = api({ authorization: `DPoP ${token}`, dpop: await apiProof(token) });
    expect((await admit(hub.deps, seen, request, ['lamp:read'])).ok).toBe(true);
    const copied = await admit(hub.deps, seen, request, ['lamp:read']);
    expect(copied).toMatchObject({
      ok: false,
      answer: { status: 401, body: expect.stringContaining('invalid_dpop_proof') },
    });
    const fresh = api({ authorization: `DPoP ${token}`, dpop: await apiProof(token) });
    expect((await admit(hub.deps, seen, fresh, ['lamp:read'])).ok).toBe(true);
  });

  it('admits one of two copies that arrive together', async () => {
    const token = await access(true);
    const seen = createReplayCache();
    const request = api({ authorization: `DPoP ${token}`, dpop: await apiProof(token) });
    const admissions = await Promise.all([1, 2].map(() => admit(hub.deps, seen, request, ['lamp:read'])));
    expect(admissions.filter((admission) => admission.ok)).toHaveLength(1);
  });

  it('remembers no proof of a request that is refused anyway, so that strangers cannot crowd the memory', async () => {
    const token = await access(true);
    const stranger = await proofKey('ES256');
    const watch = watched();
    const bogus = `cfa_${'A'.repeat(29)}`;
    for (const headers of [
      { authorization: `DPoP ${bogus}`, dpop: await apiProof(bogus, {}, stranger) },
      { authorization: `DPoP ${token}`, dpop: await apiProof(token, {}, stranger) },
      { authorization: `DPoP ${token}`, dpop: await apiProof(token, { nonce: 'x' }) },
      { authorization: `DPoP ${token}`, dpop: await apiProof(token, { iat: Number.MAX_SAFE_INTEGER }) },
      { authorization: `Bearer ${token}`, dpop: await apiProof(token) },
      { dpop: await apiProof('') },
    ]) {
      expect((await admit(hub.deps, watch.seen, api(headers), ['lamp:read'])).ok).toBe(false);
    }
    expect(watch.taken).toBe(0);
    const sound = api({ authorization: `DPoP ${token}`, dpop: await apiProof(token) });
    expect((await admit(hub.deps, watch.seen, sound, ['lamp:read'])).ok).toBe(true);
    expect(watch.taken).toBe(1);
  });

  it.each([
    '',
    'Bearer',
    'Bearer  ',
    'Basic QTpC',
    `Bearer ${'a'.repeat(513)}`,
    'Bearer a, Bearer b',
    'Bearer \u202e',
    'bearer __proto__',
  ])('refuses %j and does not throw', async (authorization) => {
    const admission = await admit(hub.deps, createReplayCache(), api({ authorization }), ['lamp:read']);
    expect(admission).toMatchObject({ ok: false, answer: { status: 401 } });
  });
});

describe('the gate of several nodes on one store', () => {
  /** A node: the keys of the master key are the same everywhere, the rest is its own. */
  const node = (store: Store = hub.deps.store): { deps: OAuthDeps; seen: ReplayCache } => ({
    deps: {
      ...hub.deps,
      store,
      keys: { ...hub.deps.keys, apiNonce: createSecretKey(randomBytes(32)) },
      config: { ...hub.deps.config, sharedReplay: true },
    },
    seen: createReplayCache(),
  });
  const enter = ({ deps, seen }: ReturnType<typeof node>, request: Incoming): Promise<Admission> =>
    admit(deps, seen, request, ['lamp:read']);
  const sharedProof = (token: string, claims: Readonly<Record<string, unknown>> = {}, by = key) =>
    apiProof(token, { nonce: dpopNonce(hub.deps.keys.nonce, hub.now()), ...claims }, by);
  const bound = async (token: string): Promise<Incoming> =>
    api({ authorization: `DPoP ${token}`, dpop: await sharedProof(token) });
  /** The store, and how often it was written to. */
  const counted = (): { store: Store; writes: number } => {
    const { store } = hub.deps;
    const watch = {
      writes: 0,
      store: {
        ...store,
        redeem: (redemption: Redemption) => {
          watch.writes++;
          return store.redeem(redemption);
        },
      },
    };
    return watch;
  };

  it('takes the nonce of one node at another, and a proof at any of them, once', async () => {
    const token = await access(true);
    const [a, b] = [node(), node()];
    const asked = await enter(
      a,
      api({ authorization: `DPoP ${token}`, dpop: await apiProof(token, { nonce: 'old' }) }),
    );
    if (asked.ok) throw new Error('expected a nonce to be asked for');
    const dpop = await apiProof(token, { nonce: asked.answer.headers['dpop-nonce'] });
    const request = api({ authorization: `DPoP ${token}`, dpop });
    expect((await enter(b, request)).ok).toBe(true);
    for (const any of [a, b, node()]) {
      expect(await enter(any, request)).toMatchObject({
        ok: false,
        answer: { status: 401, body: expect.stringContaining('invalid_dpop_proof') },
      });
    }
    expect((await enter(a, await bound(token))).ok).toBe(true);
  });

  it('admits one of many copies that arrive together, at a token that is new and at one that is not', async () => {
    const token = await access(true);
    for (let round = 0; round < 3; round++) {
      const request = await bound(token);
      const nodes = Array.from({ length: 4 }, () => node());
      const admissions = await Promise.all([...nodes, ...nodes].map((one) => enter(one, request)));
      expect(admissions.filter(({ ok }) => ok)).toHaveLength(1);
    }
  });

  it('admits all of many calls that arrive together, each with a proof of its own', async () => {
    const token = await access(true);
    const requests = await Promise.all(Array.from({ length: 12 }, () => bound(token)));
    const admissions = await Promise.all(requests.map((request) => enter(node(), request)));
    expect(admissions.filter(({ ok }) => ok)).toHaveLength(12);
  });

  it('writes once for each call with a proof, and for one without only the first time', async () => {
    const watch = counted();
    const [keyed, plain] = [await access(true), await access(false)];
    for (let i = 1; i <= 4; i++) {
      expect((await enter(node(watch.store), await bound(keyed))).ok).toBe(true);
      expect(watch.writes).toBe(i);
    }
    for (let i = 1; i <= 4; i++) {
      expect((await enter(node(watch.store), api({ authorization: `Bearer ${plain}` }))).ok).toBe(true);
      expect(watch.writes).toBe(5);
    }
  });

  it('writes nothing for a proof of a request that is refused anyway', async () => {
    const watch = counted();
    const token = await access(true);
    const stranger = await proofKey('ES256');
    for (const headers of [
      { authorization: `DPoP ${token}`, dpop: await sharedProof(token, {}, stranger) },
      { authorization: `DPoP ${token}`, dpop: await sharedProof(token, { nonce: 'x' }) },
      { authorization: `Bearer ${token}`, dpop: await sharedProof(token) },
      { dpop: await sharedProof('') },
    ]) {
      expect((await enter(node(watch.store), api(headers))).ok).toBe(false);
    }
    expect(watch.writes).toBe(0);
  });

  it('refuses a call whose grant is revoked at another node between judging and writing', async () => {
    const token = await access(true);
    const { store } = hub.deps;
    const racing: Store = {
      ...store,
      redeem: async (redemption) => {
        await store.revoke({ target: { grant: redemption.grant.id }, cause: 'test' });
        return store.redeem(redemption);
      },
    };
    expect(await enter(node(racing), await bound(token))).toMatchObject({ ok: false, answer: { status: 401 } });
  });
});
