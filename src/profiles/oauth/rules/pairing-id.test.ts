import { describe, expect, it } from 'vitest';
import { codeBound, JKT, keyedCase, PAIRING, proof, tokenCase, without } from '../../../../test/support/oauth-case.ts';
import { pairingId } from './pairing-id.ts';

describe('oauth.pairing-id', () => {
  it('passes a proof that speaks for the pairing', () => {
    expect(pairingId.check(keyedCase())).toEqual({ outcome: 'pass', presented: PAIRING });
  });

  it('refuses as `missing`: no proof, or one that names no pairing', () => {
    const missing = { outcome: 'fail', cause: 'missing', expected: `proof by pairing ${PAIRING.slice(0, 8)}…` };
    const proofless = pairingId.check(without(keyedCase(), 'dpop'));
    expect(proofless).toEqual({ ...missing, presented: 'nothing', detail: "sign with the app's pairing key" });
    const nameless = pairingId.check(keyedCase({ dpop: without(proof(), 'pairingId') }));
    expect(nameless).toEqual({
      ...missing,
      presented: 'a proof without pairing_id',
      detail: 'add the claim pairing_id',
    });
  });

  it('refuses as `other-pairing`, and counts it', () => {
    const found = pairingId.check(keyedCase({ dpop: proof({ pairingId: PAIRING.toLowerCase() }) }));
    expect(found).toEqual({
      outcome: 'fail',
      cause: 'other-pairing',
      expected: PAIRING,
      presented: PAIRING.toLowerCase(),
    });
    expect(pairingId.counts).toEqual(['other-pairing']);
  });

  it('refuses as `key-type`: a pairing is an Ed25519 key', () => {
    const found = pairingId.check(keyedCase({ dpop: proof({ curve: 'P-256' }) }));
    expect(found).toEqual({ outcome: 'fail', cause: 'key-type', expected: 'Ed25519', presented: 'P-256' });
  });

  it('passes a key of another kind where the pairing has a key of its own', () => {
    const code = codeBound({ jkt: JKT, pairing_id: PAIRING, hap_jkt: 'x'.repeat(43) });
    const found = pairingId.check(keyedCase({ code, dpop: proof({ curve: 'P-256' }) }));
    expect(found).toEqual({ outcome: 'pass', presented: PAIRING });
    expect(pairingId.check(keyedCase({ code, dpop: proof({ curve: 'P-256', pairingId: 'other' }) }))).toMatchObject({
      cause: 'other-pairing',
    });
  });

  it('skips an unknown code, one tied to no pairing, and a proof that does not hold', () => {
    for (const c of [
      without(keyedCase(), 'code'),
      tokenCase({ code: codeBound({ jkt: JKT }) }),
      keyedCase({ dpop: proof({ replayed: true, pairingId: 'other' }) }),
    ]) {
      expect(pairingId.check(c).outcome).toBe('skip');
    }
  });
});
