import { createSecretKey, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newId } from '../../protocols/typed-code/typed-code.ts';
import { openReference, sealReference } from './reference.ts';

const key = createSecretKey(randomBytes(32));

describe('the reference of a verdict', () => {
  it('opens to the beginning of the id it was made for, and of no other', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), (now) => {
        const id = newId('vd_', now);
        const opened = openReference(key, sealReference(key, id)) ?? '';
        expect(opened).toHaveLength(19);
        expect(id.startsWith(opened)).toBe(true);
      }),
    );
  });

  it('is another one each time, and no two share a beginning', () => {
    const references = Array.from({ length: 200 }, () => sealReference(key, 'vd_0123456789ABCDEFGHJKMNPQRS'));
    expect(new Set(references.map((reference) => reference.slice(0, 8))).size).toBe(200);
    for (const reference of references) expect(reference).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  });

  it('says nothing under another key, and nothing at all of what is no reference', () => {
    const reference = sealReference(key, 'vd_0123456789ABCDEFGHJKMNPQRS');
    const opened = openReference(createSecretKey(randomBytes(32)), reference);
    expect(opened).not.toBe('vd_0123456789ABCDEF');
    for (const text of [
      '',
      '0123456789',
      `${reference}0`,
      reference.toLowerCase(),
      'I'.repeat(26),
      '\u0000'.repeat(26),
    ]) {
      expect(openReference(key, text)).toBeUndefined();
    }
  });
});
