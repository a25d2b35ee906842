import { describe, expect, it } from 'vitest';
import { type Pairing, withoutPairing, withPairing } from './pairing-table.ts';

const ada: Pairing = { id: 'ada', ltpk: 'A', admin: true };
const bob: Pairing = { id: 'bob', ltpk: 'B', admin: false };
const eve: Pairing = { id: 'eve', ltpk: 'E', admin: true };

describe('the pairing table', () => {
  it('takes a new controller while there is room, and says so when there is none', () => {
    expect(withPairing([ada], bob, 2)).toEqual({ ok: true, table: [ada, bob] });
    expect(withPairing([ada, bob], eve, 2)).toEqual({ ok: false, error: 'maxPeers' });
  });

  it('gives a known controller its new permissions, room or not, and never another key', () => {
    const promoted = { ...bob, admin: true };
    expect(withPairing([ada, bob], promoted, 2)).toEqual({ ok: true, table: [ada, promoted] });
    expect(withPairing([ada, bob], { ...bob, ltpk: 'E' }, 2)).toEqual({ ok: false, error: 'unknown' });
  });

  it('forgets one, and an unknown one without complaint', () => {
    expect(withoutPairing([ada, bob], 'bob')).toEqual([ada]);
    const table = [ada, bob];
    expect(withoutPairing(table, 'eve')).toBe(table);
  });

  it('forgets everybody with the last admin, removed or made a user, and not before', () => {
    expect(withoutPairing([ada, bob], 'ada')).toEqual([]);
    expect(withoutPairing([ada, bob, eve], 'ada')).toEqual([bob, eve]);
    expect(withPairing([ada, bob], { ...ada, admin: false }, 16)).toEqual({ ok: true, table: [] });
  });
});
