import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { accessoryReady } from './accessory-ready.ts';

describe('hap.accessory-ready', () => {
  it('passes without trouble', () => {
    expect(accessoryReady.check(told(['discover', 'received', { txt_sf: 1 }]))).toMatchObject({ outcome: 'pass' });
  });

  it('warns of `no-network`', () => {
    expect(accessoryReady.check(told(['discover', 'received', { txt_sf: 3 }]))).toMatchObject({
      outcome: 'warn',
      cause: 'no-network',
    });
  });

  it('warns of a `problem`, which outweighs the rest', () => {
    expect(accessoryReady.check(told(['discover', 'received', { txt_sf: 6 }]))).toMatchObject({
      outcome: 'warn',
      cause: 'problem',
    });
  });

  it('skips without flags', () => {
    expect(accessoryReady.check(told(['discover', 'received', { txt_pv: '1.1' }]))).toMatchObject({ outcome: 'skip' });
  });
});
