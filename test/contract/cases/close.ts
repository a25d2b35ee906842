/** `close`: what is queued is finished. */
import { expect, it } from 'vitest';
import { freshId, grantOf } from '../fixtures.ts';
import { freshCase, type Open } from './case.ts';

/** Declares them. */
export function closeCases(open: Open): void {
  const t = freshCase(open);
  const { preload, spending } = t;

  it('close finishes what is queued, and nothing is taken after it', async () => {
    const { grant, code } = await preload();
    const [won] = await Promise.all([t.store.redeem(spending(grant, code)), t.store.close()]);
    expect(won).toBe('done');
    const id = freshId('gr_');
    await expect(t.store.mint({ grant: grantOf({ id }), codes: [] })).rejects.toThrow('closed');
    await expect(t.store.load({})).rejects.toThrow('closed');
    await expect(t.registry.get('app', 'a')).rejects.toThrow('closed');
    await expect(t.store.close()).resolves.toBeUndefined();
  });
}
