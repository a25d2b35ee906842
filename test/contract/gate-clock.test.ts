/**
 * Whose clock decides at the gate on one SQLite file: two processes, their own clocks four seconds apart. The time of the file is
 * the newest that anybody has written there, so it is the faster clock that ends a window, for both, and it never goes back. On
 * PostgreSQL the server's clock decides, and a node's own is not asked (`test/soak/payments-windows-postgres.soak.ts`).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/profiles/payments/case.ts';
import { type Asked, check, reserve } from '../../src/profiles/payments/gate.ts';
import { record } from '../../src/profiles/payments/outcome.ts';
import type { Store } from '../../src/store/port.ts';
import { openSqlite } from '../../src/store/sqlite/open.ts';
import { grantOf } from './fixtures.ts';

const START = Date.UTC(2026, 10, 21);
const HOLD_MS = 43_200_000;
const SKEW_MS = 2_000;
const CARD = `pf_${'A'.repeat(43)}`;

const folder = mkdtempSync(join(tmpdir(), 'counterfoil-clocks-'));
let files = 0;
afterAll(() => rmSync(folder, { recursive: true }));

describe('clocks that disagree, at the gate on one SQLite file', () => {
  async function twoProcesses() {
    const path = join(folder, `${++files}.db`);
    const open = (clock: () => number): Store => openSqlite({ path, clock }).store;
    const t = { now: START };
    const ahead = open(() => t.now + SKEW_MS);
    const behind = open(() => t.now - SKEW_MS);
    const grant = grantOf({ profile: 'payments', to: 'acme', from: 0 });
    await behind.mint({ grant, codes: [] });
    const asked: Asked = {
      grant: grant.id,
      attempt: {
        merchant: 'acme',
        card: CARD,
        amount: { minor: 1_999, currency: 'EUR' },
        initiator: 'cardholder',
        network: 'visa',
        processor: 'iso8583',
      },
      cards: [CARD],
      leaseMs: 30_000,
      source: 'test',
    };
    const at = (store: Store) => ({ store, settings: DEFAULT_SETTINGS });
    const declinedBy = async (store: Store): Promise<number> => {
      const answer = await reserve(at(store), asked);
      if (!answer?.admitted) throw new Error('expected to be let through');
      const outcome = { outcome: 'declined', response: { code: '51' } } as const;
      const told = await record(at(store), { grant: grant.id, attempt: answer.reservation.attempt, outcome });
      if (told.recorded !== 'now') throw new Error(`expected the answer to be recorded now, got ${told.recorded}`);
      return told.nextAllowedAt as number;
    };
    const ask = (store: Store) => reserve(at(store), asked);
    const close = () => Promise.all([ahead.close(), behind.close()]);
    return { t, open, ahead, behind, at, asked, ask, declinedBy, close };
  }

  it('the answer that the faster one dated binds the slower one, to the millisecond', async () => {
    const p = await twoProcesses();
    const opens = await p.declinedBy(p.ahead);
    expect(opens).toBe(START + SKEW_MS + HOLD_MS);
    // What was written there is the time for the slower one as well.
    expect(await p.ask(p.behind)).toMatchObject({ admitted: false, verdict: { at: START + SKEW_MS } });
    p.t.now = opens - 1 + SKEW_MS;
    expect(await p.ask(p.behind)).toMatchObject({ admitted: false, verdict: { at: opens - 1 }, nextAllowedAt: opens });
    p.t.now += 1;
    expect(await p.ask(p.behind)).toMatchObject({ admitted: true, verdict: { at: opens } });
    await p.close();
  });

  it('the faster one ends a window when its own clock is there, and from then on it is that time for everybody', async () => {
    const p = await twoProcesses();
    const opens = await p.declinedBy(p.behind);
    expect(opens).toBe(START - SKEW_MS + HOLD_MS);
    p.t.now = opens - 1 - SKEW_MS;
    expect(await p.ask(p.ahead)).toMatchObject({ admitted: false, verdict: { at: opens - 1 } });
    p.t.now += 1;
    // Only looking writes nothing: the slower one does not hear of it.
    expect(await check(p.at(p.ahead), p.asked)).toMatchObject({ admitted: true, verdict: { at: opens } });
    expect(await check(p.at(p.behind), p.asked)).toMatchObject({ admitted: false, verdict: { at: opens - 1 } });
    expect(await p.ask(p.ahead)).toMatchObject({ admitted: true, verdict: { at: opens } });
    expect(await p.ask(p.behind)).toMatchObject({ admitted: false, verdict: { at: opens } });
    await p.close();
  });

  it('a process that starts with a clock an hour slow goes on from the newest time written', async () => {
    const p = await twoProcesses();
    const opens = await p.declinedBy(p.ahead);
    const late = p.open(() => START - 3_600_000);
    expect(await p.ask(late)).toMatchObject({
      admitted: false,
      verdict: { at: START + SKEW_MS },
      nextAllowedAt: opens,
    });
    await late.close();
    await p.close();
  });
});
