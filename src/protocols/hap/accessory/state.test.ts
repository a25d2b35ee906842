import { describe, expect, it } from 'vitest';
import { newIdentity } from '../keys.ts';
import { type AccessoryState, freshState, memoryState, newDeviceId, openKeeper } from './state.ts';

const same = (state: AccessoryState): AccessoryState => state;
const counted = (state: AccessoryState): AccessoryState => ({ ...state, failures: state.failures + 1 });

describe('the state', () => {
  it('is plain JSON, and gives the same identity back', async () => {
    const identity = newIdentity(newDeviceId());
    const state = JSON.parse(JSON.stringify(freshState(identity)));
    const keeper = await openKeeper(memoryState(state), undefined, same, () => undefined);
    expect([keeper.identity().id, keeper.identity().publicKey]).toEqual([identity.id, identity.publicKey]);
  });

  it('counts only once it is written, and changes wait for each other', async () => {
    let written: number[] = [];
    const port = {
      read: () => undefined,
      async write({ failures }: AccessoryState): Promise<void> {
        await new Promise((resolve) => setTimeout(resolve, 1));
        written.push(failures);
      },
    };
    const heard: [number, number][] = [];
    const keeper = await openKeeper(port, undefined, same, (before, now) =>
      heard.push([before.failures, now.failures]),
    );
    written = [];
    const changes = [1, 2, 3].map(() => keeper.change(counted));
    expect(keeper.current().failures).toBe(0);
    expect((await Promise.all(changes)).map(({ failures }) => failures)).toEqual([1, 2, 3]);
    expect(written).toEqual([1, 2, 3]);
    expect(heard).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
    ]);
  });

  it('stays what it was when it cannot be written, and the next change does not mind', async () => {
    let broken = false;
    const port = {
      read: () => undefined,
      write(): void {
        if (broken) throw new Error('disk full');
      },
    };
    const keeper = await openKeeper(port, undefined, same, () => undefined);
    broken = true;
    await expect(keeper.change(counted)).rejects.toThrow('disk full');
    expect(keeper.current().failures).toBe(0);
    broken = false;
    expect((await keeper.change(counted)).failures).toBe(1);
  });

  it('is written before anybody can learn its identity, and not when nothing changes', async () => {
    const state = memoryState();
    const keeper = await openKeeper(state, undefined, same, () => undefined);
    const written = state.current();
    expect(written?.id).toBe(keeper.identity().id);
    await keeper.change(same);
    expect(state.current()).toBe(written);
  });
});

it('a device id is six bytes in upper-case hex, a new one each time', () => {
  const ids = Array.from({ length: 50 }, newDeviceId);
  expect(ids.every((id) => /^([0-9A-F]{2}:){5}[0-9A-F]{2}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(50);
});
