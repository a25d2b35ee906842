import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  categoryName,
  isOfSetupId,
  nextConfiguration,
  readTxt,
  STATUS,
  setupHash,
  type Txt,
  type TxtNote,
  writeTxt,
} from './txt.ts';

const LAMP: Txt = {
  id: '3C:33:1B:21:B3:11',
  c: 7,
  s: 1,
  sf: STATUS.notPaired,
  ff: 0,
  ci: 5,
  md: 'Lamp, the "good" one = ours',
  pv: '1.1',
  sh: setupHash('1QJ8', '3C:33:1B:21:B3:11'),
};

function strings(fields: Record<string, string> | readonly string[]): Buffer[] {
  const lines = Array.isArray(fields) ? fields : Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  return lines.map((line: string) => Buffer.from(line));
}

/** What is read of a lamp whose fields are changed. */
function changed(fields: Record<string, string>): { txt: Txt; notes: readonly TxtNote[] } {
  return readTxt(strings({ ...writeTxt(LAMP), ...fields }));
}

const records: fc.Arbitrary<Txt> = fc.record({
  id: fc.stringMatching(/^[0-9A-F]{2}(:[0-9A-F]{2}){5}$/),
  c: fc.integer({ min: 1, max: 65_535 }),
  s: fc.constant(1),
  sf: fc.integer({ min: 0, max: 7 }),
  ff: fc.integer({ min: 0, max: 3 }),
  ci: fc.integer({ min: 1, max: 40 }),
  md: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  pv: fc.constantFrom('1.0', '1.1'),
  sh: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes).toString('base64')),
});

describe('TXT records', () => {
  it('what is published is read again', () => {
    fc.assert(
      fc.property(records, (txt) => {
        expect(readTxt(strings(writeTxt(txt)))).toEqual({ txt, notes: [] });
      }),
    );
  });

  it('are published under the names of table 6-7', () => {
    expect(Object.keys(writeTxt(LAMP)).sort()).toEqual(['c#', 'ci', 'ff', 'id', 'md', 'pv', 's#', 'sf', 'sh']);
    expect(writeTxt({ ff: 0, pv: '1.1' })).toEqual({ ff: '0', pv: '1.1' });
  });

  it('both readings of c# are kept; a number over 65,535 is noted, one over 2^32 - 1 is none', () => {
    expect(changed({ 'c#': '65535' })).toEqual({ txt: { ...LAMP, c: 65_535 }, notes: [] });
    expect(changed({ 'c#': '65536' })).toEqual({
      txt: { ...LAMP, c: 65_536 },
      notes: [{ field: 'c#', fault: 'range' }],
    });
    expect(changed({ 'c#': '4294967295' }).txt.c).toBe(4_294_967_295);
    expect(changed({ 'c#': '4294967296' }).txt).not.toHaveProperty('c');
    expect(nextConfiguration(7)).toBe(8);
    expect(nextConfiguration(65_535)).toBe(1);
  });

  it('names that accessories in the field use are understood and noted', () => {
    const read = readTxt(strings(['C=7', 'S#=1', 'ID=3C:33:1B:21:B3:11', 'sf=0', 'ci=5', 'md=Lamp']));
    expect(read.txt).toEqual({ id: LAMP.id, c: 7, s: 1, sf: 0, ci: 5, md: 'Lamp', ff: 0, pv: '1.0' });
    expect(read.notes).toEqual([{ field: 'c#', fault: 'name' }]);
  });

  it('what is required and missing is noted', () => {
    expect(readTxt([])).toEqual({
      txt: { ff: 0, pv: '1.0' },
      notes: ['c#', 'id', 'md', 's#', 'sf', 'ci'].map((field) => ({ field, fault: 'missing' })),
    });
  });

  it.each([
    [{ id: '3C:33:1B:21:B3' }, 'id', 'value'],
    [{ id: 'no id' }, 'id', 'value'],
    [{ 'c#': '-1' }, 'c#', 'value'],
    [{ 'c#': '7.5' }, 'c#', 'value'],
    [{ sf: 'paired' }, 'sf', 'value'],
    [{ ci: '' }, 'ci', 'value'],
    [{ md: '' }, 'md', 'value'],
    [{ sh: 'not base64' }, 'sh', 'value'],
    [{ pv: 'x' }, 'pv', 'value'],
    [{ 's#': '2' }, 's#', 'range'],
    [{ 'c#': '0' }, 'c#', 'range'],
  ])('%j is noted', (fields, field, fault) => {
    expect(changed(fields).notes).toEqual([{ field, fault }]);
  });

  it('of a name that comes twice the first counts', () => {
    const read = readTxt([...strings(writeTxt(LAMP)), ...strings(['sf=0', 'sf=4'])]);
    expect(read).toEqual({ txt: LAMP, notes: [{ field: 'sf', fault: 'twice' }] });
  });

  it('the setup hash is the one that §6.4 describes, and tells a scanned accessory', () => {
    const digest = createHash('sha512').update('1QJ83C:33:1B:21:B3:11').digest();
    expect(Buffer.from(LAMP.sh ?? '', 'base64')).toEqual(digest.subarray(0, 4));
    expect(isOfSetupId(LAMP, '1QJ8')).toBe(true);
    expect(isOfSetupId({ ...LAMP, sh: (LAMP.sh ?? '').replace('==', '') }, '1QJ8')).toBe(true);
    expect(isOfSetupId(LAMP, '1QJ9')).toBe(false);
    expect(isOfSetupId({ ff: 0, pv: '1.1' }, '1QJ8')).toBeUndefined();
  });

  it('categories have names', () => {
    expect([5, 2, 77].map(categoryName)).toEqual(['lightbulb', 'bridge', 'category 77']);
  });

  it('any bytes are answered, within bounds', () => {
    const line = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.constantFrom('c#', 'id', 'sf', 'c', '__proto__', 'md'), fc.string())
        .map(([k, v]) => Buffer.from(`${k}=${v}`)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
        const { txt, notes } = readTxt(lines);
        expect((txt.md?.length ?? 0) <= 255).toBe(true);
        expect(notes.length).toBeLessThanOrEqual(9 * 3);
        expect(readTxt(strings(writeTxt(txt))).txt).toEqual(txt);
      }),
    );
  });
});
