import { describe, expect, it } from 'vitest';
import {
  grantCase,
  HAP_JKT,
  JKT,
  limitedCase,
  statement,
  twoKeyCase,
  without,
} from '../../../../test/support/home-case.ts';
import { twoKeys } from './two-keys.ts';

describe('home.two-keys', () => {
  it('passes one key for both, which is how it is unless the person decided otherwise', () => {
    expect(twoKeys.check(grantCase())).toEqual({ outcome: 'pass', because: 'the DPoP key is the HAP key' });
  });

  it('passes two keys that have signed for each other', () => {
    expect(twoKeys.check(twoKeyCase())).toEqual({
      outcome: 'pass',
      presented: `keys ${JKT.slice(0, 8)}… and ${HAP_JKT.slice(0, 8)}…`,
    });
  });

  it('refuses as `unannounced` a HAP key that nobody decided about', () => {
    const found = twoKeys.check(grantCase({ hapKey: statement() }));
    expect(found).toEqual({ outcome: 'fail', cause: 'unannounced' });
  });

  it('refuses as `missing` where the statement did not come', () => {
    const found = twoKeys.check(without(twoKeyCase(), 'hapKey'));
    expect(found).toMatchObject({ outcome: 'fail', cause: 'missing' });
  });

  it('refuses as `malformed` what is no statement', () => {
    const found = twoKeys.check(twoKeyCase({ hapKey: { fault: 'no compact JWT', signature: 'unchecked' } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'malformed', detail: 'no compact JWT' });
  });

  it('refuses as `signature` a key that is only named', () => {
    const found = twoKeys.check(twoKeyCase({ hapKey: { signature: 'invalid' } }));
    expect(found).toEqual({ outcome: 'fail', cause: 'signature' });
  });

  it('refuses as `other-key` a sound statement of another key', () => {
    const found = twoKeys.check(twoKeyCase({ hapKey: statement({ key: { thumbprint: JKT, curve: 'Ed25519' } }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'other-key', expected: HAP_JKT, presented: JKT });
  });

  it('refuses as `unnamed` when the DPoP key did not sign for the HAP key', () => {
    for (const [names, presented] of [
      [{}, 'no hap_jkt'],
      [{ names: JKT }, JKT],
    ] as const) {
      const sender = { thumbprint: JKT, curve: 'P-256', ...names };
      expect(twoKeys.check(twoKeyCase({ sender }))).toEqual({
        outcome: 'fail',
        cause: 'unnamed',
        expected: HAP_JKT,
        presented,
      });
    }
  });

  it.each(['aud', 'code', 'jkt', 'pairing'] as const)(
    'refuses as `other-statement` one whose %s is not of this redemption',
    (claim) => {
      const { names } = statement();
      for (const told of ['mismatch', 'absent'] as const) {
        const hapKey = statement({ ...(names && { names: { ...names, [claim]: told } }) });
        const found = twoKeys.check(twoKeyCase({ hapKey }));
        expect(found).toEqual({ outcome: 'fail', cause: 'other-statement', detail: `${claim}: ${told}` });
      }
    },
  );

  it('counts failed proofs by a holder of the code, and nothing else', () => {
    expect(twoKeys.counts).toEqual(['signature', 'other-key', 'unnamed', 'other-statement']);
  });

  it('skips consent, a DPoP proof that does not hold, and grants about no pairing', () => {
    for (const c of [twoKeyCase({ stage: 'consent' }), without(twoKeyCase(), 'sender'), limitedCase()]) {
      expect(twoKeys.check(c).outcome).toBe('skip');
    }
  });
});
