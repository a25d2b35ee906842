/** `Upkeep`: dumps, fills, the generation, erasure and the audit trail. */
import { hash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Code, Limit } from '../../../src/core/model.ts';
import { checkpointText, digestOf, type Link, linkText, NO_HASH } from '../../../src/store/audit.ts';
import { type Chunk, type Dump, TABLES, type Upkeep } from '../../../src/store/upkeep.ts';
import { codeOf, effectOf, grantOf, verdictOf } from '../fixtures.ts';
import { dump, freshCase, type Open } from './case.ts';

const SLOW: Limit = { id: 'slow', count: 2, inMs: 1_000, then: { holdMs: 60_000 } };

/** Everything that `upkeep` dumps, chunk by chunk. */
async function read(upkeep: Upkeep): Promise<{ meta: Dump['meta']; chunks: Chunk[] }> {
  const { meta, chunks } = await upkeep.dump();
  return { meta, chunks: await collected(chunks) };
}

function rowsOf<T extends Chunk['table']>(
  chunks: readonly Chunk[],
  table: T,
): (Chunk & { table: T })['rows'][number][] {
  return chunks.flatMap((chunk) => (chunk.table === table ? [...chunk.rows] : [])) as never;
}

async function collected(chunks: AsyncIterable<Chunk>): Promise<Chunk[]> {
  const all: Chunk[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return all;
}

async function* each(chunks: readonly Chunk[]): AsyncGenerator<Chunk> {
  yield* chunks;
}

/** Declares them. */
export function upkeepCases(open: Open): void {
  describe('upkeep', () => {
    const t = freshCase(open);

    /** One row at least in every table but `checkpoints`. */
    async function lived(): Promise<{ code: Code; spent: Code }> {
      const { grant, codes } = await t.preload(2);
      const [code, spent] = codes as [Code, Code];
      await t.store.redeem(
        t.spending(grant, spent, {
          issue: [codeOf(grant.id, { purpose: 'access_token', total: null })],
          effects: [effectOf(grant.id)],
          once: [{ key: 'jti', until: t.time + 60_000 }],
          verdict: verdictOf({ ok: true, at: t.time, grant: grant.id, code: spent.id }),
        }),
      );
      const strike = { key: 'somebody', limit: SLOW };
      await t.store.refuse(t.failing({ strike, coalesce: 'again' }));
      await t.store.refuse(t.failing({ strike, coalesce: 'again' }));
      await t.registry.save('app', 'my_app_123', 0, { name: 'My App' });
      return { code, spent };
    }

    it('dumps every table, in the order of writing, and goes on while others write', async () => {
      await lived();
      const { chunks, meta } = await t.upkeep.dump();
      await t.store.mint({ grant: grantOf({ id: 'gr_later' }), codes: [] });
      const all = await collected(chunks);
      expect(meta).toEqual({ generation: 1, clock: expect.any(Number) });
      expect(new Set(all.map(({ table }) => table))).toEqual(new Set(TABLES.filter((name) => name !== 'checkpoints')));
      expect(rowsOf(all, 'grants').map(({ id }) => id)).not.toContain('gr_later');
      expect(rowsOf(all, 'hits')).toHaveLength(2);
    });

    it('fills another store with the same rows, and every code of before is of an older generation', async () => {
      const { code, spent } = await lived();
      const before = await dump(t.store);
      const dumped = await read(t.upkeep);
      await t.store.mint({ grant: grantOf({ id: 'gr_lost' }), codes: [codeOf('gr_lost', { id: 'cd_lost' })] });

      expect(await t.upkeep.fill({ meta: dumped.meta, chunks: each(dumped.chunks) })).toBe(2);

      expect(await dump(t.store)).toEqual(before);
      const { codes, generation, holds } = await t.store.load({
        codes: [code.id, spent.id, 'cd_lost'],
        holds: ['somebody'],
      });
      expect(generation).toBe(2);
      expect([...codes.keys()]).not.toContain('cd_lost');
      expect(codes.get(code.id)).toMatchObject({ state: 'live', used: 0, generation: 1 });
      expect(holds.get('somebody')?.until).toBe(t.time + 60_000);
      expect(await t.registry.get('app', 'my_app_123')).toMatchObject({ rev: 1, body: { name: 'My App' } });
      const grant = { id: code.grant, rev: 1 };
      const redeemed = await t.store.redeem({
        now: t.time,
        grant,
        spend: { code: code.id, rev: code.rev },
        issue: [],
      });
      expect(redeemed).toBe('stale');
      expect((await t.store.refuse(t.failing({ coalesce: 'again' }))).verdict).toBe(
        (await t.store.find('verdicts', {})).find(({ times }) => times === 3)?.id,
      );
    });

    it('raises the generation above that of the dump, and the clock never goes back', async () => {
      const clock = t.time + 5_000;
      expect(await t.upkeep.fill({ meta: { generation: 7, clock }, chunks: each([]) })).toBe(8);
      const { now, generation } = await t.store.load({});
      expect(generation).toBe(8);
      expect(now).toBeGreaterThanOrEqual(clock);
      expect(await t.upkeep.raise()).toBe(9);
    });

    it('leaves everything as it is when a dump cannot be read to its end', async () => {
      await lived();
      const before = await dump(t.store);
      const { meta, chunks } = await read(t.upkeep);
      async function* broken(): AsyncGenerator<Chunk> {
        yield* chunks.slice(0, 2);
        throw new Error('the file ends here');
      }
      await expect(t.upkeep.fill({ meta, chunks: broken() })).rejects.toThrow('the file ends here');
      expect(await dump(t.store)).toEqual(before);
      expect((await t.store.load({})).generation).toBe(1);
      await t.store.mint({ grant: grantOf(), codes: [] });
    });

    it('links every batch that wrote verdicts, each link to the one before, and names each row by its digest', async () => {
      await lived();
      const { chunks } = await read(t.upkeep);
      const links = rowsOf(chunks, 'audit') as Link[];
      expect(links.length).toBeGreaterThan(0);
      expect(new Set(links.map(({ chain }) => chain)).size).toBe(1);
      let prev = NO_HASH;
      for (const [i, link] of links.entries()) {
        expect(link).toMatchObject({ seq: i + 1, prev });
        expect(link.hash).toBe(hash('sha256', linkText(link), 'hex'));
        prev = link.hash;
      }
      const entries = links.flatMap(({ body }) => body.split('\n'));
      for (const row of rowsOf(chunks, 'verdicts'))
        expect(entries.findLast((entry) => entry.includes(row.id))).toBe(
          `kept ${row.id} ${row.times} ${digestOf(row)}`,
        );
      expect(await t.upkeep.sign(() => 'signed')).toMatchObject({
        chain: links[0]?.chain,
        seq: links.length,
        hash: prev,
      });
    });

    it('keeps checkpoints, and leaves no link for what was stale or failed', async () => {
      const { grant, code } = await t.preload();
      await t.store.redeem({
        ...t.spending(grant, code),
        verdict: verdictOf({ ok: true }),
        grant: { id: 'x', rev: 1 },
      });
      const twice = verdictOf();
      await t.store.refuse({ now: t.time, verdict: twice });
      await expect(t.store.refuse({ now: t.time, verdict: twice })).rejects.toThrow();
      const checkpoint = await t.upkeep.sign((text) => hash('sha256', text));
      expect(checkpoint).toMatchObject({ seq: 1, at: expect.any(Number) });
      expect(checkpoint && hash('sha256', checkpointText(checkpoint))).toBe(checkpoint?.signature);
      expect(await t.upkeep.sign(() => 'again')).toBeUndefined();
      const { chunks } = await read(t.upkeep);
      expect(rowsOf(chunks, 'checkpoints')).toEqual([checkpoint]);
      expect(rowsOf(chunks, 'audit')).toHaveLength(1);
    });

    it('begins a new chain after a fill, and says so', async () => {
      await lived();
      const dumped = await read(t.upkeep);
      await t.upkeep.fill({ meta: dumped.meta, chunks: each(dumped.chunks) });
      const links = rowsOf((await read(t.upkeep)).chunks, 'audit') as Link[];
      const last = links.at(-1);
      const before = links.at(-2);
      expect(last?.seq).toBe(1);
      expect(last?.body).toBe(`after ${before?.chain} ${before?.seq} ${before?.hash}\nrestored 2`);
    });

    it('notes a sweep that took verdicts or links', async () => {
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 500 }) });
      await t.store.sweep({ before: 400 });
      expect((await t.upkeep.sign(() => ''))?.seq).toBe(1);
      await t.store.sweep({ before: 501 });
      const links = rowsOf((await read(t.upkeep)).chunks, 'audit') as Link[];
      expect(links.at(-1)?.body).toBe('swept 501');
    });

    it('erases the payload of verdicts and keeps when, what and why', async () => {
      const { spent } = await lived();
      const [whole] = await t.store.find('verdicts', { grant: spent.grant });
      expect(await t.upkeep.erase({ grant: spent.grant })).toEqual({ verdicts: 1, grants: 0 });
      const [left] = await t.store.find('verdicts', { grant: spent.grant });
      expect(left).toMatchObject({ id: whole?.id, ok: true, at: whole?.at, erased: true, snapshot: null });
      expect(left).not.toHaveProperty('subject');
      expect(left).not.toHaveProperty('source');
      expect(left).not.toHaveProperty('checks');
      expect(await t.upkeep.erase({ grant: spent.grant })).toEqual({ verdicts: 0, grants: 0 });
      const { chunks } = await read(t.upkeep);
      const row = rowsOf(chunks, 'verdicts').find(({ id }) => id === whole?.id);
      const entries = (rowsOf(chunks, 'audit') as Link[]).flatMap(({ body }) => body.split('\n'));
      expect(entries.at(-1)).toBe(`erased ${whole?.id} 1 ${row && digestOf(row)}`);
    });

    it('erases by client, by time and by who decided; a coalesced row that was erased does not grow again', async () => {
      const grant = grantOf({ by: 'bob' });
      await t.store.mint({
        grant,
        codes: [],
        verdict: verdictOf({ at: 100, subject: 'theirs', ok: true, grant: grant.id }),
      });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 200, subject: 'mine' }), coalesce: 'one' });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 300, subject: 'mine' }) });
      expect(await t.upkeep.erase({ client: 'mine', until: 250 })).toEqual({ verdicts: 1, grants: 0 });
      await t.store.refuse({ now: t.time, verdict: verdictOf({ at: 201, subject: 'mine' }), coalesce: 'one' });
      expect((await t.store.find('verdicts', { client: 'mine' })).map(({ at }) => at)).toEqual([300, 201]);
      expect(await t.upkeep.erase({ by: 'bob' })).toEqual({ verdicts: 1, grants: 1 });
      expect((await t.store.find('grants', { grant: grant.id }))[0]?.by).toBe('erased');
      expect(await t.store.find('verdicts', { client: 'theirs' })).toEqual([]);
    });
  });
}
