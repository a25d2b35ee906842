/**
 * Every window of the rules' data through the gate itself, by the store's clock: closed one millisecond before its end and
 * open at it, and on both sides of every date at which the data change. What is expected is worked out here from the data,
 * not asked of the rules.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GateDeps } from '../../src/profiles/payments/card.ts';
import { type Attempt, DEFAULT_SETTINGS, type Settings } from '../../src/profiles/payments/case.ts';
import { DATA } from '../../src/profiles/payments/data.ts';
import type { HoldEntry, LimitEntry, Sourced } from '../../src/profiles/payments/data-types.ts';
import { type Asked, check, reserve } from '../../src/profiles/payments/gate.ts';
import { record } from '../../src/profiles/payments/outcome.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { grantOf } from './fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const LATE = Date.UTC(2026, 10, 21);
/** How long an issuer takes: windows that begin with the answer are told from those that begin with the sending. */
const ANSWER_MS = 700;
/** Shorter than any pause between two attempts here, so that nothing but the window looked at is closed. */
const SHORT: Settings = { ...DEFAULT_SETTINGS, holdMs: 1_000 };

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-windows-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

const OPEN: Readonly<Record<string, (clock: () => number) => Store>> = {
  memory: (clock) => openMemory({ clock }).store,
  sqlite: (clock) => openSqlite({ path: join(folder, `${++files}.db`), clock }).store,
};

interface Scene {
  readonly start: number;
  readonly settings?: Settings;
  readonly attempt?: Partial<Attempt>;
}

/** A gate whose store's clock stands still until it is set. */
async function sceneOn(name: string, { start, settings = SHORT, attempt = {} }: Scene) {
  const t = { now: start };
  const store = OPEN[name]?.(() => t.now) as Store;
  const grant = grantOf({ profile: 'payments', to: 'acme', from: 0 });
  await store.mint({ grant, codes: [] });
  const deps: GateDeps = { store, settings };
  const card = `pf_${'A'.repeat(43)}`;
  const asked: Asked = {
    grant: grant.id,
    attempt: {
      merchant: 'acme',
      card,
      amount: { minor: 1_999, currency: 'EUR' },
      initiator: 'cardholder',
      network: 'visa',
      processor: 'iso8583',
      ...attempt,
    },
    cards: [card],
    leaseMs: 30_000,
    source: 'test',
  };
  /** The rules that close at a moment; nothing is recorded. */
  const closedAt = async (now: number): Promise<readonly string[]> => {
    t.now = now;
    const answer = await check(deps, asked);
    if (answer === undefined) throw new Error('expected the merchant to be let in');
    return answer.admitted ? [] : answer.closed.map(({ rule }) => rule.replace('payments.', ''));
  };
  /** An attempt at a moment, which must be let through; its answer comes `ANSWER_MS` later. */
  const declined = async (now: number, response: { readonly code?: string; readonly advice?: string }) => {
    t.now = now;
    const answer = await reserve(deps, asked);
    if (!answer?.admitted) throw new Error(`expected to be let through, closed by ${answer?.verdict.decisive}`);
    t.now += ANSWER_MS;
    await record(deps, {
      grant: grant.id,
      attempt: answer.reservation.attempt,
      outcome: { outcome: 'declined', response },
    });
  };
  /** Closed by this rule alone up to the last millisecond, and let through at the end. */
  const opensAt = async (until: number, rule: string): Promise<void> => {
    expect(await closedAt(until - 1)).toEqual([rule]);
    const refused = await reserve(deps, asked);
    expect(refused).toMatchObject({ admitted: false, nextAllowedAt: until, verdict: { at: until - 1 } });
    t.now = until;
    expect(await reserve(deps, asked)).toMatchObject({ admitted: true, verdict: { at: until } });
  };
  return { closedAt, declined, opensAt, close: () => store.close() };
}

const startOf = ({ validFrom }: Sourced): number =>
  validFrom === null ? Number.NEGATIVE_INFINITY : Date.parse(validFrom);
const endOf = ({ validTo }: Sourced): number => (validTo === null ? Number.POSITIVE_INFINITY : Date.parse(validTo));
const holdsAt = (entry: Sourced, now: number): boolean => startOf(entry) <= now && now < endOf(entry);
/** A moment from which on an entry holds for long. */
const within = (entry: Sourced): number => (entry.validFrom === null ? LATE : startOf(entry) + DAY);
const dated = (entries: readonly Sourced[]): number[] =>
  [...new Set(entries.flatMap((entry) => [startOf(entry), endOf(entry)]))].filter(Number.isFinite).sort();
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Which rule a limit belongs to, and a network that it is for. */
const ruleOf = ({ id }: LimitEntry): string => (id.startsWith('unpublished-') ? 'network-limits-published' : id);
const networkOf = ({ network }: LimitEntry): string => (network === '*' ? 'amex' : network);
const regionOf = ({ regions, except }: LimitEntry): Pick<Attempt, 'region'> =>
  regions?.[0] !== undefined ? { region: regions[0] } : except ? { region: 'EU' } : {};
/** Far enough apart that a window of 24 hours has room while one of 30 days fills. */
const pauseOf = ({ windowHours }: LimitEntry): number => (windowHours > 24 ? 3 * HOUR : 20 * 60_000);
/** The first of a charge is no reattempt. */
const attemptsFor = ({ counts }: LimitEntry, limit: number): number => (counts === 'reattempts' ? limit + 1 : limit);

const limitNames = DATA.limits.map((entry) => {
  const { id, limit, windowHours, validFrom, regions } = entry;
  return [
    `${id}, ${limit} in ${windowHours} h, ${regions ?? 'everywhere'}, from ${validFrom ?? 'ever'}`,
    entry,
  ] as const;
});
/** Each limit's name in a region, with every date at which it changes there. */
const changes = DATA.limits.flatMap((entry) =>
  dated([entry]).map((date) => [`${entry.id}, ${entry.regions ?? 'everywhere'}, ${day(date)}`, entry, date] as const),
);
const waits = DATA.advice.filter(({ act }) => act === 'wait');
const advised = waits.flatMap((entry) => Object.keys(entry.codes).map((mac) => [mac, entry.waitMs as number] as const));
const holdNamed = (id: string): HoldEntry => DATA.holds.find((entry) => entry.id === id) as HoldEntry;

describe.each(Object.keys(OPEN))('every window of the data, through the gate on %s', (name) => {
  it.each(limitNames)('limit: %s', async (_, entry) => {
    const start = within(entry);
    const s = await sceneOn(name, { start, attempt: { network: networkOf(entry), ...regionOf(entry) } });
    const count = attemptsFor(entry, entry.limit);
    for (let i = 0; i < count; i++) await s.declined(start + i * pauseOf(entry), { code: '51' });
    const oldest = start + (count - entry.limit) * pauseOf(entry);
    await s.opensAt(oldest + entry.windowHours * HOUR, ruleOf(entry));
    await s.close();
  });

  it.each(changes)('limit at its date: %s', async (_, entry, date) => {
    const inForce = (now: number): number =>
      Math.min(
        Number.POSITIVE_INFINITY,
        ...DATA.limits
          .filter(({ id, regions }) => id === entry.id && String(regions) === String(entry.regions))
          .flatMap((one) => (holdsAt(one, now) ? [one.limit] : [])),
      );
    const [before, after] = [inForce(date - 1), inForce(date)];
    expect(before).not.toBe(after);
    const count = attemptsFor(entry, Math.min(before, after));
    const start = date - (count + 1) * pauseOf(entry);
    const s = await sceneOn(name, { start, attempt: { network: networkOf(entry), ...regionOf(entry) } });
    for (let i = 0; i < count; i++) await s.declined(start + i * pauseOf(entry), { code: '51' });
    const closedBy = (limit: number): string[] => (count >= attemptsFor(entry, limit) ? [ruleOf(entry)] : []);
    expect(await s.closedAt(date - 1)).toEqual(closedBy(before));
    expect(await s.closedAt(date)).toEqual(closedBy(after));
    await s.close();
  });

  it.each(advised)('advice %s', async (mac, waitMs) => {
    const start = LATE;
    const s = await sceneOn(name, { start, attempt: { network: 'mastercard' } });
    await s.declined(start, { code: '51', advice: mac });
    await s.opensAt(start + ANSWER_MS + waitMs, 'mastercard-advice');
    await s.close();
  });

  it('hold: funds, by default', async () => {
    const s = await sceneOn(name, { start: LATE, settings: DEFAULT_SETTINGS });
    await s.declined(LATE, { code: '51' });
    await s.opensAt(LATE + ANSWER_MS + (holdNamed('funds').stepsMs[0] as number), 'hold-after-51');
    await s.close();
  });

  it.each(holdNamed('technical').stepsMs.map((ms, i) => [i + 1, ms] as const))(
    'hold: technical, after %i in a row',
    async (faults, waitMs) => {
      const s = await sceneOn(name, { start: LATE });
      const { stepsMs } = holdNamed('technical');
      let at = LATE;
      for (let i = 0; i < faults; i++) {
        await s.declined(at, { code: '91' });
        at += ANSWER_MS + (i < faults - 1 ? (stepsMs[i] as number) : waitMs);
      }
      await s.opensAt(at, 'technical-backoff');
      await s.close();
    },
  );

  it('hold: ask-issuer, after one and after two', async () => {
    const [pauseMs = 0, windowMs = 0] = holdNamed('ask-issuer').stepsMs;
    for (const times of [1, 2]) {
      const s = await sceneOn(name, { start: LATE });
      for (let i = 0; i < times; i++) await s.declined(LATE + i * (ANSWER_MS + pauseMs), { code: '05' });
      await s.opensAt(LATE + ANSWER_MS + (times === 1 ? pauseMs : windowMs), 'ask-issuer-once');
      await s.close();
    }
  });

  it('hold: same-purchase, enforced while its rule book held and where it is set so since', async () => {
    for (const id of ['same-purchase', 'same-purchase-since']) {
      const entry = holdNamed(id);
      const start = within(entry);
      const settings: Settings = { ...SHORT, samePurchase: 'close' };
      const s = await sceneOn(name, { start, settings, attempt: { purchase: 'order-7' } });
      await s.declined(start, { code: '51' });
      await s.opensAt(start + (entry.stepsMs[0] as number), 'same-purchase');
      await s.close();
    }
  });

  it.each(dated([holdNamed('same-purchase')]).map((date) => [day(date), date] as const))(
    'hold at its date: same-purchase, %s',
    async (_, date) => {
      const s = await sceneOn(name, { start: date - HOUR, attempt: { purchase: 'order-7' } });
      await s.declined(date - HOUR, { code: '51' });
      const closedBy = (now: number): string[] => (holdsAt(holdNamed('same-purchase'), now) ? ['same-purchase'] : []);
      expect(await s.closedAt(date - 1)).toEqual(closedBy(date - 1));
      expect(await s.closedAt(date)).toEqual(closedBy(date));
      expect(closedBy(date - 1)).not.toEqual(closedBy(date));
      await s.close();
    },
  );

  it.each(
    DATA.categories.flatMap((entry) =>
      dated([entry]).flatMap((date) => entry.codes.map((code) => [code, day(date), date] as const)),
    ),
  )('Visa category of %s at its date %s', async (code, _, date) => {
    const s = await sceneOn(name, { start: date - HOUR });
    await s.declined(date - HOUR, { code });
    for (const now of [date - 1, date]) {
      const category = DATA.categories.find((entry) => holdsAt(entry, now) && entry.codes.includes(code))?.category;
      expect((await s.closedAt(now)).includes('visa-category')).toBe(category === 1 || category === 3);
    }
    await s.close();
  });
});
