import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { addressAgrees } from './address-agrees.ts';

describe('hap.address-agrees', () => {
  it('passes one address that answers', () => {
    expect(addressAgrees.check(told(['connect', 'sent'], ['connect', 'done', { address: '10.0.0.7' }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('warns of `one-dead` among several', () => {
    expect(
      addressAgrees.check(
        told(
          ['connect', 'timeout', { address: '10.0.0.8' }],
          ['connect', 'sent'],
          ['connect', 'done', { address: '10.0.0.7' }],
        ),
      ),
    ).toMatchObject({ outcome: 'warn', cause: 'one-dead' });
  });

  it('passes an old port of the same address', () => {
    const lines = told(
      ['connect', 'failed', { address: '10.0.0.7', port: 1, errno: 'ECONNREFUSED' }],
      ['connect', 'sent'],
      ['connect', 'done', { address: '10.0.0.7', port: 2 }],
    );
    expect(addressAgrees.check(lines)).toEqual({ outcome: 'pass' });
  });

  it('skips where nothing happened', () => {
    expect(addressAgrees.check(told(['discover', 'known', { txt_sf: 1 }]))).toMatchObject({ outcome: 'skip' });
  });
});
