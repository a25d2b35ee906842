import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { addressCurrent } from './address-current.ts';

describe('hap.address-current', () => {
  it('passes when the connection came about', () => {
    expect(
      addressCurrent.check(
        told(
          ['discover', 'received', { address: '10.0.0.7', port: 5002 }],
          ['connect', 'done', { address: '10.0.0.7', port: 5002 }],
        ),
      ),
    ).toMatchObject({ outcome: 'pass' });
  });

  it('refuses as `port-moved`', () => {
    expect(
      addressCurrent.check(
        told(
          ['discover', 'received', { address: '10.0.0.7', port: 5002 }],
          ['connect', 'failed', { errno: 'ECONNREFUSED', address: '10.0.0.7', port: 5001 }],
        ),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'port-moved' });
  });

  it('refuses as `address-moved`, also from what was kept', () => {
    expect(
      addressCurrent.check(
        told(
          ['discover', 'received', { address: '10.0.0.7', port: 5002 }],
          ['connect', 'known', { last_address: '10.0.0.9', last_port: 5002 }],
          ['connect', 'timeout'],
        ),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'address-moved' });
  });

  it('passes a failure at the address that mDNS gives', () => {
    expect(
      addressCurrent.check(
        told(
          ['discover', 'received', { address: '10.0.0.7', port: 5002 }],
          ['connect', 'failed', { errno: 'ECONNREFUSED', address: '10.0.0.7', port: 5002 }],
        ),
      ),
    ).toMatchObject({ outcome: 'pass' });
  });

  it('skips when mDNS was not asked', () => {
    expect(addressCurrent.check(told(['connect', 'timeout']))).toMatchObject({ outcome: 'skip' });
  });
});
