import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openMemory } from '../../store/memory/open.ts';
import type { Registry } from '../../store/registry.ts';
import { exclusively } from './turns.ts';

/** A registry that another node would have: the same records, another object. */
const another = (registry: Registry): Registry => ({ ...registry });

async function atOnceAt(registries: readonly Registry[], shared: boolean): Promise<number> {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await sleep(2);
    inside -= 1;
  };
  const turns = Array.from({ length: 12 }, (_, i) => {
    const registry = registries[i % registries.length] as Registry;
    return exclusively({ registry, shared, clock: Date.now }, 'lamp', work);
  });
  await Promise.all(turns);
  return most;
}

describe('turns on an accessory', () => {
  it('are taken one after the other within a process', async () => {
    expect(await atOnceAt([openMemory().registry], false)).toBe(1);
  });

  it('are taken one after the other between nodes that share the registry', async () => {
    const { registry } = openMemory();
    expect(await atOnceAt([registry, another(registry), another(registry)], true)).toBe(1);
    // Without the lease they would not be: the test can see it.
    expect(await atOnceAt([another(registry), another(registry), another(registry)], false)).toBeGreaterThan(1);
  });

  it('go on after one that failed, and do not hold up other accessories', async () => {
    const { registry } = openMemory();
    const options = { registry, shared: true, clock: Date.now };
    const failed = exclusively(options, 'lamp', () => Promise.reject(new Error('unplugged')));
    await expect(failed).rejects.toThrow('unplugged');
    expect(await exclusively(options, 'lamp', async () => 'done')).toBe('done');
    let free = (): void => undefined;
    const busy = exclusively(options, 'lamp', () => new Promise<void>((resolve) => (free = resolve)));
    expect(await exclusively(options, 'fan', async () => 'done')).toBe('done');
    free();
    await busy;
  });

  it('are taken over from a node that died, when its lease is over', async () => {
    const { registry } = openMemory();
    let now = 1_000;
    await registry.save('lease', 'turn:lamp', 0, { holder: 'a node that died', until: 61_000 });
    const waits = exclusively({ registry, shared: true, clock: () => now }, 'lamp', async () => 'done');
    now = 61_000;
    expect(await waits).toBe('done');
  });
});
