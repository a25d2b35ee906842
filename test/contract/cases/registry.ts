/** The registry beside the store. */
import { describe, expect, it } from 'vitest';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function registryCases(open: Open): void {
  describe('registry', () => {
    const t = freshCase(open);

    it('creates, reads, lists, saves by rev and removes', async () => {
      const { registry } = t;
      const body = { name: 'My App', redirectUris: ['com.myapp:/callback'], exceptions: {} };
      expect(await registry.save('app', 'b', 0, body)).toBe(true);
      expect(await registry.save('app', 'a', 0, null)).toBe(true);
      expect(await registry.save('user', 'b', 0, 'other kind')).toBe(true);
      expect(await registry.get('app', 'b')).toEqual({ id: 'b', rev: 1, body });
      expect(await registry.get('app', 'c')).toBeUndefined();
      expect((await registry.list('app')).map((record) => record.id)).toEqual(['a', 'b']);
      expect(await registry.list('setting')).toEqual([]);
      expect(await registry.save('app', 'b', 1, { name: 'Mine' })).toBe(true);
      expect(await registry.get('app', 'b')).toEqual({ id: 'b', rev: 2, body: { name: 'Mine' } });
      expect(await registry.remove('app', 'b')).toBe(true);
      expect(await registry.remove('app', 'b')).toBe(false);
      expect(await registry.get('user', 'b')).toBeDefined();
    });

    it('counts every lasting change, and nothing else, where a case is read', async () => {
      const { registry, store } = t;
      const count = async (): Promise<number> => (await store.load({})).records;
      const before = await count();
      await registry.save('app', 'a', 0, {});
      const saved = await count();
      expect(saved).toBeGreaterThan(before);
      await registry.save('app', 'a', 0, {});
      await registry.remove('app', 'b');
      await registry.get('app', 'a');
      await registry.save('session', 's', 0, {});
      await registry.remove('session', 's');
      await t.preload();
      expect(await count()).toBe(saved);
      await registry.remove('app', 'a');
      expect(await count()).toBeGreaterThan(saved);
    });

    it('one of many savers of the same rev wins', async () => {
      const { registry } = t;
      const save = (rev: number) =>
        Promise.all(Array.from({ length: 20 }, (_, i) => registry.save('setting', 's', rev, i)));
      expect((await save(0)).filter(Boolean)).toHaveLength(1);
      expect((await save(1)).filter(Boolean)).toHaveLength(1);
      expect((await save(1)).filter(Boolean)).toHaveLength(0);
      expect((await registry.get('setting', 's'))?.rev).toBe(2);
    });
  });
}
