/** The payments gate on every store: one of any number is admitted, to the millisecond, and every answer is recorded once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateDeps } from '../../src/profiles/payments/card.ts';
import type { Attempt } from '../../src/profiles/payments/case.ts';
import { DEFAULT_SETTINGS } from '../../src/profiles/payments/case.ts';
import { type Asked, check, reserve } from '../../src/profiles/payments/gate.ts';
import { ContradictionError, type Outcome, record } from '../../src/profiles/payments/outcome.ts';
import {
  ATTEMPTS_MAX,
  heldAs,
  holdKey,
  type KeptAttempt,
  PURCHASES_MAX,
  recordOf,
  withAttempt,
} from '../../src/profiles/payments/record.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { openPostgres } from '../../src/store/postgres/open.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { grantOf } from './fixtures.ts';

const HOUR_MS = 3_600_000;
const START = Date.UTC(2026, 10, 21);
const CARD = `pf_${'A'.repeat(43)}`;
const OLD_CARD = `pf_${'B'.repeat(43)}`;

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-gate-'));
let server: PostgresServer;
let files = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

type Open = (clock: () => number) => Promise<{ readonly store: Store }>;
const STORES: readonly (readonly [name: string, open: Open])[] = [
  ['memory', async (clock) => openMemory({ clock })],
  ['sqlite', async (clock) => openSqlite({ path: join(folder, `${++files}.db`), clock })],
  ['postgres', (clock) => openPostgres({ ...server.place(), clock })],
];

const attempt: Attempt = {
  merchant: 'acme',
  card: CARD,
  amount: { minor: 1_999, currency: 'EUR' },
  initiator: 'cardholder',
  network: 'visa',
  processor: 'iso8583',
};

describe.each(STORES)('the gate on %s', (_, open) => {
  async function gate() {
    const t = { now: START };
    const { store } = await open(() => t.now);
    const grant = grantOf({ profile: 'payments', to: 'acme', from: START });
    await store.mint({ grant, codes: [] });
    const deps: GateDeps = { store, settings: DEFAULT_SETTINGS };
    const asked: Asked = { grant: grant.id, attempt, cards: [CARD], leaseMs: 30_000, source: 'test' };
    const ask = async (over: Partial<Asked> = {}) => {
      const answer = await reserve(deps, { ...asked, ...over });
      if (answer === undefined) throw new Error('expected the merchant to be let in');
      return answer;
    };
    const admitted = async (over: Partial<Asked> = {}) => {
      const answer = await ask(over);
      if (!answer.admitted) throw new Error(`expected to be admitted, refused by ${answer.verdict.decisive}`);
      return answer.reservation;
    };
    const tell = (id: string, outcome: Outcome) => record(deps, { grant: grant.id, attempt: id, outcome });
    const declined = (id: string, code = '51') => tell(id, { outcome: 'declined', response: { code } });
    return { t, store, grant, deps, asked, ask, admitted, tell, declined };
  }

  it('admits one of 200 that ask at once, over and over, and the others are told what is under way', async () => {
    const g = await gate();
    for (let round = 0; round < 3; round++) {
      const cards = [`pf_${String(round).repeat(43)}`];
      const one = { cards, attempt: { ...attempt, card: cards[0] ?? '' } };
      const answers = await Promise.all(Array.from({ length: 200 }, () => g.ask(one)));
      expect(answers.filter(({ admitted }) => admitted)).toHaveLength(1);
      const refused = answers.filter((answer) => !answer.admitted);
      expect(new Set(refused.map(({ verdict }) => verdict.decisive))).toEqual(new Set(['payments.in-flight']));
    }
  });

  it('is closed up to the last millisecond of the hold and open at its end; attempts meanwhile make it no longer', async () => {
    const g = await gate();
    const first = await g.admitted();
    g.t.now += 900;
    expect(await g.declined(first.attempt)).toMatchObject({ recorded: 'now', nextAllowedAt: g.t.now + 12 * HOUR_MS });
    const opens = g.t.now + 12 * HOUR_MS;
    for (const [i, now] of [opens - 11 * HOUR_MS, opens - 1_000, opens - 1].entries()) {
      g.t.now = now;
      expect(await g.ask()).toMatchObject({ admitted: false, nextAllowedAt: opens, refused: i + 1 });
    }
    g.t.now = opens;
    expect(await g.ask()).toMatchObject({ admitted: true });
    expect(
      (await g.store.find('verdicts', { ok: false })).every(({ decisive }) => decisive === 'payments.hold-after-51'),
    ).toBe(true);
  });

  it('takes one answer for an attempt: the same again is known, another one is a conflict', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted();
    const answers = await Promise.all(Array.from({ length: 20 }, () => g.declined(id)));
    expect(answers.filter(({ recorded }) => recorded === 'now')).toHaveLength(1);
    expect(answers.filter(({ recorded }) => recorded === 'already')).toHaveLength(19);
    expect(await g.tell(id, { outcome: 'approved' })).toMatchObject({ recorded: 'conflict', attempt: { code: '51' } });
    expect(await g.declined(`${id}x`)).toEqual({ recorded: 'unknown' });
    expect(await g.declined('at_')).toEqual({ recorded: 'unknown' });
  });

  it('lets go of an attempt nobody answered when its lease is over, counts it, and still takes the late answer', async () => {
    const g = await gate();
    const { attempt: id, leaseUntil } = await g.admitted();
    g.t.now = leaseUntil - 1;
    const opens = leaseUntil + 10 * 60_000;
    expect(await g.ask()).toMatchObject({
      admitted: false,
      verdict: { decisive: 'payments.in-flight' },
      nextAllowedAt: opens,
    });
    g.t.now = leaseUntil;
    expect(await g.ask()).toMatchObject({ verdict: { decisive: 'payments.technical-backoff' }, nextAllowedAt: opens });
    g.t.now = leaseUntil + 5_000;
    expect(await g.declined(id)).toMatchObject({ recorded: 'now', attempt: { outcome: 'declined', code: '51' } });
  });

  it('counts nothing that was never sent', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted();
    expect(await g.tell(id, { outcome: 'not-sent' })).toMatchObject({ recorded: 'now', nextAllowedAt: g.t.now });
    expect(await g.tell(id, { outcome: 'not-sent' })).toMatchObject({ recorded: 'already' });
    expect((await g.admitted()).fence).toBe(2);
  });

  it('opens a never only for new facts', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted();
    expect(await g.declined(id, '41')).toMatchObject({ nextAllowedAt: 'never' });
    g.t.now += 300 * 24 * HOUR_MS;
    expect(await g.ask()).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(await g.ask({ facts: ['new-card'] })).toMatchObject({ admitted: true });
  });

  it('keeps what it knows of a card when the key of fingerprints is rotated', async () => {
    const g = await gate();
    const old = { cards: [OLD_CARD], attempt: { ...attempt, card: OLD_CARD } };
    const { attempt: id, fence } = await g.admitted(old);
    const both = { cards: [CARD, OLD_CARD] };
    expect(await g.ask(both)).toMatchObject({ admitted: false });
    await g.declined(id);
    expect(await g.ask(both)).toMatchObject({ admitted: false, nextAllowedAt: g.t.now + 12 * HOUR_MS });
    g.t.now += 12 * HOUR_MS;
    const second = await g.admitted(both);
    expect(second.fence).toBe(fence + 1);
    // Under the new key alone, as when the old one has gone.
    expect(await g.ask()).toMatchObject({ admitted: false });
    expect(await g.declined(second.attempt)).toMatchObject({ recorded: 'now' });
    expect(await g.declined(id)).toMatchObject({ recorded: 'already' });
  });

  it('moves a card that is refused every time to the new key, and keeps it for as long as it is tried', async () => {
    const g = await gate();
    const old = { cards: [OLD_CARD], attempt: { ...attempt, card: OLD_CARD } };
    const { attempt: id } = await g.admitted(old);
    await g.declined(id, '41');
    expect(await g.ask({ cards: [CARD, OLD_CARD] })).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    // The old key has gone, and every 250 days somebody tries.
    for (let tries = 0; tries < 4; tries++) {
      expect(await g.ask()).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
      g.t.now += 250 * 24 * HOUR_MS;
      await g.store.sweep({ before: g.t.now });
    }
  });

  /** Fills the card's record with attempts of a merchant, all different and all declined or paid. */
  async function filled(g: Awaited<ReturnType<typeof gate>>, merchant: string, code: '51' | '00', count: number) {
    const { card: _, ...kept } = attempt;
    const [at, leaseUntil, respondedAt] = [g.t.now, g.t.now, g.t.now];
    const outcome = code === '51' ? 'declined' : 'approved';
    const hold = (await g.store.load({ holds: [holdKey(CARD)] })).holds.get(holdKey(CARD));
    let tried = recordOf(hold);
    for (let i = 1; i <= count; i++) {
      const amount = { minor: i, currency: 'EUR' };
      const fence = tried.fence + 1;
      const id = `at_${merchant}_${fence}`;
      const one: KeptAttempt = {
        ...kept,
        id,
        fence,
        merchant,
        amount,
        purchase: id,
        at,
        leaseUntil,
        respondedAt,
        outcome,
        code,
      };
      tried = withAttempt(tried, one);
    }
    const holds = [{ key: holdKey(CARD), rev: hold?.rev ?? null, set: heldAs(tried, g.t.now) }];
    const { id, rev } = g.grant;
    expect(await g.store.redeem({ now: g.t.now, grant: { id, rev }, holds, issue: [] })).toBe('done');
  }

  it('closes for a merchant of whose attempts as many stand as are kept, until they do no more, and for nobody else', async () => {
    const g = await gate();
    await filled(g, 'acme', '51', ATTEMPTS_MAX);
    const amount = { minor: 5_000, currency: 'EUR' };
    const full = await g.ask({ attempt: { ...attempt, amount } });
    expect(full).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(full.verdict).toMatchObject({ decisive: 'payments.card-record', cause: 'full' });
    const { history } = full.verdict.snapshot as { readonly history: readonly unknown[] };
    expect(history.length).toBeLessThan(100);
    const beta = grantOf({ profile: 'payments', to: 'beta', from: START });
    await g.store.mint({ grant: beta, codes: [] });
    const theirs = { grant: beta.id, attempt: { ...attempt, merchant: 'beta', amount } };
    expect(await g.ask(theirs)).toMatchObject({ admitted: true });
  });

  it('forgets no purchase of a merchant for what others do with the card', async () => {
    const g = await gate();
    const order = { attempt: { ...attempt, purchase: 'order-42' } };
    const { attempt: id } = await g.admitted(order);
    expect(await g.tell(id, { outcome: 'approved' })).toMatchObject({ recorded: 'now' });
    await filled(g, 'other', '00', 2 * PURCHASES_MAX);
    const again = await g.ask(order);
    expect(again).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(again.verdict).toMatchObject({ decisive: 'payments.already-paid' });
  });

  it('closes by an answer that comes later than an approval of what was sent after it', async () => {
    const g = await gate();
    const small = { attempt: { ...attempt, amount: { minor: 5, currency: 'EUR' } } };
    const { attempt: first } = await g.admitted();
    const { attempt: second } = await g.admitted(small);
    g.t.now += 1_000;
    expect(await g.tell(second, { outcome: 'approved' })).toMatchObject({ recorded: 'now' });
    g.t.now += 1_000;
    expect(await g.declined(first, '41')).toMatchObject({ nextAllowedAt: 'never' });
    expect(await g.ask()).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(await g.ask(small)).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
  });

  it('clears by a fact nothing that comes of the attempt which brought it, though the clock stands still', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted({ facts: ['new-card'] });
    expect(await g.declined(id, '43')).toMatchObject({ nextAllowedAt: 'never' });
    expect(await g.ask()).toMatchObject({ admitted: false, nextAllowedAt: 'never' });
    expect(await g.ask({ facts: ['new-card'] })).toMatchObject({ admitted: true });
  });

  it('takes no outcome whose code says the opposite', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted();
    for (const code of ['51', '41'])
      await expect(g.tell(id, { outcome: 'approved', response: { code } })).rejects.toThrow(ContradictionError);
    for (const code of ['00', '85']) await expect(g.declined(id, code)).rejects.toThrow(ContradictionError);
    expect(await g.tell(id, { outcome: 'approved', response: { code: 'ZZ' } })).toMatchObject({ recorded: 'now' });
  });

  it('takes another answer for what it is, though only its class differs', async () => {
    const g = await gate();
    const { attempt: id } = await g.admitted({ attempt: { ...attempt, processor: 'stripe' } });
    expect(await g.declined(id, 'generic_decline')).toMatchObject({ recorded: 'now' });
    expect(await g.declined(id, 'generic_decline')).toMatchObject({ recorded: 'already' });
    expect(await g.declined(id, 'do_not_try_again')).toMatchObject({ recorded: 'conflict' });
  });

  it('admits one while keys change and nodes disagree about which is in force', async () => {
    const g = await gate();
    for (let round = 0; round < 5; round++) {
      const [k1, k2] = [`pf_${String(round).repeat(43)}`, `pf_${`a${round}`.repeat(21)}b`];
      const ask = (cards: string[]) => g.ask({ cards, attempt: { ...attempt, card: cards[0] ?? '' } });
      const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => ask(i % 2 === 0 ? [k1, k2] : [k2, k1])));
      expect(answers.filter(({ admitted }) => admitted)).toHaveLength(1);
    }
  });

  it('judges without recording, and lets nobody in whose grant has ended', async () => {
    const g = await gate();
    for (let i = 0; i < 3; i++) expect(await check(g.deps, g.asked)).toMatchObject({ admitted: true });
    expect(await g.store.find('verdicts', {})).toEqual([]);
    const { attempt: id } = await g.admitted();
    await g.store.revoke({ target: { grant: g.grant.id }, cause: 'test' });
    expect(await reserve(g.deps, g.asked)).toBeUndefined();
    expect(await check(g.deps, g.asked)).toBeUndefined();
    expect(await g.declined(id)).toEqual({ recorded: 'unknown' });
  });
});
