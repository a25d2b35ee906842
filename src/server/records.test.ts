import { describe, expect, it } from 'vitest';
import { openMemory } from '../store/memory/open.ts';
import { changeRecord, tidyRecords } from './records.ts';

describe('changing a record', () => {
  it('loses no change of many who change it at the same time', async () => {
    const { registry } = openMemory();
    const add = (now: number = 0): number => now + 1;
    await Promise.all(Array.from({ length: 40 }, () => changeRecord(registry, 'setting', 'x', add)));
    expect(await registry.get('setting', 'x')).toEqual({ id: 'x', rev: 40, body: 40 });
  });

  it('writes nothing where there is nothing to change', async () => {
    const { registry } = openMemory();
    await registry.save('setting', 'x', 0, { a: 1 });
    expect(await changeRecord<{ a: number }>(registry, 'setting', 'x', (now) => now ?? { a: 2 })).toEqual({ a: 1 });
    expect((await registry.get('setting', 'x'))?.rev).toBe(1);
  });

  it('gives up when others come between every time', async () => {
    const { registry } = openMemory();
    const busy = { ...registry, save: async () => false };
    await expect(changeRecord(busy, 'setting', 'x', () => 1)).rejects.toThrow(/others came between 50 times/);
  });
});

describe('tidying records', () => {
  it('removes what is over, and of the rest the oldest beyond the limit, some at a time', async () => {
    const { registry } = openMemory();
    for (let at = 0; at < 700; at++) await registry.save('link', String(at), 0, at);
    const tidy = (): Promise<void> =>
      tidyRecords<number>(registry, 'link', { over: (at) => at % 2 === 1, age: (at) => at, limit: 3 });
    await tidy();
    expect(await registry.list('link')).toHaveLength(200);
    await tidy();
    expect((await registry.list<number>('link')).map(({ body }) => body)).toEqual([694, 696, 698]);
  });
});
