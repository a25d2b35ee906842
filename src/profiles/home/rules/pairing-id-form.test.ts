import { describe, expect, it } from 'vitest';
import { grantCase, HUB_PAIRING, limitedCase, PAIRING } from '../../../../test/support/home-case.ts';
import { pairingIdForm } from './pairing-id-form.ts';

const found = (id: string): unknown => pairingIdForm.check(grantCase({ pairing: { id } }));

describe('home.pairing-id-form', () => {
  it('passes a UUID, and any 1 to 36 visible characters', () => {
    for (const id of [PAIRING, 'a', '~'.repeat(36)]) expect(found(id)).toEqual({ outcome: 'pass', presented: id });
  });

  it('refuses as `missing`', () => {
    expect(pairingIdForm.check(grantCase({ pairing: {} }))).toEqual({ outcome: 'fail', cause: 'missing' });
  });

  it('refuses as `form`: too long for an accessory, or not visible', () => {
    for (const id of ['', 'x'.repeat(37), `${PAIRING} `, 'caf\u00e9', 'a\u0000']) {
      expect(found(id)).toMatchObject({ outcome: 'fail', cause: 'form', presented: id });
    }
  });

  it('refuses as `own`: nobody takes over the pairing of the hub by naming it', () => {
    expect(found(HUB_PAIRING)).toEqual({ outcome: 'fail', cause: 'own', presented: HUB_PAIRING });
  });

  it('skips a grant that is about no pairing', () => {
    expect(pairingIdForm.check(limitedCase({ pairing: { id: '' } })).outcome).toBe('skip');
  });
});
