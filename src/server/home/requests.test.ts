import { describe, expect, it } from 'vitest';
import type { CharacteristicId } from '../../protocols/hap/characteristics.ts';
import { readAll } from './requests.ts';

describe('reading many characteristics of an accessory', () => {
  it('asks for each once, at most 40 in a question, and answers in the order asked for', async () => {
    const questions: number[] = [];
    const read = async (ids: readonly CharacteristicId[]) => {
      questions.push(ids.length);
      return ids.map((id) => ({ ...id, status: 0, value: id.iid })).reverse();
    };
    const iids = [...Array.from({ length: 48 }, (_, n) => 100 - n), 100, 75];
    const values = await readAll(
      { read },
      iids.map((iid) => ({ aid: 1, iid })),
    );
    expect(values.map((one) => one?.value)).toEqual(iids);
    expect(questions).toEqual([40, 8]);
    expect(await readAll({ read }, [])).toEqual([]);
  });
});
