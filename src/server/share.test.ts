import { createPublicKey } from 'node:crypto';
import { CompactSign } from 'jose';
import { describe, expect, it } from 'vitest';
import { exchangeRequest, tokenCase } from '../../test/support/oauth-case.ts';
import type { Verdict } from '../core/verdict.ts';
import { judge } from '../profiles/oauth/profile.ts';
import { verdictOf } from '../profiles/oauth/verdicts.ts';
import { openMemory } from '../store/memory/open.ts';
import { erase } from './erase.ts';
import { deriveKeys } from './keys.ts';
import { shareOperations } from './share.ts';
import { refusalOf } from './share-document.ts';
import { RECEIPT_MAX, readPublicKey, readReceipt, receiptKeysOf } from './share-receipt.ts';
import { SHARE_MS, SHARE_PARTS, type SharePart } from './share-shapes.ts';

const ISSUER = 'http://localhost:5151';
const KEY = deriveKeys(new Uint8Array(32).fill(1)).receipts;
const PRESENTED = 'com.myapp:/Callback';
const SOURCE = '198.51.100.7';

function refused(presented = PRESENTED): Verdict {
  const c = tokenCase({ request: exchangeRequest({ redirect_uri: presented }) });
  const judgement = judge('token', c);
  return {
    ...verdictOf(c, judgement, { action: 'token', source: SOURCE, grant: 'gr_secret' }),
    checks: judgement.checks,
  };
}

async function setUp(verdict: Verdict = refused()) {
  const clock = { now: 1_900_000_000_000 };
  const opened = openMemory({ clock: () => clock.now });
  const { store, registry } = opened;
  const row = await store.refuse({ now: clock.now, verdict });
  expect(row.verdict).toBe(verdict.id);
  let current = verdict;
  const shares = shareOperations({ store, registry, issuer: ISSUER, key: KEY, verdict: async () => current });
  const make = async (parts: readonly SharePart[] = []) => {
    const shared = await shares.share(verdict.id, parts, 'ada');
    if (!shared) throw new Error('expected a link');
    return { ...shared, token: shared.path.slice('/s/'.length) };
  };
  return { ...opened, clock, shares, make, become: (next: Verdict) => (current = next) };
}

describe('what is shared', () => {
  it('unless asked otherwise: why, what to do, the day, and nothing of what came', () => {
    const refusal = refusalOf(refused(), []);
    expect(refusal).toMatchObject({
      asked: 'oauth token',
      heard: 'invalid_grant',
      when: '2027-01-15',
      failed: 2,
    });
    expect(refusal.checks.map(({ rule }) => rule)).toEqual([
      'oauth.redirect-uri-exact',
      'oauth.redirect-uri-registered',
    ]);
    expect(refusal.todo.length).toBeGreaterThan(0);
    const text = JSON.stringify(refusal);
    for (const fact of [PRESENTED, 'com.myapp:/callback', 'my_app_123', 'My App', SOURCE, 'gr_', 'cd_', 'vd_', '08:00'])
      expect(text).not.toContain(fact);
  });

  it('each part adds its own, and no part adds source, grant, code or the id of the verdict', () => {
    const only = (part: SharePart): string => JSON.stringify(refusalOf(refused(), [part]));
    expect(only('values')).toContain(PRESENTED);
    expect(only('values')).not.toContain('my_app_123');
    expect(only('app')).toContain('my_app_123');
    expect(only('app')).not.toContain(PRESENTED);
    expect(only('time')).toContain('"when":"2027-01-15T08:00:00.000Z"');
    const all = JSON.stringify(refusalOf(refused(), SHARE_PARTS));
    for (const fact of [SOURCE, 'gr_', 'cd_', 'vd_']) expect(all).not.toContain(fact);
  });

  it('is a refusal: nothing else can be shared, and no unknown part', () => {
    expect(() => refusalOf({ ...refused(), ok: true }, [])).toThrow('expected a refusal');
    expect(() => refusalOf({ ...refused(), erased: true }, [])).toThrow('erased');
    expect(() => refusalOf(refused(), ['source' as SharePart])).toThrow('expected values, app, time, got source');
  });
});

describe('a link', () => {
  it('L1: opens for seven days by the clock of the store, and not a millisecond longer', async () => {
    const { shares, make, clock } = await setUp();
    const { token, until, at } = await make();
    expect(until - at).toBe(7 * 86_400_000);
    clock.now = until - 1;
    expect(await shares.openShare(token)).toMatchObject({ state: 'live', until });
    clock.now = until;
    expect(await shares.openShare(token)).toEqual({ state: 'gone' });
    expect(await shares.shares()).toEqual([]);
  });

  it('shows what was shared, whatever becomes of the verdict', async () => {
    const { shares, make, become } = await setUp();
    const { token } = await make(['values']);
    become(refused('com.later:/cb'));
    const opened = await shares.openShare(token);
    expect(JSON.stringify(opened)).toContain(PRESENTED);
    expect(JSON.stringify(opened)).not.toContain('com.later');
  });

  it('shares what was previewed or nothing', async () => {
    const { shares, become } = await setUp();
    const { id, seal } = { id: 'vd_x', ...(await shares.previewShare('vd_x', ['values'])) };
    become(refused('com.later:/cb'));
    expect(await shares.share(id, ['values'], 'ada', seal)).toBeUndefined();
    expect(await shares.shares()).toEqual([]);
    become(refused());
    expect(await shares.share(id, ['values'], 'ada', seal)).toMatchObject({ with: ['values'], by: 'ada' });
  });

  it('L3: is ended at once, and then nothing of what it showed is kept', async () => {
    const { shares, make, registry } = await setUp();
    const one = await make(['values', 'app']);
    const other = await make();
    expect(await shares.revokeShare(one.id.slice(0, 13))).toMatchObject({ id: one.id });
    expect(await shares.openShare(one.token)).toEqual({ state: 'gone' });
    expect(await shares.openShare(other.token)).toMatchObject({ state: 'live' });
    const body = (await registry.get('share', one.id))?.body;
    expect(Object.keys(body as object)).toEqual(['until', 'ended']);
    await expect(shares.revokeShare(one.id)).rejects.toThrow('no live link');
    for (const id of ['', 'sh_', 'sh_*', one.token, 'x'.repeat(1_000)])
      await expect(shares.revokeShare(id)).rejects.toThrow('no live link');
  });

  it('is nowhere but with whom it was given to: neither its token nor the way back from its id is kept', async () => {
    const { make, registry, shares } = await setUp();
    const { token, id } = await make();
    expect(JSON.stringify(await registry.list('share'))).not.toContain(token);
    expect(JSON.stringify(await shares.shares())).not.toContain(token);
    for (const guess of [id, id.slice(3), `${token.slice(0, -1)}_`, token.toUpperCase(), '', '../x', `${token}A`])
      await expect(shares.openShare(guess)).rejects.toThrow('there is no such link');
  });

  it('dies with a restored backup: what was ended in between must stay ended', async () => {
    const { shares, make, upkeep } = await setUp();
    const { token } = await make();
    await upkeep.raise();
    expect(await shares.openShare(token)).toEqual({ state: 'gone' });
    expect(await shares.shares()).toEqual([]);
  });

  it('is forgotten a month after it ended', async () => {
    const { shares, make, clock, registry } = await setUp();
    const { token } = await make();
    clock.now += SHARE_MS + 30 * 86_400_000;
    await make();
    expect(await registry.list('share')).toHaveLength(1);
    await expect(shares.openShare(token)).rejects.toThrow('there is no such link');
  });

  it('is none when its verdict is erased while it is made: erasing has not seen the link, so the link looks once more', async () => {
    const { store, registry, clock } = await setUp();
    const verdict = refused();
    let read = 0;
    const shares = shareOperations({
      ...{ store, registry, issuer: ISSUER, key: KEY },
      verdict: async () => (read++ === 0 ? verdict : { ...verdict, checks: [], erased: true }),
    });
    await expect(shares.share(verdict.id, ['values'], 'ada')).rejects.toThrow('erased');
    expect(await shares.shares()).toEqual([]);
    expect((await registry.list('share')).map(({ body }) => body)).toEqual([
      { until: clock.now + SHARE_MS, ended: clock.now },
    ]);
  });

  it('ends when its verdict is erased, and loses the name of who shared it when that person is', async () => {
    const verdict = refused();
    const { store, registry, upkeep, shares, make } = await setUp(verdict);
    const { token } = await make(['app']);
    expect(await erase({ store, registry, upkeep }, { by: 'ada' })).toMatchObject({ endedShares: 0 });
    expect((await shares.shares()).map(({ by }) => by)).toEqual(['erased']);
    expect(await erase({ store, registry, upkeep }, { client: 'my_app_123' })).toMatchObject({
      verdicts: 1,
      endedShares: 1,
    });
    expect(await shares.openShare(token)).toEqual({ state: 'gone' });
    expect(JSON.stringify(await registry.list('share'))).not.toContain('my_app_123');
  });
});

describe('a receipt', () => {
  const fresh = async (parts: readonly SharePart[] = ['values']): Promise<string> => {
    const { shares, make } = await setUp();
    const opened = await shares.openShare((await make(parts)).token);
    if (opened.state !== 'live') throw new Error('expected a live link');
    return opened.receipt;
  };

  it('verifies with the public key alone, as PEM or as the hub serves it, and says what was shared', async () => {
    const receipt = await fresh();
    const { pem, jwks } = receiptKeysOf(KEY);
    for (const key of [pem, JSON.stringify(jwks)]) {
      const read = await readReceipt(`${receipt}\n`, readPublicKey(key));
      expect(read).toMatchObject({ ok: true, receipt: { hub: ISSUER, shared: '2030-03-17' } });
      if (read.ok) expect(read.receipt.refusal).toEqual(refusalOf(refused(), ['values']));
    }
    expect(JSON.stringify(jwks)).not.toContain('"d"');
  });

  it('is refused with any byte changed, under any other key, and as any other token', async () => {
    const receipt = await fresh([]);
    const key = KEY.publicKey;
    for (let i = 0; i < receipt.length; i += 7) {
      const changed = receipt.slice(0, i) + (receipt[i] === 'A' ? 'B' : 'A') + receipt.slice(i + 1);
      expect((await readReceipt(changed, key)).ok, `character ${i}`).toBe(false);
    }
    const other = deriveKeys(new Uint8Array(32).fill(2)).receipts;
    expect(await readReceipt(receipt, other.publicKey)).toMatchObject({ ok: false, cause: 'signature' });
    const [, payload = ''] = receipt.split('.');
    const sign = (bytes: Uint8Array, typ: string): Promise<string> =>
      new CompactSign(bytes).setProtectedHeader({ alg: 'EdDSA', typ }).sign(KEY.privateKey);
    const foreign = await sign(Buffer.from(payload, 'base64url'), 'JWT');
    expect(await readReceipt(foreign, key)).toMatchObject({ ok: false, cause: 'malformed' });
  });

  it('answers for whatever comes, and for whatever a key may have signed', async () => {
    const key = KEY.publicKey;
    const sign = (claims: unknown): Promise<string> =>
      new CompactSign(Buffer.from(JSON.stringify(claims)))
        .setProtectedHeader({ alg: 'EdDSA', typ: 'counterfoil-receipt+jws' })
        .sign(KEY.privateKey);
    const refusal = refusalOf(refused(), []);
    const inside = [
      null,
      7,
      [],
      {},
      { iss: 'x', shared: 'y', refusal: {} },
      { iss: 'x', shared: 'y', refusal: { ...refusal, checks: [null] } },
      { iss: 'x', shared: 'y', refusal: { ...refusal, todo: [{ say: 1 }] } },
    ];
    const signed = await Promise.all(inside.map(sign));
    for (const text of ['', '.', '..', 'a.b.c', '\0', 'x'.repeat(RECEIPT_MAX + 1), `${await fresh()} x`, ...signed])
      expect(await readReceipt(text, key)).toMatchObject({ ok: false, cause: 'malformed' });
    for (const text of [
      '',
      '{}',
      '{"keys":[]}',
      'PEM',
      createPublicKey(receiptKeysOf(KEY).pem).asymmetricKeyType ?? '',
    ])
      expect(() => readPublicKey(text)).toThrow();
  });
});
