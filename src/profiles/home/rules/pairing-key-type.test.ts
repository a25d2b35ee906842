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
import { pairingKeyType } from './pairing-key-type.ts';

describe('home.pairing-key-type', () => {
  it('passes an Ed25519 key: the DPoP key, or the HAP key beside a DPoP key of another kind', () => {
    for (const c of [grantCase(), twoKeyCase()]) {
      expect(pairingKeyType.check(c)).toEqual({ outcome: 'pass', presented: 'Ed25519' });
    }
  });

  it('refuses as `curve` any other kind of key', () => {
    const refused = { outcome: 'fail', cause: 'curve', expected: 'Ed25519' };
    const found = pairingKeyType.check(grantCase({ sender: { thumbprint: JKT, curve: 'P-256' } }));
    expect(found).toEqual({ ...refused, presented: 'P-256' });
    expect(pairingKeyType.check(grantCase({ sender: { thumbprint: JKT } }))).toEqual({
      ...refused,
      presented: 'no curve',
    });
  });

  it('refuses as `weak` a key that everybody can sign for, whichever of the two it is', () => {
    const weak = { thumbprint: HAP_JKT, curve: 'Ed25519', weak: true };
    const refused = { outcome: 'fail', cause: 'weak', presented: `key ${HAP_JKT.slice(0, 8)}…` };
    expect(pairingKeyType.check(grantCase({ sender: weak }))).toEqual(refused);
    expect(pairingKeyType.check(twoKeyCase({ hapKey: statement({ key: weak }) }))).toEqual(refused);
  });

  it('skips consent, proofs that do not hold, and grants about no pairing', () => {
    const cases = [
      grantCase({ stage: 'consent' }),
      without(grantCase(), 'sender'),
      without(twoKeyCase(), 'hapKey'),
      limitedCase(),
    ];
    for (const c of cases) expect(pairingKeyType.check(c).outcome).toBe('skip');
  });
});
