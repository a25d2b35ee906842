/** What every test of the contract starts from: a fresh store, a clock that stands until it is moved, and short words. */
import { afterEach, beforeEach, expect } from 'vitest';
import { CODE_FAILURES } from '../../../src/core/limit.ts';
import type { Code, Grant, Limit } from '../../../src/core/model.ts';
import type { Kept, Redemption, Refusal, Store } from '../../../src/store/port.ts';
import type { Registry } from '../../../src/store/registry.ts';
import type { Upkeep } from '../../../src/store/upkeep.ts';
import { codeOf, grantOf, verdictOf } from '../fixtures.ts';

/** What an adapter's `open…` answers. */
export interface Opened {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  close(): Promise<void>;
}

/** Opens an empty store on the given clock. */
export type Open = (clock: () => number) => Promise<Opened>;

/** Everything that can be listed row by row. */
export const KINDS: readonly Kept[] = ['verdicts', 'codes', 'grants', 'effects'];

/** All of it, with its rows: equal dumps mean that nothing was written. */
export async function dump(store: Store): Promise<Record<string, unknown>> {
  const lists = await Promise.all(KINDS.map(async (kind) => [kind, await store.find(kind, { limit: 1_000 })] as const));
  return Object.fromEntries(lists);
}

/** A value as JSON keeps it. */
export function plainly<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}

/** One test's store, another for each test. `time` is its clock, in milliseconds, and is moved by setting it. */
export interface Case {
  readonly store: Store;
  readonly registry: Registry;
  readonly upkeep: Upkeep;
  time: number;
  /** A grant with so many live codes. */
  preload(codes?: number, over?: Partial<Code>): Promise<{ grant: Grant; codes: Code[]; code: Code }>;
  /** The redemption that uses the code as it was minted. */
  spending(grant: Grant, code: Code, over?: Partial<Redemption>): Redemption;
  codeNow(id: string): Promise<Code | undefined>;
  failing(over?: Partial<Refusal>): Refusal;
  /** A failure that counts against the code. */
  strike(code: string, limit?: Limit): Promise<{ consequence: unknown }>;
}

/** Opens a store before each test of the suite it is called in, and closes it afterwards. */
export function freshCase(open: Open): Case {
  let opened: Opened;
  const t: Case = {
    get store() {
      return opened.store;
    },
    get registry() {
      return opened.registry;
    },
    get upkeep() {
      return opened.upkeep;
    },
    time: 0,
    async preload(codes = 1, over = {}) {
      const grant = grantOf();
      const minted = Array.from({ length: codes }, () => codeOf(grant.id, over));
      expect(await t.store.mint({ grant, codes: minted })).toBe('done');
      return { grant, codes: minted, code: minted[0] as Code };
    },
    spending: (grant, code, over = {}) => ({
      now: t.time,
      grant: { id: grant.id, rev: grant.rev },
      spend: { code: code.id, rev: code.rev },
      issue: [],
      ...over,
    }),
    codeNow: async (id) => (await t.store.load({ codes: [id] })).codes.get(id),
    failing: (over = {}) => ({ now: t.time, verdict: verdictOf({ at: t.time }), ...over }),
    strike: (code, limit = CODE_FAILURES) => t.store.refuse(t.failing({ strike: { key: code, limit, code } })),
  };
  beforeEach(async () => {
    t.time = 1_000_000;
    opened = await open(() => t.time);
  });
  afterEach(() => opened.close());
  return t;
}
