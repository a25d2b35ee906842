import { describe, expect, it } from 'vitest';
import { told } from '../../../../test/support/doctor-case.ts';
import { protocolVersion } from './protocol-version.ts';

describe('hap.protocol-version', () => {
  it('passes 1.0 and 1.1', () => {
    expect(protocolVersion.check(told(['discover', 'received', { txt_pv: '1.1' }]))).toMatchObject({ outcome: 'pass' });
  });

  it('refuses a version that is `other` than 1.x', () => {
    expect(protocolVersion.check(told(['discover', 'received', { txt_pv: '2.0' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'other',
    });
  });

  it('refuses a `malformed` version', () => {
    expect(protocolVersion.check(told(['discover', 'received', { txt_pv: 'one' }]))).toMatchObject({
      outcome: 'fail',
      cause: 'malformed',
    });
  });

  it('skips an accessory that announces none', () => {
    expect(protocolVersion.check(told(['discover', 'received', { txt_sf: 1 }]))).toMatchObject({ outcome: 'skip' });
  });
});
