import { describe, expect, it } from 'vitest';
import { grantCase, without } from '../../../../test/support/home-case.ts';
import { codeFormat } from './code-format.ts';

const found = (format: string, policyEpoch = 1): unknown =>
  codeFormat.check(grantCase({ code: { format, policyEpoch } }));

describe('home.code-format', () => {
  it("passes a code of today's rules", () => {
    expect(found('5.1')).toEqual({ outcome: 'pass', presented: 'format 5.1, epoch 1' });
  });

  it('refuses as `older` what was minted before an update', () => {
    for (const [format, epoch] of [
      ['5.0', 1],
      ['4.91', 1],
      ['5', 1],
      ['5.1', 0],
      ['none', 1],
    ] as const) {
      expect(found(format, epoch)).toMatchObject({ outcome: 'fail', cause: 'older' });
    }
  });

  it('refuses as `newer` what another version minted: 5.10 is newer than 5.1', () => {
    for (const [format, epoch] of [
      ['5.10', 1],
      ['6.0', 1],
      ['5.1.1', 1],
      ['5.1', 2],
    ] as const) {
      expect(found(format, epoch)).toMatchObject({
        outcome: 'fail',
        cause: 'newer',
        presented: `format ${format}, epoch ${epoch}`,
      });
    }
  });

  it('skips where no code is presented', () => {
    for (const c of [without(grantCase(), 'code'), grantCase({ code: {} })]) {
      expect(codeFormat.check(c).outcome).toBe('skip');
    }
  });
});
