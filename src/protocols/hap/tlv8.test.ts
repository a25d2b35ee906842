import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeTlv, encodeTlv, firstInteger, splitAt, TLV } from './tlv8.ts';

describe('TLV8', () => {
  it('cuts a value of more than 255 bytes and joins it again', () => {
    const value = Buffer.alloc(600, 7);
    const bytes = encodeTlv([
      [TLV.state, 3],
      [TLV.publicKey, value],
      [TLV.proof, Buffer.alloc(0)],
    ]);
    expect([bytes[3], bytes[4], bytes[260], bytes[261], bytes[517], bytes[518]]).toEqual([3, 255, 3, 255, 3, 90]);
    expect(bytes.length).toBe(3 + 600 + 2 * 3 + 2);
    const read = decodeTlv(bytes);
    expect(read.ok && read.items.map((i) => [i.type, i.value.length])).toEqual([
      [6, 1],
      [3, 600],
      [4, 0],
    ]);
  });

  it('writes a value of exactly 255 bytes as one full fragment', () => {
    expect(encodeTlv([[1, Buffer.alloc(255)]]).length).toBe(257);
  });

  it.each([
    [0, '060100'],
    [255, '0601ff'],
    [256, '06020001'],
    [0x01000010, '060410000001'],
    [2 ** 40, '06080000000000010000'],
  ])('writes the integer %i in the fewest bytes, little-endian, and reads it back', (value, hex) => {
    const bytes = encodeTlv([[TLV.state, value]]);
    expect(bytes.toString('hex')).toBe(hex);
    const read = decodeTlv(bytes);
    expect(read.ok && firstInteger(read.items, TLV.state)).toBe(value);
  });

  it('keeps items of one type apart when a separator stands between them, or when the first is not full', () => {
    const bytes = encodeTlv([
      [TLV.identifier, Buffer.from('a')],
      [TLV.separator, Buffer.alloc(0)],
      [TLV.identifier, Buffer.from('b')],
      [TLV.identifier, Buffer.from('c')],
    ]);
    const read = decodeTlv(bytes);
    expect(read.ok && splitAt(read.items).map((list) => list.map((i) => i.value.toString()))).toEqual([
      ['a'],
      ['b', 'c'],
    ]);
  });

  it('answers bytes that end early, or are too many, with a fault', () => {
    expect(decodeTlv(Buffer.of(6))).toMatchObject({ ok: false });
    expect(decodeTlv(Buffer.of(6, 2, 1))).toMatchObject({ ok: false });
    expect(decodeTlv(Buffer.alloc(11), 10)).toMatchObject({ ok: false });
    expect(decodeTlv(Buffer.alloc(0))).toEqual({ ok: true, items: [] });
  });

  it('reads back whatever it wrote', () => {
    const item = fc.tuple(fc.integer({ min: 0, max: 254 }), fc.uint8Array({ maxLength: 700 }));
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const apart = items.flatMap(([type, value]) => [[type, value] as const, [255, new Uint8Array(0)] as const]);
        const read = decodeTlv(encodeTlv(apart));
        const back = read.ok
          ? read.items.filter((i) => i.type !== 255).map((i) => [i.type, i.value.toString('hex')])
          : [];
        expect(back).toEqual(items.map(([type, value]) => [type, Buffer.from(value).toString('hex')]));
      }),
      { numRuns: 200 },
    );
  });

  it('never throws on foreign bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        const read = decodeTlv(bytes);
        if (read.ok) expect(read.items.reduce((sum, i) => sum + i.value.length, 0)).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses to write what no reader could take back', () => {
    expect(() => encodeTlv([[256, 0]])).toThrow(RangeError);
    expect(() => encodeTlv([[1, -1]])).toThrow(RangeError);
  });
});
