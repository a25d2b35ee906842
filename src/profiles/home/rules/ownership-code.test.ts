import { describe, expect, it } from 'vitest';
import { grantCase } from '../../../../test/support/home-case.ts';
import type { Act } from '../case.ts';
import { ownershipCode } from './ownership-code.ts';

const ACTS: readonly Act[] = ['additional', 'transfer', 'reset'];

describe('home.ownership-code', () => {
  it('passes what the code was minted for', () => {
    for (const act of ACTS) {
      const found = ownershipCode.check(grantCase({ ownership: { act, code: act } }));
      expect(found).toEqual({ outcome: 'pass', presented: act });
    }
  });

  it('refuses as `missing`: a code for access changes no ownership', () => {
    for (const act of ACTS) {
      expect(ownershipCode.check(grantCase({ ownership: { act } }))).toEqual({
        outcome: 'fail',
        cause: 'missing',
        expected: `a code for ${act}`,
        presented: 'a code for access',
      });
    }
  });

  it('refuses as `other-act`: each code is for one act and no other', () => {
    for (const act of ACTS) {
      for (const code of ACTS.filter((other) => other !== act)) {
        const found = ownershipCode.check(grantCase({ ownership: { act, code } }));
        expect(found).toEqual({ outcome: 'fail', cause: 'other-act', expected: code, presented: act });
      }
    }
  });

  it('refuses as `unasked`: no app hands a house over, or wipes it, without saying that it means to', () => {
    for (const code of ACTS) {
      expect(ownershipCode.check(grantCase({ ownership: { code } }))).toEqual({
        outcome: 'fail',
        cause: 'unasked',
        expected: `ownership=${code}`,
        presented: 'no ownership',
      });
    }
  });

  it('skips where nobody asks for it', () => {
    expect(ownershipCode.check(grantCase()).outcome).toBe('skip');
  });
});
