import { beforeEach, describe, expect, it } from 'vitest';
import { openMemory } from '../../store/memory/open.ts';
import type { Registry } from '../../store/registry.ts';
import { heldPairings, hold, overdue, release } from './holders.ts';

const PAIRING = { id: 'A1', key: 'k1' };
const user = (grant: string, until: number | null = null) => ({ grant, until, admin: false });
let registry: Registry;

beforeEach(() => {
  ({ registry } = openMemory());
});

describe('a pairing that several grants need', () => {
  it('stays until the last of them has gone', async () => {
    await hold(registry, 'lamp', PAIRING, user('gr_1'));
    await hold(registry, 'lamp', PAIRING, user('gr_2'));
    expect(await release(registry, 'lamp', PAIRING, 'gr_1')).toEqual({ ...PAIRING, admin: false });
    expect(await release(registry, 'lamp', PAIRING, 'gr_2')).toBeUndefined();
    expect(await heldPairings(registry, 'lamp')).toEqual([]);
  });

  it('is held once by each, however often it is asked for', async () => {
    for (let i = 0; i < 3; i++) await hold(registry, 'lamp', PAIRING, user('gr_1'));
    expect(await release(registry, 'lamp', PAIRING, 'gr_1')).toBeUndefined();
  });

  it('has the rights of the one who may most, and loses them with that one', async () => {
    expect(await hold(registry, 'lamp', PAIRING, user('gr_1'))).toMatchObject({ admin: false });
    expect(await hold(registry, 'lamp', PAIRING, { ...user('gr_2'), admin: true })).toMatchObject({ admin: true });
    expect(await release(registry, 'lamp', PAIRING, 'gr_2')).toMatchObject({ admin: false });
  });

  it('is not taken over by naming its id with another key', async () => {
    await hold(registry, 'lamp', PAIRING, user('gr_1'));
    await expect(hold(registry, 'lamp', { ...PAIRING, key: 'k2' }, user('gr_2'))).rejects.toThrow('another key');
    expect(await release(registry, 'lamp', { ...PAIRING, key: 'k2' }, 'gr_1')).toMatchObject(PAIRING);
  });

  it('is another one on another accessory', async () => {
    await hold(registry, 'lamp', PAIRING, user('gr_1'));
    await hold(registry, 'fan', PAIRING, user('gr_1'));
    await release(registry, 'lamp', PAIRING, 'gr_1');
    expect(await heldPairings(registry, 'fan')).toHaveLength(1);
  });

  it('names the grants whose own time is over, at that time and not before', async () => {
    await hold(registry, 'lamp', PAIRING, user('gr_1', 1_000));
    await hold(registry, 'lamp', PAIRING, user('gr_2'));
    const held = await heldPairings(registry, 'lamp');
    expect(overdue(held, 999)).toEqual([]);
    expect(overdue(held, 1_000)).toEqual(['gr_1']);
  });
});
