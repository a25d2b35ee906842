import { describe, expect, it } from 'vitest';
import { accessCase } from '../../../../test/support/home-case.ts';
import type { AccessRequest } from '../capability.ts';
import { valueInBounds } from './value-in-bounds.ts';

const { request } = accessCase();
const found = (change: Partial<AccessRequest>, ...scopes: string[]): unknown =>
  valueInBounds.check(accessCase({ request: { ...request, ...change }, ...(scopes.length > 0 && { scopes }) }));

describe('home.value-in-bounds', () => {
  it('passes both ends of the range', () => {
    for (const value of [10, 60]) expect(found({ value })).toEqual({ outcome: 'pass', presented: value });
  });

  it('refuses as `value` what lies outside, beside what was allowed', () => {
    const refused = { outcome: 'fail', cause: 'value', expected: { from: 10, to: 60 } };
    for (const value of [9, 61, '40', true]) expect(found({ value })).toEqual({ ...refused, presented: value });
  });

  it('refuses as `value` the wrong position of a switch', () => {
    const off = { characteristic: 'on', value: true };
    expect(found(off, 'home:lamp/*/on:w[off]')).toEqual({
      outcome: 'fail',
      cause: 'value',
      expected: 'off',
      presented: true,
    });
  });

  it('skips where nothing is to be written, and what no capability reaches', () => {
    expect(found({ op: 'read' })).toMatchObject({ outcome: 'skip' });
    expect(found({}, 'home:door:w')).toMatchObject({ outcome: 'skip' });
  });
});
