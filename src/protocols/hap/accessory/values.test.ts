import { describe, expect, it } from 'vitest';
import { type Limits, toValue } from './values.ts';

describe('a value', () => {
  it.each<[Limits['format'], readonly unknown[], readonly unknown[]]>([
    ['bool', [true, false, 1, 0], [2, '1', null, -1, 'true']],
    ['uint8', [0, 255, true], [-1, 256, 1.5, '1', null, Number.NaN]],
    ['uint16', [65_535], [65_536]],
    ['uint32', [4_294_967_295], [4_294_967_296]],
    ['uint64', [Number.MAX_SAFE_INTEGER], [2 ** 53, -1]],
    ['int', [-2_147_483_648, 2_147_483_647], [2_147_483_648, -2_147_483_649]],
    ['float', [0.5, -1e300, 1, false], [Number.POSITIVE_INFINITY, '0.5', {}]],
    ['string', ['', 'x'.repeat(64)], ['x'.repeat(65), 1, ['x']]],
    ['tlv8', ['', 'AQEB', 'AQE='], ['A-_', 'A B', 1]],
    ['data', ['AQEB'], ['ä']],
  ])('of format %s is one of its own only', (format, sound, other) => {
    expect(sound.filter((value) => toValue({ format }, value) === undefined)).toEqual([]);
    expect(other.filter((value) => toValue({ format }, value) !== undefined)).toEqual([]);
  });

  it('becomes what its format stores', () => {
    expect([toValue({ format: 'bool' }, 1), toValue({ format: 'bool' }, 0)]).toEqual([true, false]);
    expect(toValue({ format: 'uint8' }, true)).toBe(1);
  });

  it.each<[string, Limits, readonly unknown[], readonly unknown[]]>([
    ['range', { format: 'int', minValue: -10, maxValue: 10 }, [-10, 10], [-11, 11]],
    ['step, counted from the least value', { format: 'uint8', minValue: 5, minStep: 10 }, [5, 15], [10, 20]],
    ['list of values', { format: 'uint8', validValues: [0, 1, 3] }, [3], [2]],
    ['range of valid values', { format: 'uint8', validValuesRange: [2, 4] }, [2, 4], [1, 5]],
    ['length of text', { format: 'string', maxLen: 3 }, ['abc'], ['abcd']],
    ['length of data', { format: 'data', maxDataLen: 4 }, ['AQEB'], ['AQEBAQEB']],
  ])('stays within its %s', (_what, limits, sound, other) => {
    expect(sound.map((value) => toValue(limits, value))).toEqual(sound);
    expect(other.map((value) => toValue(limits, value))).toEqual(other.map(() => undefined));
  });

  it('of a float is rounded to its step', () => {
    const limits: Limits = { format: 'float', minValue: 10, maxValue: 38, minStep: 0.15 };
    expect([10.150001, 10.1, 10, 37.99].map((value) => toValue(limits, value))).toEqual([10.15, 10.15, 10, 37.9]);
    expect(toValue({ format: 'float' }, 21.356)).toBe(21.356);
    expect(toValue({ ...limits, minStep: 1e-30 }, 11.5)).toBe(11.5);
    expect([9, 38.1].map((value) => toValue(limits, value))).toEqual([undefined, undefined]);
  });
});
