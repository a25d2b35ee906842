import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Row, readCsv } from './csv.ts';

async function* pieces(text: string, length: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let i = 0; i < bytes.length; i += length) yield bytes.slice(i, i + length);
}
async function all(text: string, length: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of readCsv(pieces(text, length))) rows.push(row);
  return rows;
}
const read = async (text: string, length = 7) => (await all(text, length)).map(({ cells }) => cells);

it('reads back what was written, however it is cut and quoted', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', '\n', ' ', '7'), maxLength: 6 });
  const rows = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 20 }), async (table, length) => {
      const text = table.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n');
      expect(await read(text, length)).toEqual(table);
    }),
  );
});

it('leaves out a byte order mark and empty lines, trims bare cells, and numbers lines as an editor does', async () => {
  const rows = await all('\uFEFFa, b\n\n"1\n2",3\n4,\n', 5);
  expect(rows).toEqual([
    { line: 1, cells: ['a', 'b'] },
    { line: 3, cells: ['1\n2', '3'] },
    { line: 5, cells: ['4', ''] },
  ]);
});

it.each([
  ['a quote that does not close its cell', '"a"b,c\n'],
  ['a quote that never closes', `"${'a\n'.repeat(20_000)}`],
  ['a row that is too long', 'a'.repeat(20_000)],
  ['too many cells', ','.repeat(300)],
])('refuses %s, and repeats nothing of it', async (_, text) => {
  const failed = await read(text, 4_096).catch((error: unknown) => String(error));
  expect(failed).toMatch(/^Error: line 1.*expected/);
  expect(failed).not.toContain('aaaa');
});
