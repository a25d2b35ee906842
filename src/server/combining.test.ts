import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { CODE_FAILURES } from '../core/limit.ts';
import type { Verdict } from '../core/verdict.ts';
import { openMemory } from '../store/memory/open.ts';
import type { Refusal, Store } from '../store/port.ts';
import { combining } from './combining.ts';
import { createPace } from './limits.ts';

let kept: Store;
let writes: Refusal[];
let store: Store;

beforeEach(() => {
  const { store: memory } = openMemory({ clock: () => 1_000 });
  kept = memory;
  writes = [];
  const counted: Store = {
    ...memory,
    refuse: (refusal) => {
      writes.push(refusal);
      return memory.refuse(refusal);
    },
  };
  // The first two of a source are told at once.
  store = combining(counted, createPace(2, 60_000));
});

const verdict = (subject: string, at = 1_000): Verdict => ({
  id: `vd_${randomUUID().replaceAll('-', '').slice(0, 26)}`,
  profile: 'test',
  action: 'token',
  ok: false,
  cause: 'unknown',
  source: '192.0.2.1',
  subject,
  policy: 'p',
  at,
  snapshot: { subject },
  checks: [],
  times: 1,
});
const refusal = (subject: string, coalesce?: string): Refusal => ({
  now: 1_000,
  verdict: verdict(subject),
  ...(coalesce !== undefined && { coalesce }),
});
const rows = () => kept.find('verdicts', {});

const spend = async (): Promise<void> => {
  for (const name of ['x', 'y']) await store.refuse(refusal(name, 'spent'));
  writes.length = 0;
};

describe('refusals', () => {
  it('within the budget of their source are written one by one', async () => {
    const all = [refusal('a', 'key'), refusal('b', 'key')];
    await Promise.all(all.map((one) => store.refuse(one)));
    expect(writes).toEqual(all);
    await Promise.all(all.map((one) => store.refuse({ ...one, verdict: { ...one.verdict, source: '192.0.2.2' } })));
    expect(writes).toHaveLength(4);
  });

  it('past it are two writes for each row and moment, which count them all and show the newest', async () => {
    await spend();
    const refusals = Array.from({ length: 100 }, (_, i) => refusal(`s${i}`, `key ${i % 2}`));
    const refused = await Promise.all(refusals.map((one) => store.refuse(one)));
    expect(writes).toHaveLength(4);
    expect(new Set(refused.map((one) => one.verdict))).toEqual(new Set(refusals.slice(0, 2).map((r) => r.verdict.id)));
    expect((await rows()).slice(0, 2)).toMatchObject([
      { id: refusals[1]?.verdict.id, times: 50, subject: 's99' },
      { id: refusals[0]?.verdict.id, times: 50, subject: 's98' },
    ]);
  });

  it('that count against a code, or end a grant, are written at once and one by one, whatever the source has spent', async () => {
    await spend();
    const strike = { key: 'code:cd_1', limit: CODE_FAILURES };
    const all: Refusal[] = [
      { ...refusal('a'), strike },
      { ...refusal('b'), strike },
      { ...refusal('c', 'key'), revokes: { grant: 'gr_1', cause: 'replayed' } },
      { ...refusal('d', 'key'), revokes: { grant: 'gr_1', cause: 'replayed' } },
    ];
    const refused = all.map((one) => store.refuse(one));
    expect(writes).toEqual(all);
    expect((await Promise.all(refused)).map((one) => one.consequence.hits)).toEqual([1, 2, undefined, undefined]);
  });

  it('past it are heard together, whatever they are: time tells nothing', async () => {
    await spend();
    const heard: string[] = [];
    const told = (name: string, one: Refusal) => store.refuse(one).then(() => heard.push(name));
    const strike = { key: 'code:cd_1', limit: CODE_FAILURES };
    const again = [told('strike', { ...refusal('s'), strike }), told('many', refusal('m', 'key'))];
    again.push(told('more', refusal('n', 'key')));
    await Promise.race(again);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.sort()).toEqual(['many', 'more', 'strike']);
  });

  it('are told of a store that fails, every one of them', async () => {
    await spend();
    await kept.close();
    const refused = await Promise.allSettled([1, 2, 3].map(() => store.refuse(refusal('a', 'key'))));
    expect(refused.map((one) => one.status)).toEqual(Array(3).fill('rejected'));
  });
});
