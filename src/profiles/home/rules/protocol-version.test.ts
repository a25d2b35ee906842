import { describe, expect, it } from 'vitest';
import { grantCase, lamp, without } from '../../../../test/support/home-case.ts';
import { protocolVersion } from './protocol-version.ts';

describe('home.protocol-version', () => {
  it('passes every version 1', () => {
    for (const pv of ['1', '1.0', '1.1', '1.10.2']) {
      const found = protocolVersion.check(grantCase({ accessories: [lamp({ pv })] }));
      expect(found).toEqual({ outcome: 'pass', presented: [`pv ${pv}`] });
    }
  });

  it('refuses as `other` what this hub does not speak, so that no code is blamed', () => {
    for (const pv of ['2.0', '01.1', '11', '', '1.']) {
      const found = protocolVersion.check(grantCase({ accessories: [lamp({ pv })] }));
      expect(found).toEqual({ outcome: 'fail', cause: 'other', expected: 'pv 1.x', presented: `pv ${pv} of lamp` });
    }
  });

  it('warns as `firmware-changed` since the person decided', () => {
    const found = protocolVersion.check(grantCase({ accessories: [lamp({ firmwareThen: '0.9.0' })] }));
    const shown = { expected: '0.9.0', presented: '1.0.0', detail: 'lamp' };
    expect(found).toEqual({ outcome: 'warn', cause: 'firmware-changed', ...shown });
    expect(protocolVersion.warns).toEqual(['firmware-changed']);
  });

  it('skips what was never seen', () => {
    expect(protocolVersion.check(grantCase({ accessories: [without(lamp(), 'pv')] })).outcome).toBe('skip');
  });
});
