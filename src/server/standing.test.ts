import { describe, expect, it } from 'vitest';
import type { Code } from '../core/model.ts';
import { codeStanding, grantStanding } from './standing.ts';

const code: Code = {
  id: 'cd_1',
  grant: 'gr_1',
  purpose: 'authorization_code',
  handle: 'opaque',
  bindings: [],
  from: 0,
  until: 1_000,
  total: 1,
  used: 0,
  state: 'live',
  generation: 3,
  rev: 1,
};

describe('where a code stands', () => {
  it.each([
    ['live', {}, {}],
    ['live', {}, { now: 1_000 }],
    ['expired', {}, { now: 1_001 }],
    ['used', { used: 1 }, { now: 9_999 }],
    ['live', { used: 7, total: null }, {}],
    ['revoked', {}, { grant: { state: 'revoked' } }],
    ['used', { used: 1 }, { grant: { state: 'revoked' } }],
    ['burned', { state: 'burned' }, { grant: { state: 'revoked' } }],
    ['superseded', { state: 'superseded' }, { now: 9_999 }],
    ['restored', {}, { generation: 4 }],
  ] as const)('is %s for %j at %j', (standing, row, at) => {
    expect(codeStanding({ ...code, ...row }, { now: 500, generation: 3, ...at })).toBe(standing);
  });
});

describe('where a grant stands', () => {
  it.each([
    ['live', 'active', null],
    ['live', 'active', 501],
    ['expired', 'active', 500],
    ['revoked', 'revoked', 400],
    ['denied', 'denied', null],
    ['pending', 'pending', null],
  ] as const)('is %s for %s until %s', (standing, state, until) => {
    expect(grantStanding({ state, until }, 500)).toBe(standing);
  });
});
