import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { accessoryFound } from './accessory-found.ts';

describe('hap.accessory-found', () => {
  it('passes when an accessory was found', () => {
    expect(accessoryFound.check(told(['discover', 'done', { address: '10.0.0.7', port: 5001 }]))).toMatchObject({
      outcome: 'pass',
    });
  });

  it('refuses as `silent` when nobody answered on mDNS', () => {
    expect(accessoryFound.check(told(['discover', 'timeout', { deadline_ms: 3000 }]))).toMatchObject({
      outcome: 'fail',
      cause: 'silent',
    });
  });

  it('refuses as `gone` what said goodbye last', () => {
    expect(
      accessoryFound.check(
        told(['discover', 'received', { txt_id: 'A' }], ['discover', 'received', { txt_id: 'A', presented: 'gone' }]),
      ),
    ).toMatchObject({ outcome: 'fail', cause: 'gone' });
  });

  it('skips when mDNS was not asked', () => {
    expect(accessoryFound.check(told(['pair-verify M2', 'received', { state: 2 }]))).toMatchObject({ outcome: 'skip' });
  });
});
