/** Random lives of a hub, for comparing stores: memory, the plainest reading of the port, says what is right. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Limit } from '../../src/core/model.ts';
import { openMemory } from '../../src/store/memory/open.ts';
import type { Store } from '../../src/store/port.ts';
import { dump, type Open } from './cases/case.ts';
import { codeOf, effectOf, grantOf, verdictOf } from './fixtures.ts';

const LIMITS: readonly Limit[] = [
  { id: 'burns', count: 2, inMs: 40, then: 'burn' },
  { id: 'holds', count: 2, inMs: 30, then: { holdMs: 25 } },
];

// Few ids and small revs, so that intents meet each other often.
const n = fc.nat({ max: 4 });
const rev = fc.integer({ min: 1, max: 3 });
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

const code = fc
  .record({
    id: n,
    grant: n,
    total: fc.constantFrom(null, 1, 2),
    until: fc.integer({ min: 0, max: 400 }),
    generation: fc.constantFrom(1, 1, 1, 0),
  })
  .map(({ id, grant, ...rest }) => codeOf(`gr_${grant}`, { id: `cd_${id}`, ...rest }));
const grant = fc
  .record({ id: n, parent: maybe(n), state: fc.constantFrom('active', 'active', 'active', 'pending', 'denied') })
  .map(({ id, parent, state }) =>
    grantOf({ id: `gr_${id}`, state, ...given({ parent: parent === undefined ? undefined : `gr_${parent}` }) }),
  );
const effect = fc
  .record({ id: n, grant: n, nextAt: fc.nat({ max: 200 }), state: fc.constantFrom('due', 'done', 'undoing') })
  .map(({ id, grant, ...rest }) => effectOf(`gr_${grant}`, { id: `ef_${id}`, ...rest }));
const verdict = fc
  .record({
    id: fc.nat({ max: 30 }),
    at: fc.nat({ max: 300 }),
    cause: fc.constantFrom('used', 'expired'),
    ok: fc.boolean(),
    profile: fc.constantFrom('oauth', 'home'),
    grant: maybe(n.map((i) => `gr_${i}`)),
  })
  .map(({ id, grant, ...rest }) => verdictOf({ id: `vd_${id}`, ...rest, ...(grant !== undefined && { grant }) }));

/** The fake clock's time, moved by some milliseconds. */
type At = (ms: number) => number;
type Step = (store: Store, at: At) => Promise<unknown>;

const steps: fc.Arbitrary<{ readonly say: unknown; readonly run: Step }> = fc.oneof(
  fc
    .record({
      grant: maybe(grant),
      codes: fc.array(code, { maxLength: 3 }),
      supersedes: maybe(fc.record({ code: n.map((i) => `cd_${i}`), rev })),
      verdict: maybe(verdict),
    })
    .map((say) => ({ say, run: (store: Store) => store.mint(given(say)) })),
  fc
    .record({
      grant: fc.record({ id: n.map((i) => `gr_${i}`), rev: fc.constantFrom(1, 1, 1, 2) }),
      spend: maybe(fc.record({ code: n.map((i) => `cd_${i}`), rev })),
      next: maybe(n.map((i) => `cd_${i}`)),
      unchanged: maybe(fc.array(fc.record({ code: n.map((i) => `cd_${i}`), rev }), { maxLength: 1 })),
      holds: maybe(fc.array(fc.record({ key: n.map((i) => `key ${i}`), rev: fc.constant(null) }), { maxLength: 2 })),
      once: maybe(fc.array(fc.record({ key: n.map(String), until: fc.nat({ max: 300 }) }), { maxLength: 2 })),
      issue: fc.array(code, { maxLength: 1 }),
      effects: maybe(fc.array(effect, { maxLength: 2 })),
      verdict: maybe(verdict),
    })
    .map(({ spend, next, ...say }) => ({
      say: { spend, next, ...say },
      run: (store: Store, at: At) =>
        store.redeem({ ...given(say), now: at(0), ...(spend && { spend: { ...spend, ...given({ next }) } }) }),
    })),
  fc
    .record({
      grant: fc.record({ id: n.map((i) => `gr_${i}`), rev: fc.constant(1) }),
      key: n.map((i) => `key ${i}`),
      /** Of every so many readings one is old. */
      old: fc.constantFrom(0, 0, 0, 1),
      set: fc.record({ until: fc.nat({ max: 400 }), data: n.map((i) => JSON.stringify({ i })) }),
      verdict: maybe(verdict),
    })
    .map(({ key, old, set, ...say }) => ({
      say: { key, old, set, ...say },
      run: async (store: Store, at: At) => {
        const read = (await store.load({ holds: [key] })).holds.get(key)?.rev;
        const holds = [{ key, rev: read === undefined ? null : read - old, set }];
        return store.redeem({ ...given(say), now: at(0), holds, issue: [] });
      },
    })),
  fc
    .record({
      verdict,
      coalesce: maybe(n.map(String)),
      strike: maybe(
        fc.record({ key: n.map((i) => `key ${i}`), limit: fc.constantFrom(...LIMITS), code: n.map((i) => `cd_${i}`) }),
      ),
      revokes: maybe(fc.record({ grant: n.map((i) => `gr_${i}`), cause: fc.constant('replay') })),
      late: fc.nat({ max: 5 }),
    })
    .map(({ late, ...say }) => ({
      say: { late, ...say },
      run: (store: Store, at: At) => store.refuse({ ...given(say), now: at(-late) }),
    })),
  fc
    .record({
      target: fc.oneof(
        n.map((i) => ({ grant: `gr_${i}` })),
        n.map((i) => ({ code: `cd_${i}` })),
      ),
      cause: fc.constant('owner'),
      verdict: maybe(verdict),
    })
    .map((say) => ({ say, run: (store: Store) => store.revoke(given(say)) })),
  fc
    .record({ limit: n, leaseMs: fc.nat({ max: 50 }) })
    .map((say) => ({ say, run: (store: Store) => store.claim(say) })),
  fc
    .record({
      effect: n.map((i) => `ef_${i}`),
      rev,
      state: fc.constantFrom('done', 'undone', 'retry'),
      nextAt: maybe(fc.nat({ max: 300 })),
      error: maybe(fc.constant('no answer')),
    })
    .map((say) => ({ say, run: (store: Store) => store.settle(given(say)) })),
  fc.record({ before: fc.nat({ max: 350 }) }).map((say) => ({ say, run: (store: Store) => store.sweep(say) })),
  fc
    .record({
      codes: fc.array(n.map((i) => `cd_${i}`)),
      grants: fc.array(n.map((i) => `gr_${i}`)),
      holds: fc.array(n.map((i) => `key ${i}`)),
      once: fc.array(n.map(String)),
    })
    .map((say) => ({ say, run: (store: Store) => store.load(say) })),
  fc
    .record({
      kind: fc.constantFrom('verdicts', 'codes', 'grants', 'effects', 'tallies'),
      id: maybe(fc.constantFrom('vd_1', 'cd_', 'gr_2')),
      grant: maybe(n.map((i) => `gr_${i}`)),
      client: maybe(fc.constantFrom('my_app_123', 'other', ['other', 'my_app_123'], [])),
      profile: maybe(fc.constantFrom('oauth', 'home')),
      ok: maybe(fc.boolean()),
      cause: maybe(fc.constant('used')),
      state: maybe(fc.constantFrom('live', 'active', ['due', 'undoing'])),
      liveAt: maybe(fc.nat({ max: 400 })),
      since: maybe(fc.nat({ max: 300 })),
      until: maybe(fc.integer({ min: 100, max: 400 })),
      touchedSince: maybe(fc.nat({ max: 300 })),
      before: maybe(
        fc.record({ at: fc.nat({ max: 300 }), id: fc.constantFrom('vd_1', 'vd_20', 'cd_2', 'gr_2', 'ef_2') }),
      ),
      bucketMs: maybe(fc.constantFrom(1, 50)),
      limit: maybe(n),
    })
    .map(({ kind, ...say }) => ({ say: { kind, ...say }, run: (store: Store) => store.find(kind, given(say)) })),
);

/** The answer, or the name of what was thrown: messages may differ between stores, kinds may not. */
async function answer(step: Promise<unknown>): Promise<unknown> {
  try {
    return await step;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  }
}

/** Lives so many random lives in memory and in the store that `open` opens: same answers, and the same rows in the end. */
export async function compareLives(open: Open, numRuns: number): Promise<void> {
  const life = fc.array(fc.record({ step: steps, waitMs: fc.integer({ min: -5, max: 20 }) }), {
    minLength: 10,
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(life, async (steps) => {
      let time = 100;
      const memory = openMemory({ clock: () => time });
      const other = await open(() => time);
      try {
        for (const { step, waitMs } of steps) {
          time += waitMs;
          const now = time;
          const [expected, got] = await Promise.all(
            [memory, other].map(({ store }) => answer(step.run(store, (ms) => now + ms))),
          );
          expect(got, JSON.stringify(step.say)).toEqual(expected);
        }
        expect(await dump(other.store)).toEqual(await dump(memory.store));
      } finally {
        await memory.close();
        await other.close();
      }
    }),
    { numRuns, endOnFailure: true },
  );
}
