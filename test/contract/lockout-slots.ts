/**
 * The smallest profile with short codes, over a real store: slots that people type eight digits for. It judges by
 * comparing, and leaves to the product what this is about: what a failure counts against (`core/limit.ts`), where a
 * source waits (`server/attempts.ts`), and that all of it happens or nothing does (the store).
 */
import { randomInt } from 'node:crypto';
import { type Slot, SOURCE_AT_SLOT_GUESSES, SOURCE_GUESSES, slotKey, strikeOf, waits } from '../../src/core/limit.ts';
import type { Code, HandleKind } from '../../src/core/model.ts';
import { type Attempts, createAttempts } from '../../src/server/attempts.ts';
import type { Loaded, Store, Won } from '../../src/store/port.ts';
import { codeOf, grantOf, verdictOf } from './fixtures.ts';

/** Eight digits. */
const VALUES = 100_000_000;

/** What a presentation came to. `wait`: not judged, and nothing was written. `spent`: the slot takes no short code. */
type Came = 'in' | 'wrong' | 'spent' | 'wait';

/** One slot as attacked so far. */
export interface Attacked {
  /** The string that is right now. */
  readonly digits: string;
  /** Guesses that were compared with it, and those whose outcome could still have been a success. */
  readonly compared: number;
  readonly judged: number;
}

interface OpenSlot {
  readonly code: Code;
  readonly digits: string;
  compared: number;
  judged: number;
  over: boolean;
}

/** Slots of one store. */
export interface Slots {
  /** The person in charge opens a slot with a short code, or mints the slot's next one. */
  mintShort(name: string): Promise<string | 'spent'>;
  /** The person in charge mints a long code instead, for whoever is to have the slot; answers its id. */
  mintLong(kind: 'opaque' | 'bound'): Promise<string>;
  /** Somebody types a string for a slot. `node` is which of the hubs on this store hears it. */
  typed(name: string, digits: string, source: string, node?: number): Promise<Came>;
  /** Somebody presents a long code; `proven` is whether its key or verifier is. No source can be made to wait here. */
  presented(code: string, proven?: boolean): Promise<Came>;
  attacked(name: string): Attacked;
}

/** Slots over `store`, heard by `nodes` hubs that share it and count their sources each for itself. */
export function openSlots(store: Store, clock: () => number, nodes = 1): Slots {
  const gates = Array.from({ length: nodes }, () => gate(clock));
  const slots = new Map<string, OpenSlot>();
  const slotOf = (name: string): Slot => ({ name, values: VALUES });
  const seen = (name: string) => {
    const slot = slots.get(name);
    if (!slot) throw new Error(`expected a slot that was opened, got ${name}`);
    return slot;
  };

  async function mint(handle: HandleKind): Promise<Code> {
    const grant = grantOf({ profile: 'slots', terms: {} });
    const code = codeOf(grant.id, { handle, bindings: [], until: Date.UTC(9999, 0) });
    await store.mint({ grant, codes: [code] });
    return code;
  }

  /** Wins, or finds out that something changed meanwhile. A short code asserts that its slot is not held. */
  function win(loaded: Loaded, code: Code, hold?: string): Promise<Won> {
    return store.redeem({
      now: loaded.now,
      grant: { id: code.grant, rev: loaded.grants.get(code.grant)?.rev ?? 0 },
      spend: { code: code.id, rev: code.rev },
      issue: [],
      ...(hold !== undefined && { holds: [{ key: hold, rev: loaded.holds.get(hold)?.rev ?? null }] }),
      verdict: verdictOf({ at: loaded.now, ok: true, profile: 'slots' }),
    });
  }

  async function judge(name: string, digits: string, source: string): Promise<Came> {
    const slot = seen(name);
    const key = slotKey({ name });
    for (;;) {
      const loaded = await store.load({ codes: [slot.code.id], holds: [key] });
      const { now } = loaded;
      const code = loaded.codes.get(slot.code.id);
      const refusal = { now, verdict: verdictOf({ at: now, profile: 'slots', source }) };
      if (waits(loaded.holds.get(key), now)) {
        await store.refuse({ ...refusal, coalesce: `spent ${name} ${source} ${Math.floor(now / 60_000)}` });
        return 'spent';
      }
      // Without a live code there is nothing to guess, and so nothing to count.
      if (code?.state !== 'live' || code.used > 0) {
        await store.refuse({ ...refusal, coalesce: `none ${name} ${source} ${Math.floor(now / 60_000)}` });
        return 'wrong';
      }
      slot.compared++;
      if (digits === slot.digits) {
        if ((await win(loaded, code, key)) === 'stale') continue;
        slot.judged++;
        slot.over = true;
        return 'in';
      }
      const strike = strikeOf('short', { by: 'stranger', slot: slotOf(name) });
      const { consequence } = await store.refuse({ ...refusal, ...(strike && { strike }) });
      // Compared, but written after the hold or the win: the right string in its place would not have won.
      if (!slot.over) slot.judged++;
      slot.over ||= consequence.heldUntil !== undefined;
      return 'wrong';
    }
  }

  return {
    async mintShort(name) {
      const { holds, now } = await store.load({ holds: [slotKey({ name })] });
      if (waits(holds.get(slotKey({ name })), now)) return 'spent';
      const digits = String(randomInt(VALUES)).padStart(8, '0');
      const before = slots.get(name) ?? { compared: 0, judged: 0, over: false };
      slots.set(name, { ...before, code: await mint('short'), digits });
      return digits;
    },
    mintLong: async (kind) => (await mint(kind)).id,
    async typed(name, digits, source, node = 0) {
      const attempt = gates[node]?.begin(source, name);
      if (!attempt || 'waitMs' in attempt) return 'wait';
      const came = await judge(name, digits, source);
      if (came === 'wrong') attempt.failed();
      else attempt.dropped();
      return came;
    },
    async presented(id, proven = true) {
      const loaded = await store.load({ codes: [id] });
      const code = loaded.codes.get(id);
      const { now } = loaded;
      if (proven && code?.state === 'live' && code.used === 0)
        return (await win(loaded, code)) === 'done' ? 'in' : 'wrong';
      const strike = strikeOf(code?.handle ?? 'opaque', code ? { by: 'holder', code: code.id } : { by: 'stranger' });
      const verdict = verdictOf({ at: now, profile: 'slots' });
      await store.refuse({
        now,
        verdict,
        ...(strike ? { strike } : { coalesce: `unknown ${Math.floor(now / 60_000)}` }),
      });
      return 'wrong';
    },
    attacked: (name) => seen(name),
  };
}

function gate(clock: () => number): Attempts {
  return createAttempts(clock, { source: SOURCE_GUESSES, user: SOURCE_AT_SLOT_GUESSES });
}
